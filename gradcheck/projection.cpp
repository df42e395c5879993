#include "gradcheck/projection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <span>

#include "gradcheck/judge_black_box.hpp"

namespace verigrad::gradcheck {
namespace {

constexpr std::size_t most_guilty = 16;
/// The bar of a projection that shows something, beside the largest entry.
constexpr double widest_power = 1e-4;

/// <g, s> beside the numeric derivative along s.
struct Comparison {
  bool known = false;
  double error = 0;
  double bar = 0;    ///< of the derivative, with the rounding of <g, s>
  double terms = 0;  ///< the sum of |g_j|
  std::string reason{};
};

class Projections {
 public:
  Projections(Inquiry& inquiry, Differences& differences)
      : inquiry_(inquiry), differences_(differences), claim_(inquiry.claim().values) {}

  void run() {
    std::mt19937_64 random(inquiry_.options().seed);
    for (int k = 0; k < inquiry_.options().projections; ++k) {
      std::vector<double> s(claim_.size());
      for (double& sign : s) sign = (random() >> 63) != 0 ? 1 : -1;
      project(s);
    }
    inquiry_.set_power(power_text());
    if (const std::string open = open_text(); !open.empty())
      inquiry_.add_problem(Defect::unresolved_projection, Verdict::inconclusive, open);
  }

 private:
  void project(const std::vector<double>& s) {
    Comparison whole = compare(s);
    if (unexplained(whole, s)) bisect(s, 0, s.size());
    if (unexplained(whole, s)) {
      const double rest = whole.error - accounted_for(s);
      if (std::abs(rest) > whole.bar + tolerated()) report_rest(rest, whole.bar);
      whole.bar += std::abs(rest);
    }
    if (whole.known) {
      ++decided_;
      visible_ = std::max(visible_, 2 * whole.bar);
    } else {
      reason_ = whole.reason;
    }
  }

  Comparison compare(const std::vector<double>& s) {
    const Truth truth = differences_.along(s)[0];
    const Estimate& r = truth.estimate;
    Comparison result{.known = r.status == EstimateStatus::ok, .reason = r.reason};
    if (r.status == EstimateStatus::kink) result.reason = "the function has a kink here";
    long double product = 0;
    for (std::size_t j = 0; j < s.size(); ++j) {
      product += static_cast<long double>(s[j]) * claim_[j];
      result.terms += std::abs(s[j] * claim_[j]);
    }
    result.error = static_cast<double>(product - r.value);
    result.bar = r.error_bar + 4 * unit_roundoff(inquiry_.dtype()) * result.terms;
    return result;
  }

  /// Judges the entries in [first, last) that account for the disagreement along s, which is 0
  /// elsewhere.
  void bisect(const std::vector<double>& s, std::size_t first, std::size_t last) {
    if (found_.size() >= most_guilty) return;
    if (last - first == 1) {
      judge(first);
      return;
    }
    const std::size_t middle = first + (last - first) / 2;
    for (const auto& [from, to] : {std::pair(first, middle), std::pair(middle, last)}) {
      std::vector<double> part(s.size(), 0);
      std::copy(s.begin() + static_cast<std::ptrdiff_t>(from),
                s.begin() + static_cast<std::ptrdiff_t>(to),
                part.begin() + static_cast<std::ptrdiff_t>(from));
      const Comparison half = compare(part);
      if (unexplained(half, part)) bisect(part, from, to);
    }
  }

  void judge(std::size_t j) {
    if (std::any_of(found_.begin(), found_.end(), [j](const auto& f) { return f.first == j; }))
      return;
    const Truth truth = differences_.by_entry(j)[0];
    if (truth.estimate.status == EstimateStatus::ok)
      found_.emplace_back(j, claim_[j] - truth.estimate.value);
    inquiry_.add_entry(
        j, truth, judge_black_box(claim_[j], truth, 0, inquiry_.tolerance(), inquiry_.dtype()));
  }

  /// Whether the entries found so far do not account for a disagreement.
  bool unexplained(const Comparison& along, const std::vector<double>& s) const {
    return along.known && std::abs(along.error - accounted_for(s)) > along.bar;
  }

  double accounted_for(const std::vector<double>& s) const {
    double sum = 0;
    for (const auto& [j, error] : found_) sum += s[j] * error;
    return sum;
  }

  /// What the tolerances of all entries allow together.
  double tolerated() const {
    double sum = 0;
    for (const double g : claim_) sum += allowance(inquiry_.tolerance(), g, inquiry_.dtype());
    return sum;
  }

  void report_rest(double rest, double bar) {
    if (rest_reported_) return;
    rest_reported_ = true;
    inquiry_.add_problem(Defect::projection_disagrees, Verdict::fail,
                         fmt::format("a projection is off by {:.3g} ± {:.1g} {}", rest, bar,
                                     found_.empty() ? "and no single entry stands out"
                                                    : "beyond what the entries below account for"));
  }

  std::string power_text() const {
    if (decided_ == 0) return {};
    return fmt::format(
        "an error above {:.1g} in any of the {} entries is seen with probability {:.5f}", visible_,
        claim_.size(), 1 - std::exp2(-decided_));
  }

  std::string open_text() const {
    const int all = inquiry_.options().projections;
    if (decided_ < all)
      return fmt::format("{} of {} projections cannot be decided: {}", all - decided_, all,
                         reason_);
    double largest = 0;
    for (const double g : claim_) largest = std::max(largest, std::abs(g));
    if (visible_ <= widest_power * largest || visible_ == 0) return {};
    return fmt::format("projections see errors from {:.1g} on, and the largest entry is {:.1g}",
                       visible_, largest);
  }

  Inquiry& inquiry_;
  Differences& differences_;
  const std::vector<double>& claim_;
  std::vector<std::pair<std::size_t, double>> found_;  ///< entries and their errors
  int decided_ = 0;
  double visible_ = 0;
  bool rest_reported_ = false;
  std::string reason_;
};

}  // namespace

void compare_projections(Inquiry& inquiry, Differences& differences) {
  Projections(inquiry, differences).run();
}

}  // namespace verigrad::gradcheck
