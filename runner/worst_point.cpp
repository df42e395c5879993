#include "runner/worst_point.hpp"

#include "engine/error.hpp"
#include "gradcheck/position.hpp"
#include "gradcheck/reference.hpp"
#include "runner/accuracy_balls.hpp"
#include "runner/accuracy_blame.hpp"
#include "runner/difference_methods.hpp"
#include "runner/rewrites.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;

std::optional<reports::StepCurve> curve_at(const WorstSample& at, const AccuracyRow& row) {
  const Program& program = at.sample.instance.program;
  const ValueId y = at.sample.instance.judgements[at.derivative.judgement].output;
  if (program.shape(y).rank() != 0) return std::nullopt;
  const std::size_t leaf = at.derivative.leaf;
  const std::size_t entry = gradcheck::ravelled(row.worst->index, program.leaves()[leaf].shape);
  try {
    PointAccuracy point(at.sample, at.seed, at.options);
    return step_curve(program, at.sample.point, y, leaf, entry, point.truths(at.derivative)[entry]);
  } catch (const gradcheck::WorkExhausted&) {
    return std::nullopt;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

void explain_worst(AccuracyRow& row, const WorstSample& at) {
  Blame found = blame(at.sample, at.derivative, *row.worst, at.input.path);
  row.predicted = found.predicted;
  if (row.verdict == AccuracyVerdict::unstable || row.verdict == AccuracyVerdict::ill_conditioned) {
    row.blame = std::move(found.shares);
    row.graph = std::move(found.graph);
    row.rewrites = rewrites(at.input, at.options, at.sample, at.derivative, *row.worst);
  }
  row.curve = curve_at(at, row);
  row.balls = ball_radii(at.sample, at.derivative, *row.worst, row.truth_bits);
  row.ball_ulps = radius_in(at.sample.instance.program.dtype, row.balls);
}

}  // namespace verigrad::runner
