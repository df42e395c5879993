// The search for larger errors of a file's derivatives than random points show.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "runner/accuracy_row.hpp"
#include "runner/options.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

/// A point with the entries of one derivative there.
struct SearchedPoint {
  Sample sample;
  std::vector<EntryAccuracy> entries{};
};

/// Where a search begins, and how far it may go.
struct SearchStart {
  const Sample* sample = nullptr;
  double ulps = 0;  ///< the largest error there
  int attempts = 0;
};

/// A hill climb on the largest error of a derivative. An attempt moves one drawn entry by 2^k
/// floating-point numbers up or down, k uniform up to a factor of 4, or to another one of a
/// finite set; it stays inside of its domain (of a normal distribution within 6 standard
/// deviations), and the point inside of the function's. The first larger error of an attempt is
/// where the next one begins. Nothing when no attempt finds one.
///
/// What it finds depends on the seed, the start's index and the derivative alone.
std::optional<SearchedPoint> search_nearby(const SearchStart& start,
                                           const MeasuredDerivative& derivative, std::uint64_t seed,
                                           const Options& options);

/// What the search for one derivative's worst points finds.
struct WorstSearch {
  std::int64_t attempts = 0;
  std::vector<SearchedPoint> found{};  ///< worse than where their searches began
};

/// Searches near the 4 worst samples of each derivative, with 64 attempts each; not where an error
/// is infinite already, nor where nothing is drawn. `measured` are each derivative's samples. Does
/// not depend on `options.jobs`.
std::vector<WorstSearch> search_worst(std::span<const MeasuredDerivative> derivatives,
                                      std::span<const std::vector<MeasuredSample>> measured,
                                      std::uint64_t seed, const Options& options);

}  // namespace verigrad::runner
