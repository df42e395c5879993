#include "runner/options.hpp"

#include <fmt/format.h>

#include <charconv>

namespace verigrad::runner {
namespace {

/// Takes a whole number and, unless it is the last part, the colon behind it.
template <class Integer>
bool take(std::string_view& text, Integer& value, bool last) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end == text.data()) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (last) return text.empty();
  if (!text.starts_with(':')) return false;
  text.remove_prefix(1);
  return true;
}

}  // namespace

std::optional<ReproToken> parse_repro(const std::string& text) {
  ReproToken token;
  std::string_view rest = text;
  if (!take(rest, token.line, false) || !rest.starts_with('k')) return std::nullopt;
  rest.remove_prefix(1);
  if (!take(rest, token.point, false) || token.point < 0) return std::nullopt;
  if (!take(rest, token.seed, true)) return std::nullopt;
  return token;
}

std::string to_string(const ReproToken& token) {
  return fmt::format("{}:k{}:{}", token.line, token.point, token.seed);
}

}  // namespace verigrad::runner
