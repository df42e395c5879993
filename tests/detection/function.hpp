#pragma once

#include <vector>

#include "tests/detection/checker.hpp"

namespace verigrad::detection {

/// A subject as a function of its coordinates, evaluated in T by the engine. Peers see it so: they
/// get values and nothing else.
template <class T>
class Function {
 public:
  explicit Function(const Subject& subject);

  /// f at the subject's point.
  const std::vector<T>& coordinates() const { return coordinates_; }
  /// NaN where an operation refuses its operands.
  T operator()(const std::vector<T>& x) const;
  /// f with coordinate i replaced, as a function of one variable.
  auto along(std::size_t i) const {
    return [this, i, moved = coordinates_](T x) mutable {
      moved[i] = x;
      return (*this)(moved);
    };
  }

 private:
  const Subject& subject_;
  std::vector<T> coordinates_;
};

}  // namespace verigrad::detection
