#include "runner/finite_value.hpp"

#include <algorithm>
#include <cmath>

#include "proof/evaluate.hpp"
#include "proof/work.hpp"
#include "runner/ulp_error.hpp"

namespace verigrad::runner {
namespace {

constexpr slong first_bits = 128;
constexpr slong last_bits = 2048;  // exp(1e300) takes 1024
constexpr double most_work = 1e6;

bool is_undecided(const proof::Series& entry) {
  return entry.status() == proof::Status::undecided || (entry.ok() && !entry.value().finite());
}

}  // namespace

bool has_finite_value(const Program& program, const Point& point, ValueId output) {
  if (proof::first_uncovered(program, output)) return false;
  const proof::WorkLimit limit(most_work);
  try {
    for (slong bits = first_bits; bits <= last_bits; bits *= 2) {
      const proof::Precision precision(bits);
      const proof::Field value = proof::evaluate(program, point, output);
      if (std::ranges::any_of(value.entries, is_undecided)) continue;
      return std::ranges::all_of(value.entries, [&](const proof::Series& entry) {
        return entry.ok() && std::isfinite(correctly_rounded(entry.value(), program.dtype));
      });
    }
  } catch (const proof::WorkExhausted&) {
  }
  return false;
}

}  // namespace verigrad::runner
