#pragma once

#include <span>

#include "expressions/codes.hpp"

namespace verigrad::runner {

/// The codes of verdicts, in the same form as the language's diagnostics.
namespace code {
inline constexpr const char* wrong_claim = "G101";
inline constexpr const char* wrong_engine = "G102";
inline constexpr const char* undefined_value = "G103";
inline constexpr const char* evaluation_error = "G104";
inline constexpr const char* lost_digits = "G201";
inline constexpr const char* unresolved = "G301";
inline constexpr const char* not_differentiable = "G302";
inline constexpr const char* no_point = "G303";
inline constexpr const char* work_exhausted = "G304";
inline constexpr const char* unsupported_core = "G305";
inline constexpr const char* other_verdict = "G401";
inline constexpr const char* expectation = "G402";
/// Of `gradcheck fuzz` alone.
inline constexpr const char* broken_law = "G501";
/// Of `gradcheck accuracy` alone: as reports/findings.hpp names its verdicts.
inline constexpr const char* ill_conditioned = "accuracy-ill-conditioned";
inline constexpr const char* non_smooth = "accuracy-non-smooth";
inline constexpr const char* undecided = "accuracy-undecided";
inline constexpr const char* unstable = "accuracy-unstable";
inline constexpr const char* worsened = "accuracy-worsened";
inline constexpr const char* wrong_rule = "accuracy-wrong";
}  // namespace code

/// All codes of verdicts, in their order; the bad example comes back with that verdict, those of
/// the codes that begin with "accuracy-" from `gradcheck accuracy`.
std::span<const expressions::CodeInfo> all_codes();

/// The row of a code of a verdict or of the language, in any case, or null.
const expressions::CodeInfo* find_any_code(std::string_view code);

}  // namespace verigrad::runner
