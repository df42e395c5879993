#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace verigrad::gradcheck {

/// What a check, claim, expectation or test comes to, from best to worst:
///
///   pass          the derivative is right, and at least half of its value's digits are
///   inconclusive  the reference cannot decide; the diagnosis says why
///   inaccurate    the rule is right, but rounding, overflow or cancellation destroyed its digits
///   fail          the derivative is wrong beyond anything that rounding explains
///
/// The enumerators are declared in order of severity, so `std::max` of two verdicts is the worse.
enum class Verdict { pass, inconclusive, inaccurate, fail };

/// Every verdict, from best to worst.
inline constexpr std::array all_verdicts{Verdict::pass, Verdict::inconclusive, Verdict::inaccurate,
                                         Verdict::fail};

/// The name that reports, `expect VERDICT: …` and this file's enumerators share.
constexpr std::string_view to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::inaccurate:
      return "inaccurate";
    case Verdict::fail:
      return "fail";
  }
  return "";
}

/// The verdict of that name; nothing when there is none.
constexpr std::optional<Verdict> verdict_from_string(std::string_view name) {
  for (Verdict verdict : all_verdicts)
    if (to_string(verdict) == name) return verdict;
  return std::nullopt;
}

}  // namespace verigrad::gradcheck
