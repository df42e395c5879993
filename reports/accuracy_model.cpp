#include "reports/accuracy_model.hpp"

#include <algorithm>
#include <array>

namespace verigrad::reports {
namespace {

constexpr std::array<std::string_view, 6> verdicts{
    "ok", "non-smooth", "undecided", "ill-conditioned", "unstable", "wrong"};
constexpr std::array<std::string_view, 3> origins{"drawn", "search", "corpus"};

template <class Enum, std::size_t N>
std::optional<Enum> named(const std::array<std::string_view, N>& names, std::string_view name) {
  for (std::size_t i = 0; i < N; ++i)
    if (names[i] == name) return static_cast<Enum>(i);
  return std::nullopt;
}

}  // namespace

std::string_view to_string(AccuracyVerdict verdict) {
  return verdicts[static_cast<std::size_t>(verdict)];
}

std::optional<AccuracyVerdict> accuracy_verdict_from_string(std::string_view name) {
  return named<AccuracyVerdict>(verdicts, name);
}

std::string_view to_string(PointOrigin origin) { return origins[static_cast<std::size_t>(origin)]; }

std::optional<PointOrigin> point_origin_from_string(std::string_view name) {
  return named<PointOrigin>(origins, name);
}

bool is_finding(const AccuracyRow& row) {
  return row.verdict != AccuracyVerdict::ok || !row.worsened.empty();
}

std::optional<double> missed_share(const MethodAccuracy& method, double slip) {
  const auto found = std::ranges::find(method.missed, slip, &MissedSlip::slip);
  return found == method.missed.end() ? std::nullopt : std::optional(found->share);
}

}  // namespace verigrad::reports
