#include "reports/model.hpp"

#include <array>

namespace verigrad::reports {
namespace {

constexpr std::array<std::pair<Kind, std::string_view>, 9> kind_names{{
    {Kind::check, "check"},
    {Kind::grad, "grad"},
    {Kind::jacobian, "jacobian"},
    {Kind::hessian, "hessian"},
    {Kind::vjp, "vjp"},
    {Kind::jvp, "jvp"},
    {Kind::hvp, "hvp"},
    {Kind::expect, "expect"},
    {Kind::test, "test"},
}};

}  // namespace

std::string_view to_string(Kind kind) {
  for (const auto& [each, name] : kind_names)
    if (each == kind) return name;
  return "";
}

std::optional<Kind> kind_from_string(std::string_view name) {
  for (const auto& [kind, each] : kind_names)
    if (each == name) return kind;
  return std::nullopt;
}

Summary summarize(std::span<const FileResult> files) {
  Summary summary;
  for (const FileResult& file : files) {
    if (!file.errors.empty()) ++summary.error;
    for (const CheckResult& check : file.checks) switch (check.verdict) {
        case Verdict::pass:
          ++summary.pass;
          break;
        case Verdict::inconclusive:
          ++summary.inconclusive;
          break;
        case Verdict::inaccurate:
          ++summary.inaccurate;
          break;
        case Verdict::fail:
          ++summary.fail;
          break;
      }
  }
  return summary;
}

int exit_code(const std::vector<FileResult>& files, const RunConditions& conditions) {
  const Summary counts = summarize(files);
  const std::int64_t doubtful = counts.inaccurate + counts.inconclusive;
  if (conditions.interrupted) return 130;
  if (conditions.internal_error) return 3;
  if (counts.error > 0) return 2;
  if (counts.fail > 0 || (conditions.strict && doubtful > 0)) return 1;
  return counts.pass + doubtful == 0 ? 4 : 0;
}

}  // namespace verigrad::reports
