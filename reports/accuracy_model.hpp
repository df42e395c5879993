// What a report says about the accuracy of derivatives, as plain data.
//
// An error is counted in ulps of the correctly rounded truth: with t the truth and r the double (or
// float) nearest to it, ulp(r) = 2^(e - p + 1) for 2^e <= |r| < 2^(e + 1) and precision p (53, 24),
// never below the smallest subnormal number; the error of a result y is |y - t| / ulp(r). A
// correctly rounded result is within 1/2.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verigrad::reports {

/// From best to worst, which is the order of every table and comparison.
enum class AccuracyVerdict {
  ok,
  non_smooth,  ///< most points lie on kinks, jumps or edges: there is no derivative to compare
  undecided,   ///< the truth of more than one entry in a hundred, or what causes an error, is not
               ///< known
  ill_conditioned,  ///< large errors, which a rounding of the inputs would cause as well
  unstable,         ///< errors of more than 8 times what a rounding of the inputs causes
  wrong             ///< a rule disagrees with the proven derivative
};

inline constexpr std::array accuracy_verdicts_worst_first{
    AccuracyVerdict::wrong,     AccuracyVerdict::unstable,   AccuracyVerdict::ill_conditioned,
    AccuracyVerdict::undecided, AccuracyVerdict::non_smooth, AccuracyVerdict::ok};

std::string_view to_string(AccuracyVerdict verdict);
std::optional<AccuracyVerdict> accuracy_verdict_from_string(std::string_view name);

/// How errors in ulps are distributed over random points.
struct UlpStatistics {
  std::int64_t n = 0;  ///< results that were compared with a known truth
  double median = 0, p90 = 0, p99 = 0;
  double max = 0;  ///< also over the points of the search and of the corpus
  /// The average of log2(1 + ulps), "bits of error", of which none counts as more than 64 (32 of an
  /// f32).
  double mean_bits = 0;
  std::int64_t correctly_rounded = 0, within_1 = 0, within_4 = 0;
  /// [0]: correctly rounded; [1]: up to 1 ulp; [k]: up to 2^(k - 1); without trailing zeros, and
  /// without results that are not finite, whose error is infinite.
  std::vector<std::int64_t> histogram;

  bool operator==(const UlpStatistics&) const = default;
};

/// One comparison, for pictures.
struct AccuracySample {
  double input = 0;  ///< the entry of the input that the row's derivative is by
  double ulps = 0;
  std::optional<double> condition;

  bool operator==(const AccuracySample&) const = default;
};

/// The part of the rounding error at the row's worst point that one operation of the source causes
/// in one pass, all the pieces that its derivative rule applies together.
struct OperationShare {
  std::string operation;              ///< as it is written, the beginning where that is long
  bool backward = false;              ///< in the pass that computes the gradient
  double share = 0;                   ///< of 1
  std::int64_t line = 0, column = 0;  ///< in the source, from 1, in code points; 0: unknown
  std::int64_t length = 0;            ///< of the expression's part on that line, in code points
  std::string path{};                 ///< of the source, where it is not the row's own file
  std::string line_text{};

  bool operator==(const OperationShare&) const = default;
};

/// Another form of the function that its author has given: an `:alt` of an FPCore.
struct Rewrite {
  std::string text;
  /// The error in ulps of its derivative, as the engine computes it, at the row's worst point;
  /// infinite where it is not finite, and absent where it could not be computed.
  std::optional<double> ulps;

  bool operator==(const Rewrite&) const = default;
};

/// A difference quotient of one step, at the row's worst point.
struct StepError {
  double step = 0;
  double error = 0;  ///< |quotient - truth|

  bool operator==(const StepError&) const = default;
};

/// The step that a method chose, and what came of it.
struct ChosenStep {
  std::string method;
  double step = 0, error = 0;

  bool operator==(const ChosenStep&) const = default;
};

