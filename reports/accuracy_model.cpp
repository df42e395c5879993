#include "reports/accuracy_model.hpp"

namespace verigrad::reports {
namespace {

constexpr std::array<std::string_view, 6> names{
    "ok", "non-smooth", "undecided", "ill-conditioned", "unstable", "wrong"};

}  // namespace

std::string_view to_string(AccuracyVerdict verdict) {
  return names[static_cast<std::size_t>(verdict)];
}

std::optional<AccuracyVerdict> accuracy_verdict_from_string(std::string_view name) {
  for (std::size_t i = 0; i < names.size(); ++i)
    if (names[i] == name) return static_cast<AccuracyVerdict>(i);
  return std::nullopt;
}

}  // namespace verigrad::reports
