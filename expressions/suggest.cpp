#include "expressions/suggest.hpp"

#include <algorithm>

namespace verigrad::expressions {
namespace {

/// Longer names are not worth comparing.
constexpr std::size_t longest = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

std::size_t substitution(char a, char b) { return a == b ? 0 : lower(a) == lower(b) ? 1 : 2; }

}  // namespace

std::size_t half_edits(std::string_view a, std::string_view b, std::size_t limit) {
  const std::size_t gap = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (2 * gap > limit || a.size() > longest || b.size() > longest) return limit + 1;
  std::vector<std::size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = 2 * j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = 2 * i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({last[j] + 2, row[j - 1] + 2, last[j - 1] + substitution(a[i - 1], b[j - 1])});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 2);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates) {
  std::size_t best = 2 * std::max<std::size_t>(1, name.size() / 3) + 1;
  std::string_view nearest;
  for (const std::string_view candidate : candidates) {
    const std::size_t edits = half_edits(name, candidate, best - 1);
    const bool nothing_in_common = edits >= 2 * std::min(name.size(), candidate.size());
    if (edits >= best || nothing_in_common) continue;
    best = edits;
    nearest = candidate;
  }
  return std::string(nearest);
}

}  // namespace verigrad::expressions
