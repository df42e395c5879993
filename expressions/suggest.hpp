// "did you mean …?"
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace verigrad::expressions {

/// Edits (insertions, deletions, substitutions, swaps of neighbours) that turn `a` into `b`;
/// letters that differ only in case count as half an edit, hence the result is in half edits. Stops
/// early and returns a value above `limit` when more than `limit` are needed.
std::size_t half_edits(std::string_view a, std::string_view b, std::size_t limit);

/// The candidate nearest to `name`, or "" when none is near enough: up to a third of the length in
/// edits, at least one. Ties go to the candidate that comes first.
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& candidates);

}  // namespace verigrad::expressions
