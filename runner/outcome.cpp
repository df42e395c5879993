#include "runner/outcome.hpp"

#include <algorithm>
#include <tuple>

namespace verigrad::runner {
namespace {

auto rank(const gradcheck::EntryVerdict& entry) {
  return std::tuple(entry.verdict, entry.relative_error, -entry.digits);
}

}  // namespace

bool Outcome::worse_than(const Outcome& other) const {
  if (verdict != other.verdict || !worst || !other.worst) return verdict > other.verdict;
  return rank(worst->verdict) > rank(other.worst->verdict);
}

void Outcome::add(const WorstComparison& comparison) {
  const gradcheck::EntryVerdict& entry = comparison.verdict;
  ++comparisons;
  if (entry.verdict == gradcheck::Verdict::pass) digits = std::min(digits, entry.digits);
  if (!worst || rank(entry) > rank(worst->verdict)) worst = comparison;
  verdict = std::max(verdict, entry.verdict);
}

void Outcome::raise(gradcheck::Verdict to, const std::string& why) {
  if (to > verdict || reason.empty()) reason = why;
  verdict = std::max(verdict, to);
}

}  // namespace verigrad::runner
