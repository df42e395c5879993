#include "proof/structure.hpp"

#include <unordered_map>

namespace verigrad::proof {

Structure find_structure(std::string_view operation) {
  static const std::unordered_map<std::string_view, Structure> all = [] {
    std::unordered_map<std::string_view, Structure> result;
    for (const auto& family : {layouts(), selections(), reductions(), products(), contractions(),
                               convolutions(), matrices(), determinants(), similarities(), losses(),
                               class_losses(), backward_structures()})
      for (const StructureLine& line : family) result.emplace(line.operation, line.structure);
    return result;
  }();
  const auto found = all.find(operation);
  return found == all.end() ? nullptr : found->second;
}

}  // namespace verigrad::proof
