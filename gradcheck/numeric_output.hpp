#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "gradcheck/estimate.hpp"
#include "gradcheck/numeric_ladder.hpp"
#include "gradcheck/numeric_noise.hpp"
#include "gradcheck/numeric_resolution.hpp"
#include "gradcheck/numeric_side.hpp"
#include "gradcheck/numeric_window.hpp"

namespace verigrad::gradcheck::detail {

inline constexpr double ladder_ratio = 8;
inline constexpr double widest_step = 0.4;  ///< relative to |x|, and absolute below 1

/// The estimate of one output as the evaluations stand.
struct Analysis {
  Estimate estimate;
  std::vector<double> wanted;  ///< steps that would improve it
  bool settled = true;         ///< false: to be analysed again once they are evaluated
  bool wants_outside = false;  ///< steps beyond the stated domain are needed as well
};

/// Analyses one output of a path, again and again while the ladder grows.
class Output {
 public:
  Output(const Ladder& ladder, std::size_t index) : ladder_(ladder), index_(index) {}

  Analysis analyse();

 private:
  void prepare_noise();
  Choice choose(const Series& series) const;
  Choice choose(const Series& series, const NoiseModel& noise) const;
  bool black_box_kink(const Choice& right, const Choice& left) const;
  bool wants_descent() const;
  std::vector<double> descent();
  std::optional<Estimate> broken() const;
  void judge(Analysis& result);
  bool at_end_and_kink() const;
  void one_sided(Analysis& result, const SideView& view);
  void judge_two_sides(Analysis& result);
  Estimate kink(const Choice& right, const Choice& left) const;
  bool drowned() const;
  double steep_bar(const Choice& choice, const Series& series) const;
  bool aliased(Analysis& result, const Series& series, const Choice& choice);
  bool on_plateau(Analysis& result, const Series& series) const;
  std::vector<double> denser(double top) const;
  bool good(const Choice& choice, const Series& series) const;
  void smooth(Analysis& result, const Series& series, const Choice& choice);
  std::vector<double> refinement(const Choice& choice, const Series& series);

  const Ladder& ladder_;
  std::size_t index_;
  SideView right_;
  SideView left_;
  std::optional<NoiseModel> noise_;
  double floor_ = 0;  ///< known absolute error of a value
  bool outside_ = false;
  bool descended_ = false;
  bool dense_ = false;
  int refinements_ = 0;
};

}  // namespace verigrad::gradcheck::detail
