// What random programs have met: counted, so that "all laws hold" says of what.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "properties/genes.hpp"
#include "properties/laws.hpp"

namespace verigrad::properties {

/// The shape of an operation's first operand.
enum class ShapeClass { scalar, single, vector, row, column, square, rectangle, stack, empty };
/// How many operations use the result; the output's own is one.
enum class FanOut { one, two, more };
/// Which values the program's inputs have.
enum class Region {
  regular,
  saturated,
  boundary,  ///< kinks, ties, ends of the unit interval, zeros of both signs
  extreme    ///< subnormal numbers and mixed scales
};

inline constexpr std::size_t shape_classes = 9, fan_outs = 3, regions = 4, mode_count = 3;

ShapeClass shape_class(const Shape& shape);
Region region_of(Stratum stratum);
std::string_view to_string(ShapeClass shape);
std::string_view to_string(FanOut fan_out);
std::string_view to_string(Region region);
std::string_view to_string(Mode mode);

/// A part of an operation's applications: those of one class where one is given.
struct Slice {
  std::optional<ShapeClass> shape{};
  std::optional<FanOut> fan_out{};
  std::optional<Region> region{};
  Mode mode = Mode::plain;
};

/// Counts the applications in programs by operation, shape class, fan-out, region and mode.
class Coverage {
 public:
  using Counts = std::array<std::uint64_t, shape_classes * fan_outs * regions * mode_count>;

  /// One program that was judged under `modes`, a union of Modes. Operations are told apart by
  /// their names.
  void add(const Specimen& specimen, Stratum stratum, unsigned modes);
  void merge(const Coverage& other);

  std::uint64_t programs() const { return programs_; }
  const std::map<const Operation*, Counts>& counts() const { return counts_; }
  /// How many programs hold the operation.
  std::uint64_t programs_with(const Operation& operation) const;

  /// How often the operation was applied within the slice.
  std::uint64_t count(const Operation& operation, const Slice& slice) const;

 private:
  std::uint64_t programs_ = 0;
  std::map<const Operation*, Counts> counts_;
  std::map<const Operation*, std::uint64_t> programs_with_;
};

/// One cell that a suite has to fill: an operation together with a shape class that its first
/// operand may have, a fan-out, a region or a mode.
struct Cell {
  const Operation* operation = nullptr;
  std::string what{};
  std::uint64_t count = 0;
};

/// All required cells for the operations that a decoder draws by, in the order of the operations.
/// `modes` are those of the laws that are tried. A shape class is required when an operand of that
/// class, alone or beside one of the generator's usual shapes, is accepted; more uses than one when
/// some operation of the list takes two operands.
std::vector<Cell> required_cells(const Coverage& coverage,
                                 const std::vector<const Operation*>& operations, unsigned modes);

/// The counts as CSV: a line for each operation, with the number of programs that hold it and of
/// its applications by shape class, fan-out, region and mode; empty where a class is not required.
std::string coverage_csv(const Coverage& coverage, const std::vector<const Operation*>& operations,
                         unsigned modes);

}  // namespace verigrad::properties
