#include "runner/outcome.hpp"

#include <algorithm>
#include <tuple>

#include "gradcheck/position.hpp"

namespace verigrad::runner {
namespace {

auto rank(const WorstComparison& worst) {
  const gradcheck::EntryVerdict& entry = worst.verdict;
  return std::tuple(entry.verdict, !worst.is_product(), entry.relative_error, -entry.digits);
}

}  // namespace

bool WorstComparison::is_product() const {
  return what != "gradient" && what != "Jacobian" && what != "Hessian";
}

std::size_t WorstComparison::position() const { return gradcheck::ravelled(index, shape); }

bool Outcome::worse_than(const Outcome& other) const {
  if (verdict != other.verdict || !worst || !other.worst) return verdict > other.verdict;
  return rank(*worst) > rank(*other.worst);
}

void Outcome::add(const WorstComparison& comparison) {
  const gradcheck::EntryVerdict& entry = comparison.verdict;
  ++comparisons;
  if (entry.verdict == gradcheck::Verdict::pass) digits = std::min(digits, entry.digits);
  if (!worst || rank(comparison) > rank(*worst)) worst = comparison;
  verdict = std::max(verdict, entry.verdict);
}

void Outcome::raise(gradcheck::Verdict to, const std::string& why) {
  if (to > verdict || reason.empty()) reason = why;
  verdict = std::max(verdict, to);
}

}  // namespace verigrad::runner
