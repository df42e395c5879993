#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace verigrad::gradcheck::detail {

/// A difference quotient of step h, and the largest |f| that went into it.
struct Quotient {
  double h = 0;
  double slope = 0;
  double magnitude = 0;
};

/// A series of quotients with ascending steps: slope(h) = f' + c1 h^power + c2 h^(2 power) + ...
struct Series {
  std::vector<Quotient> quotients;
  int power = 1;  ///< 1 for one-sided, 2 for central quotients
};

/// Bound on the error of a function value, for a window with this largest step and magnitude.
using NoiseBound = std::function<double(double top, double magnitude)>;

/// The extrapolation of the quotients first, ..., first + count - 1 to h = 0.
struct Window {
  std::size_t first = 0;
  std::size_t count = 0;
  double value = 0;
  double truncation = 0;
  double roundoff = 0;
  double noise = 0;  ///< of one function value
  double bar() const { return truncation + roundoff; }
  std::size_t last() const { return first + count - 1; }
};

/// What Lepski's rule chose.
struct Choice {
  bool found = false;
  Window window;
  double bar = 0;  ///< of the window, inflated to the disagreement with the runner-up
  double low() const { return window.value - bar; }
  double high() const { return window.value + bar; }
};

/// All windows of two to `longest` neighbouring quotients, with their errors.
///
/// The truncation error is the change that the largest step brings, times a safety factor, times a
/// factor that grows where the series ceases to converge: in T_n - T_{n-1} = a_{n-1} h_1^p ...
/// h_{n-1}^p (a: Newton's divided differences, p: power) the next term is larger by (a_n / a_{n-1})
/// h_n^p, guessed as (a_{n-1} / a_{n-2}) h_n^p. Windows whose slopes do not move like h^p at the
/// largest steps pay another factor.
std::vector<Window> windows(const Series& series, std::size_t longest, const NoiseBound& noise);

/// Lepski's rule (O. Lepski 1990, on choosing among estimators of growing bias): windows in the
/// order of their largest step are accepted as long as their interval meets all accepted before,
/// and until truncation makes the bars grow again: behind that wall a function may be flat, and a
/// flat stretch far out would look like a derivative of 0. The accepted one with the smallest bar
/// wins.
Choice choose(const Series& series, const std::vector<Window>& candidates);

}  // namespace verigrad::gradcheck::detail
