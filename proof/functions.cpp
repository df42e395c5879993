#include "proof/functions.hpp"

#include <unordered_map>

namespace verigrad::proof {

Function find_function(std::string_view operation) {
  static const std::unordered_map<std::string_view, Function> all = [] {
    std::unordered_map<std::string_view, Function> result;
    for (const auto& family :
         {smooth_functions(), piecewise_functions(), activation_functions(), backward_functions()})
      for (const Line& line : family) result.emplace(line.operation, line.function);
    return result;
  }();
  const auto found = all.find(operation);
  return found == all.end() ? nullptr : found->second;
}

}  // namespace verigrad::proof
