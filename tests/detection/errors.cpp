#include "tests/detection/errors.hpp"

#include <array>
#include <string>

#include "tests/detection/cores.hpp"

namespace verigrad::detection {
namespace {

constexpr std::array all_errors{
    Error{"x 2", "1"},       Error{"x -1", "-2"},     Error{"one entry 0", ""},
    Error{"1e-1", "1e-1"},   Error{"1e-2", "1e-2"},   Error{"1e-3", "1e-3"},
    Error{"1e-4", "1e-4"},   Error{"1e-5", "1e-5"},   Error{"1e-6", "1e-6"},
    Error{"1e-7", "1e-7"},   Error{"1e-8", "1e-8"},   Error{"1e-9", "1e-9"},
    Error{"1e-10", "1e-10"}, Error{"1e-11", "1e-11"}, Error{"1e-12", "1e-12"},
    Error{"1e-13", "1e-13"}, Error{"1e-14", "1e-14"}, Error{"1e-15", "1e-15"},
};
/// Less is lost when a number is rounded to float32.
constexpr std::size_t errors_of_float = 10;

}  // namespace

std::span<const Error> errors_of(DType dtype) {
  const std::span<const Error> all = all_errors;
  return dtype == DType::f32 ? all.first(errors_of_float) : all;
}

Gradient right_gradient(const std::vector<proof::Ball>& truth, DType dtype) {
  Gradient gradient;
  for (const proof::Ball& partial : truth) {
    gradient.tested.push_back(rounded(partial, dtype));
    gradient.in_double.push_back(rounded(partial, DType::f64));
  }
  return gradient;
}

std::optional<Gradient> wrong_gradient(const std::vector<proof::Ball>& truth, DType dtype,
                                       const Error& error, Random& random) {
  std::vector<proof::Ball> wrong;
  std::vector<std::size_t> other_than_0;
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (!truth[i].is(0)) other_than_0.push_back(i);
  if (other_than_0.empty()) return std::nullopt;
  if (error.slip.empty()) {
    wrong = truth;
    const auto last = static_cast<std::int64_t>(other_than_0.size()) - 1;
    wrong[other_than_0[static_cast<std::size_t>(random.integer(0, last))]] = proof::Ball(0);
  } else {
    const proof::Ball factor = proof::Ball(1) + proof::Ball::literal(std::string(error.slip));
    for (const proof::Ball& partial : truth) wrong.push_back(factor * partial);
  }
  const Gradient gradient = right_gradient(wrong, dtype);
  if (gradient.tested == right_gradient(truth, dtype).tested) return std::nullopt;
  return gradient;
}

}  // namespace verigrad::detection
