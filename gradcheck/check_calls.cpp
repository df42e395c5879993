#include "gradcheck/check_calls.hpp"

#include <fmt/format.h>

#include <cmath>

namespace verigrad::gradcheck {
namespace {

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

std::string two_values(const FirstCalls& calls, std::size_t i) {
  const double first = calls.value->values[i];
  const std::string index = index_text(static_cast<std::int64_t>(i), calls.value->shape);
  return fmt::format("{} is {:.17g} in one call and differs by {:.3g} in the next",
                     index.empty() ? "it" : "entry " + index, first, calls.spread[i]);
}

}  // namespace

FirstCalls call_twice(const Callable& f, const Entries& x, const std::string& name,
                      bool is_derivative) {
  FirstCalls calls;
  const Verdict when_thrown = is_derivative ? Verdict::fail : Verdict::inconclusive;
  try {
    Entries first = f(x);
    const Entries second = f(x);
    if (!(first.shape == second.shape)) {
      calls.problems.push_back({Defect::nondeterministic, when_thrown,
                                fmt::format("{} has shape {} in one call and {} in the next", name,
                                            to_string(first.shape), to_string(second.shape))});
      return calls;
    }
    for (std::size_t i = 0; i < first.values.size(); ++i)
      calls.spread.push_back(same(first.values[i], second.values[i])
                                 ? 0
                                 : std::abs(first.values[i] - second.values[i]));
    calls.value = std::move(first);
  } catch (const ChangedArgument&) {
    calls.problems.push_back(
        {Defect::changed_argument, Verdict::fail, name + " changes what it is given"});
  } catch (const std::exception& exception) {
    calls.problems.push_back(
        {Defect::threw, when_thrown, fmt::format("{} throws: {}", name, exception.what())});
  }
  return calls;
}

std::optional<Problem> trouble_with_values(const FirstCalls& calls, double noise_floor,
                                           double unit_roundoff) {
  const Entries& y = *calls.value;
  for (std::size_t i = 0; i < y.values.size(); ++i) {
    if (!std::isfinite(y.values[i]))
      return Problem{Defect::not_finite, Verdict::inconclusive,
                     fmt::format("the function's value is {} here", y.values[i])};
    if (!(calls.spread[i] <= noise_floor + 8 * unit_roundoff * std::abs(y.values[i])))
      return Problem{Defect::nondeterministic, Verdict::inconclusive,
                     "the function is not deterministic: " + two_values(calls, i)};
  }
  return std::nullopt;
}

std::optional<Problem> trouble_with_derivative(const FirstCalls& calls, const Tolerance& tolerance,
                                               DType dtype) {
  for (std::size_t i = 0; i < calls.spread.size(); ++i)
    if (calls.spread[i] != 0 &&
        !(calls.spread[i] <= allowance(tolerance, calls.value->values[i], dtype)))
      return Problem{Defect::nondeterministic, Verdict::fail,
                     "the derivative is not deterministic: " + two_values(calls, i)};
  return std::nullopt;
}

}  // namespace verigrad::gradcheck
