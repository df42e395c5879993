#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/program.hpp"

namespace verigrad::detection {

/// How often a method gave each answer, by the order of Answer.
using Answers = std::array<std::size_t, 4>;

/// What all methods said of one kind of gradient.
struct Line {
  std::string name;
  std::size_t gradients = 0;
  std::vector<Answers> methods;
  bool operator==(const Line&) const = default;
};

/// All kinds of gradients in one precision.
struct Survey {
  DType dtype = DType::f64;
  std::size_t cores = 0, points = 0, partials = 0;
  std::size_t without_point = 0, not_proven = 0, not_normal = 0;  ///< draws that were not taken
  std::vector<Line> wrong;
  /// The part of `wrong` from the cores all of whose numbers the precision has, and how many cores
  /// these are: elsewhere Verigrad forgives what the rounding of decimals may do.
  std::vector<Line> wrong_of_exact;
  std::size_t exact_cores = 0;
  Line rounded;  ///< right: every entry rounded once
  Line engine;   ///< right: the engine's own
  /// Where Verigrad called one of these wrong: "`CORE` (METHOD)", once a gradient.
  std::vector<std::string> false_alarms;
  bool operator==(const Survey&) const = default;
};

/// Asks all methods about the gradients of all cores, at `points` points each and in either
/// sampling. Depends on the arguments alone.
Survey survey(DType dtype, std::size_t points, std::uint64_t seed);

/// A right or wrong gradient of tests/zoo, with the answers at its point, or the worst of them at
/// its first five points.
struct ZooClaim {
  std::string file;
  bool is_bug = false;               ///< behind `expect` in a numbered file
  bool is_hard = false;              ///< in a file right_*
  std::vector<std::size_t> answers;  ///< of each method, as an Answer
};

/// The bugs and the right gradients of tests/zoo.
std::vector<ZooClaim> survey_zoo(std::uint64_t seed);

/// The page docs/detection.md.
std::string detection_page(const Survey& in_double, const Survey& in_float,
                           const std::vector<ZooClaim>& zoo, std::size_t points,
                           std::uint64_t seed);

}  // namespace verigrad::detection
