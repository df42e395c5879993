// Do the bars of numeric derivatives cover the true error? Functions as black boxes beside their
// proven derivatives.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "expressions/document.hpp"

namespace verigrad::bars {

enum class Draw { uniform, log_uniform };

/// One partial derivative at one point.
struct Case {
  std::string function;
  Point point;
  std::size_t input = 0;
  double truth = 0;
  double estimate = 0;
  double bar = 0;
  bool covered = false;  ///< the truth lies in the bar, at a kink in the hull
  bool judged = false;   ///< the truth, rounded, passes as a claim
  bool hidden = false;   ///< no values on the input's domain tell it from another one
};

/// How often.
struct Tally {
  std::int64_t entries = 0;
  std::int64_t uncovered = 0;
  std::int64_t inconclusive = 0;
  std::int64_t hidden = 0;
  std::vector<Case> missed{};  ///< the uncovered ones

  void add(const Case& result);
  void add(const Tally& other);
};

/// A function without branches, with one scalar result and scalar inputs, on the box that its
/// domains make.
class Function {
 public:
  /// `text` is a file of the language in the folder of `path`. Throws expressions::DiagnosticError
  /// for its first error, and std::invalid_argument unless the function is as above.
  Function(std::string name, const std::string& path, const std::string& text);

  const std::string& name() const { return name_; }
  bool bounded() const { return bounded_; }
  /// All partial derivatives at `points` points at which the function and its proven derivatives
  /// are finite. Log-uniform: magnitudes from 1e-6 (or the lower end) to the upper end, of any sign
  /// that the box has; towards an infinite end up to 1e6.
  Tally survey(DType dtype, Draw draw, int points, std::uint64_t seed) const;

 private:
  Point draw_point(Draw draw, DType dtype, Random& random) const;
  bool admissible(const Program& program, const Point& point) const;
  void compare(Tally& tally, const Program& program, const Point& point) const;

  std::string name_;
  expressions::Instance instance_;
  bool bounded_ = true;
};

}  // namespace verigrad::bars
