#include "gradcheck/check_adjoint.hpp"

#include <fmt/format.h>

#include <cmath>

#include "gradcheck/check_calls.hpp"

namespace verigrad::gradcheck {
namespace {

struct Product {
  long double sum = 0, terms = 0;
};

Product product(const std::vector<double>& a, const std::vector<double>& b) {
  Product result;
  for (std::size_t i = 0; i < a.size(); ++i) {
    const long double term = static_cast<long double>(a[i]) * b[i];
    result.sum += term;
    result.terms += std::abs(term);
  }
  return result;
}

/// The value of one side when it has the shape of what it is multiplied with.
std::optional<Entries> side(Report& report, const Callable& f, const Entries& x,
                            const std::string& name, const Entries& other) {
  const FirstCalls calls = call_twice(f, x, name, true);
  report.problems.insert(report.problems.end(), calls.problems.begin(), calls.problems.end());
  if (!calls.value || calls.value->values.size() == other.values.size()) return calls.value;
  report.problems.push_back({Defect::wrong_shape, Verdict::fail,
                             fmt::format("{} has shape {}, but its vector {}", name,
                                         to_string(calls.value->shape), to_string(other.shape))});
  return std::nullopt;
}

}  // namespace

Report compare_adjoint(const Callable& jvp, const Callable& vjp, const Entries& x, const Entries& u,
                       const Entries& v, DType dtype) {
  Report report;
  report.derivative = "adjoint";
  report.method = "inner products";
  const auto forward = side(report, jvp, x, "the jvp", v);
  const auto backward = side(report, vjp, x, "the vjp", u);
  if (!forward || !backward) {
    settle(report);
    return report;
  }
  const Product a = product(forward->values, v.values), b = product(u.values, backward->values);
  const double error = static_cast<double>(std::abs(a.sum - b.sum));
  const double terms = static_cast<double>(a.terms + b.terms);
  const double left = static_cast<double>(a.sum), right = static_cast<double>(b.sum);
  report.digits = digits_of(error, terms > 0 ? terms : 1, dtype);
  if (!(error <= 64 * unit_roundoff(dtype) * terms)) {
    const bool close = error <= allowance(Tolerance::standard(dtype), terms, dtype);
    report.problems.push_back(
        {Defect::adjoint_disagrees, close ? Verdict::inaccurate : Verdict::fail,
         fmt::format("<Ju, v> = {:.17g}, but <u, J^T v> = {:.17g}", left, right)});
  }
  settle(report);
  return report;
}

}  // namespace verigrad::gradcheck
