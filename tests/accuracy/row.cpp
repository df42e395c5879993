#include "tests/accuracy/row.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::accuracy {
namespace {

const Operation& operation_of(const Formula& formula) { return *find_operation(formula.operation); }

void keep(std::vector<Worst>& worst, const Worst& next) {
  if (next.ulps <= 0) return;
  if (std::ranges::any_of(worst, [&](const Worst& kept) { return kept.x == next.x; })) return;
  const auto place =
      std::ranges::find_if(worst, [&](const Worst& kept) { return kept.ulps < next.ulps; });
  worst.insert(place, next);
  if (worst.size() > Row::kept) worst.pop_back();
}

}  // namespace

std::string name_of(const Formula& formula, Target target) {
  if (target.is_value()) return "value";
  for (const Parameter& parameter : operation_of(formula).signature.parameters())
    if (parameter.kind == Parameter::Kind::operand && parameter.position == target.operand)
      return "d/" + std::string(parameter.name);
  return "?";
}

std::vector<Target> targets(const Formula& formula) {
  std::vector<Target> result{{}};
  const Operation& operation = operation_of(formula);
  for (std::size_t i = 0; i < operation.signature.operand_count(); ++i)
    if (operation.differentiable(i)) result.push_back({i});
  return result;
}

template <class T>
const Exception* exception_of(const Formula& formula, Target target) {
  for (const Exception& exception : formula.exceptions)
    if (exception.operand == target.operand && (!exception.only_float || std::is_same_v<T, float>))
      return &exception;
  return nullptr;
}

template <class T>
double bound_of(const Formula& formula, Target target) {
  if (target.is_value()) return formula.value_bound;
  const Exception* exception = exception_of<T>(formula, target);
  return exception ? exception->bound : derivative_bound;
}

template <class T>
void add(Row& row, const Formula& formula, Target target, T computed, const Point& x) {
  const bool value = target.is_value();
  if (!value && formula.smooth && !formula.smooth(x, target.operand)) return;
  const Function f = value ? formula.value : formula.derivative[target.operand];
  const NearZero& zero =
      value ? formula.value_near_zero : formula.derivative_near_zero[target.operand];
  const Exception* exception = exception_of<T>(formula, target);
  const auto judged = judge(computed, f, zero, x, operation_of(formula).signature.operand_count(),
                            value ? formula.value_bound : derivative_bound,
                            exception && exception->by_largest_term);
  if (!judged) {
    ++row.undecided;
    return;
  }
  const auto [magnitude, ulps] = judged->distance;
  if (!std::isfinite(ulps)) ++row.invalid;
  if (magnitude == Magnitude::subnormal) {
    ++row.subnormal;
    row.worst_subnormal = std::max(row.worst_subnormal, ulps);
    if (!std::isfinite(ulps)) keep(row.worst, {ulps, x});
    return;
  }
  if (magnitude == Magnitude::overflow) {
    ++row.overflow;
  } else {
    ++row.normal;
    row.by_largest_term += judged->by_largest_term;
    constexpr std::array steps{0.5, 1.0, 2.0, 4.0};
    for (std::size_t k = 0; k < steps.size(); ++k) row.within[k] += ulps <= steps[k];
  }
  keep(row.worst, {ulps, x});
}

template <class T>
std::vector<Row> measure(const Formula& formula, std::span<const Point> points,
                         const Computed<T>& computed) {
  std::vector<Row> rows;
  for (const Target target : targets(formula)) {
    Row row;
    const std::vector<T>& entries =
        target.is_value() ? computed.value : computed.derivative[target.operand];
    for (std::size_t k = 0; k < points.size(); ++k)
      add(row, formula, target, entries[k], points[k]);
    rows.push_back(std::move(row));
  }
  return rows;
}

template const Exception* exception_of<float>(const Formula&, Target);
template const Exception* exception_of<double>(const Formula&, Target);
template double bound_of<float>(const Formula&, Target);
template double bound_of<double>(const Formula&, Target);
template void add(Row&, const Formula&, Target, float, const Point&);
template void add(Row&, const Formula&, Target, double, const Point&);
template std::vector<Row> measure(const Formula&, std::span<const Point>, const Computed<float>&);
template std::vector<Row> measure(const Formula&, std::span<const Point>, const Computed<double>&);

}  // namespace verigrad::accuracy
