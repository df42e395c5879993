// What the laws share. For the files of this folder only.
#pragma once

#include <fmt/format.h>

#include <functional>
#include <optional>
#include <span>

#include "properties/laws.hpp"

namespace verigrad::properties {

// The laws of one subject each, for the list of all.
std::span<const Law> numeric_laws();
std::span<const Law> derivative_laws();
std::span<const Law> proven_laws();
std::span<const Law> exact_laws();
std::span<const Law> algebra_laws();
std::span<const Law> composition_laws();
std::span<const Law> roots_laws();
std::span<const Law> second_order_laws();
std::span<const Law> accumulation_laws();
std::span<const Law> graph_laws();
std::span<const Law> text_laws();
std::span<const Law> insertion_laws();
std::span<const Law> order_laws();
std::span<const Law> scaling_laws();
std::span<const Law> sharing_laws();
std::span<const Law> identity_laws();
std::span<const Law> layout_laws();
std::span<const Law> broadcasting_laws();

/// For every value of a program, whether a gradient flows through it to a differentiable leaf.
std::vector<bool> gradients_flow(const Program& program);

/// Whether something has overflowed or become subnormal in this law or in what it shares with
/// others: rounding errors are then no longer relative to the results.
bool left_normal_range();

/// Asked for only when two gradients are not equal: it costs more than they did.
using Bound = std::function<PerLeaf()>;

/// error <= allowed where both are finite: an infinite bound bounds nothing.
bool is_within(double error, double allowed);

/// Whether rounding, which explains `allowed`, explains two results that are `error` apart.
/// Undecided where one of these numbers is not finite, and after `left_normal_range`.
Outcome by_rounding(double error, double allowed);

/// Compares leaf by leaf: entries must be equal (NaN equals NaN, 0 equals -0). Nothing when they
/// agree; else a failure that names the first leaf and entry, or "undecided" when
/// `left_normal_range` explains a difference.
std::optional<LawResult> differ(const Trial& trial, const PerLeaf& got, const PerLeaf& wanted,
                                std::string_view what);

/// The same where entries may differ by so much, judged `by_rounding`. An entry that is undecided
/// hides no other that fails.
std::optional<LawResult> differ(const Trial& trial, const PerLeaf& got, const PerLeaf& wanted,
                                const Bound& bound, std::string_view what);

/// Compares values of the output, entry by entry, which must be equal.
std::optional<LawResult> values_differ(const std::vector<double>& got,
                                       const std::vector<double>& wanted, std::string_view what);

}  // namespace verigrad::properties
