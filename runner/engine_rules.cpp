#include "runner/engine_rules.hpp"

#include "engine/recording.hpp"
#include "gradcheck/recorded_gradient.hpp"

namespace verigrad::runner {
namespace {

using gradcheck::RecordedGradient;
using Truths = EngineRules::Truths;
using Numbers = EngineRules::Numbers;

RecordedGradient recorded_jvp(const Program& program, const Point& point, ValueId y,
                              std::size_t leaf, const Numbers& u) {
  return program.dtype == DType::f32 ? gradcheck::record_jvp<float>(program, point, y, leaf, u)
                                     : gradcheck::record_jvp<double>(program, point, y, leaf, u);
}

Truths row_of(const Truths& jacobian, std::size_t row, std::size_t columns) {
  const auto begin = jacobian.begin() + static_cast<std::ptrdiff_t>(row * columns);
  return {begin, begin + static_cast<std::ptrdiff_t>(columns)};
}

}  // namespace

template <class Record>
EngineRules::Claims EngineRules::proven(Record record, const Point& point, const Truths& truth,
                                        const gradcheck::WidenedTruths& widened) {
  if (!gradcheck::all_proven(truth)) return {};
  try {
    const RecordedGradient recorded = record();
    return gradcheck::prove_claim({recorded.program, point, recorded.root, true}, truth, widened,
                                  context_.references.limits(judgement_));
  } catch (const NotRecordable&) {
    return {};
  }
}

EngineRules::Claims EngineRules::gradient(std::size_t leaf, const Truths& truth) {
  return jacobian_row(leaf, 0, truth);
}

EngineRules::Claims EngineRules::jacobian_row(std::size_t leaf, std::size_t row,
                                              const Truths& jacobian) {
  const std::size_t columns = context_.sample.point[leaf].size();
  Numbers unit(static_cast<std::size_t>(context_.program().shape(y_).numel()));
  unit[row] = 1;
  return proven(
      [&] {
        return gradcheck::record_gradient(context_.program(), context_.sample.point, y_, leaf,
                                          unit);
      },
      context_.sample.point, row_of(jacobian, row, columns),
      [&](slong bits) {
        return row_of(context_.references.widened(bits).jacobian(y_, leaf), row, columns);
      });
}

EngineRules::Claims EngineRules::vjp(std::size_t leaf, const Numbers& v, const Truths& truth) {
  return proven(
      [&] {
        return gradcheck::record_gradient(context_.program(), context_.sample.point, y_, leaf, v);
      },
      context_.sample.point, truth,
      [&](slong bits) { return context_.references.widened(bits).vjp(y_, leaf, {v}); });
}

EngineRules::Claims EngineRules::jvp(std::size_t leaf, const Numbers& u, const Truths& truth) {
  return proven(
      [&] { return recorded_jvp(context_.program(), context_.sample.point, y_, leaf, u); },
      context_.sample.point, truth,
      [&](slong bits) { return context_.references.widened(bits).jvp(y_, leaf, {u}); });
}

EngineRules::Claims EngineRules::composed_vjp(const gradcheck::Composed& composed, std::size_t leaf,
                                              const Numbers& v, const Truths& truth) {
  return proven(
      [&] {
        return gradcheck::record_gradient(composed.program, composed.point, composed.output, leaf,
                                          v);
      },
      composed.point, truth,
      [&](slong bits) {
        Truths twice;
        for (const auto& pulled : context_.references.widened(bits).vjp(y_, leaf, {v}))
          twice.push_back(gradcheck::doubled(pulled));
        return twice;
      });
}

}  // namespace verigrad::runner