/// Error of central differences against step, with what theory says of its two branches:
/// truncation |f'''| h^2 / 6 and roundoff u |f| / h.
struct StepCurve {
  std::string input;  ///< "x" or "x[3]"
  std::vector<StepError> errors;
  double truncation = 0;  ///< |f'''| / 6
  double roundoff = 0;    ///< u |f|
  std::vector<ChosenStep> chosen;

  bool operator==(const StepCurve&) const = default;
};

/// Where a point comes from.
enum class PointOrigin {
  drawn,   ///< random
  search,  ///< near a random one, where the error is larger
  corpus   ///< worst point of an earlier run
};

std::string_view to_string(PointOrigin origin);
std::optional<PointOrigin> point_origin_from_string(std::string_view name);

/// How sharply ball arithmetic of some precision encloses the derivative at the row's worst point.
struct BallRadius {
  std::int64_t bits = 0;
  double ulps = 0;  ///< radius / ulp(r); infinite where it is not enclosed

  bool operator==(const BallRadius&) const = default;
};

/// The point at which a row's error is largest.
struct WorstPoint {
  std::vector<std::int64_t> index;  ///< of the entry within the input; empty for a scalar
  std::int64_t point = 0;           ///< that was drawn, or where the search began; -1: of a corpus
  PointOrigin origin = PointOrigin::drawn;
  std::vector<std::pair<std::string, std::vector<double>>> inputs;  ///< entries, row-major
  double computed = 0, truth = 0, ulps = 0;
  std::optional<double> condition;

  bool operator==(const WorstPoint&) const = default;
};

/// One operation of a function, one of its inputs, or a number whose rounding has a share.
struct GraphNode {
  std::string grad_fn;                ///< "MulBackward0"; empty for an input or a constant
  std::string label;                  ///< "x", or the expression as it is written
  std::int64_t line = 0, column = 0;  ///< in the source; 0: unknown
  double forward = 0, backward = 0;   ///< its shares of the rounding error, of 1, in each pass
  bool constant = false;

  bool operator==(const GraphNode&) const = default;
};

/// The value of the node `from` is an operand of the node `to`; both are indices into the nodes.
struct GraphEdge {
  std::int64_t from = 0, to = 0;

  bool operator==(const GraphEdge&) const = default;
};

/// The function whose derivative the row is, with what its rounding error is blamed on. Constants
/// without a share are left out.
struct BlameGraph {
  std::vector<GraphNode> nodes;
  std::vector<GraphEdge> edges;

  bool operator==(const BlameGraph&) const = default;
};

/// The derivative of one output by one input. Counts are of random points; largest numbers, the
/// worst point and the verdict also know those of the search and of the corpus.
struct AccuracyRow {
  std::string id;  ///< "FILE:LINE"
  std::int64_t line = 0, column = 0;
  std::string name;  ///< of an FPCore; else empty
  std::string output, wrt, dtype;
  UlpStatistics ulps;
  std::int64_t points = 0, rejected = 0, undecided = 0, non_smooth = 0;
  std::int64_t searched = 0;  ///< points that were tried near the worst ones
  /// Of the points, those at which the function itself is computed as NaN or an infinity, while its
  /// exact value is finite and within the range of the dtype.
  std::int64_t value_overflow = 0;
  /// NaN, or an infinity that the truth does not round to.
  std::int64_t overflow = 0;
  std::int64_t underflow = 0;    ///< 0 where the truth has a rounding other than 0
  std::int64_t wrong_signs = 0;  ///< of those that are not 0
  /// Not 0 where the truth is 0, or nearer to it than a proof can tell: not in `ulps`.
  std::int64_t wrong_zeros = 0;
  std::optional<double> condition_median, condition_max;
  std::optional<double>
      relative_max;  ///< the largest relative error, by no less than the smallest normal number
  std::optional<double> instability;  ///< largest relative error / ((1 + condition) u)
  /// The most bits that the proof of an entry's truth took.
  std::int64_t truth_bits = 0;
  /// The radius at the worst point in the precision of the dtype: what interval arithmetic
  /// promises.
  std::optional<double> ball_ulps;
  std::vector<BallRadius> balls;  ///< the radii there against precision, up to `truth_bits`
  std::optional<WorstPoint> worst;
  /// The error in ulps at the worst point that rounding every operation once would add up to, to
  /// first order: sum_k |change of the result when operation k alone is rounded| / ulp(r). Absent
  /// for outputs that are not scalars, and where an operation has no proof.
  std::optional<double> predicted;
  AccuracyVerdict verdict = AccuracyVerdict::ok;
  std::string reason;  ///< of a verdict other than ok
  /// Sentences on points of the corpus whose error has grown since they were stored.
  std::vector<std::string> worsened;
  std::vector<OperationShare> blame;
  std::vector<Rewrite> rewrites;  ///< where there is `blame`, in the order of the file
  std::string repro;              ///< the command that shows the worst point again
  std::vector<AccuracySample> samples;
  std::optional<StepCurve> curve;
  std::optional<BlameGraph> graph;

