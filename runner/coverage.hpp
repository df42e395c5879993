#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "reports/model.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

/// Which of their tables' special points the operations of a function met, and at how many points
/// of the run. An operation that stands in the function several times is one line.
class Coverage {
 public:
  /// What the operations meet at one point; those that are not met count 0.
  static Coverage at(const Sample& sample);
  void merge(const Coverage& other);
  /// In the order of operations' names, then of values; -0 is apart from 0.
  std::vector<reports::MetPoint> lines() const;

 private:
  using Key = std::pair<std::string, double>;
  std::map<Key, std::int64_t> points_;
};

}  // namespace verigrad::runner
