#include "reports/accuracy_model.hpp"

#include <algorithm>
#include <array>

namespace verigrad::reports {
namespace {

constexpr std::array<std::string_view, 6> names{"ok",    "ill-conditioned", "unstable",
                                                "wrong", "non-smooth",      "undecided"};

}  // namespace

std::string_view to_string(AccuracyVerdict verdict) {
  return names[static_cast<std::size_t>(verdict)];
}

std::optional<AccuracyVerdict> accuracy_verdict_from_string(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<AccuracyVerdict>(i);
  return std::nullopt;
}

std::optional<double> missed_share(const MethodAccuracy& method, double slip) {
  const auto found = std::ranges::find(method.missed, slip, &MissedSlip::slip);
  return found == method.missed.end() ? std::nullopt : std::optional(found->share);
}

}  // namespace verigrad::reports