  bool operator==(const AccuracyRow&) const = default;
};

/// Whether a report explains the row: its verdict is not ok, or an error has grown.
bool is_finding(const AccuracyRow& row);

/// One operation's value or derivative over one region of its operands.
struct OperationAccuracy {
  std::string operation;
  std::string quantity;  ///< "value", "derivative by input"
  std::string region;    ///< "typical", or a tail such as "x > 20"
  std::string dtype;
  std::int64_t n = 0;
  std::vector<std::int64_t> counts;  ///< errors that round to 0, 1, 2, 3 and more ulps
  double max = 0;                    ///< also over points near the worst
  std::vector<double> worst;         ///< entries of all operands where the error is largest
  /// The largest error at the same points of a textbook formula, where one is known, and the
  /// formula in the language, of x and the other operands' names.
  std::optional<double> naive{};
  std::string naive_formula{};

  bool operator==(const OperationAccuracy&) const = default;
};

/// How often a method accepts derivatives that are too large by one factor.
struct MissedSlip {
  double slip = 0;   ///< claimed is truth (1 + slip)
  double share = 0;  ///< of the claims, those that it accepts

  bool operator==(const MissedSlip&) const = default;
};

/// One method of numeric differentiation over all derivatives of a run, and the test of claimed
/// derivatives that it makes: |claimed - value| <= its error bar or, where it has none,
/// torch.autograd.gradcheck's default 1e-5 + 1e-3 |value|. A method without a value refuses, but
/// Verigrad, whose test is gradcheck::judge, may leave a claim undecided.
struct MethodAccuracy {
  std::string method;
  std::int64_t n = 0;
  double evaluations = 0;                 ///< on average, of the function, for one derivative
  double median = 0, p99 = 0, worst = 0;  ///< relative errors
  std::optional<double> covered;  ///< share whose error bar covers the error; absent: it has none
  double false_alarms = 0;        ///< share of the true derivatives that it refuses
  double unsure = 0;              ///< share of the true derivatives that it does not decide
  std::vector<MissedSlip> missed;

  bool operator==(const MethodAccuracy&) const = default;
};

/// The share of claims with that slip which the method accepts, if it was measured.
std::optional<double> missed_share(const MethodAccuracy& method, double slip);

/// The accuracy report of a run.
struct AccuracyReport {
  std::vector<OperationAccuracy> operations;
  std::vector<MethodAccuracy> methods;
  std::vector<std::string> notes;  ///< counts of what was left out, and why
  /// How it was measured, by names: what an ulp is, how literals are read, points, proofs, counts.
  std::vector<std::pair<std::string, std::string>> settings;

  bool operator==(const AccuracyReport&) const = default;
};

}  // namespace verigrad::reports
