#include <fmt/format.h>

#include <algorithm>

#include "properties/coverage.hpp"

namespace verigrad::properties {
namespace {

/// The names of all cells that some operation is required to fill, in their order.
std::vector<std::string> columns_of(const std::vector<Cell>& cells) {
  std::vector<std::string> columns;
  const auto add = [&](auto part) {
    const std::string name(to_string(part));
    if (std::ranges::find(cells, name, &Cell::what) != cells.end()) columns.push_back(name);
  };
  for (std::size_t i = 0; i < shape_classes; ++i) add(static_cast<ShapeClass>(i));
  for (std::size_t i = 0; i < fan_outs; ++i) add(static_cast<FanOut>(i));
  for (std::size_t i = 0; i < regions; ++i) add(static_cast<Region>(i));
  for (const Mode mode : {Mode::plain, Mode::recorded, Mode::accumulated}) add(mode);
  return columns;
}

}  // namespace

std::string coverage_csv(const Coverage& coverage, const std::vector<const Operation*>& operations,
                         unsigned modes) {
  const std::vector<Cell> cells = required_cells(coverage, operations, modes);
  const std::vector<std::string> columns = columns_of(cells);
  std::string csv = "operation,programs";
  for (const std::string& column : columns) csv += "," + column;
  csv += "\n";
  for (const Operation* operation : operations) {
    csv += fmt::format("{},{}", operation->name(), coverage.programs_with(*operation));
    for (const std::string& column : columns) {
      const auto cell = std::ranges::find_if(cells, [&](const Cell& each) {
        return each.operation == operation && each.what == column;
      });
      csv += cell == cells.end() ? "," : fmt::format(",{}", cell->count);
    }
    csv += "\n";
  }
  return csv;
}

}  // namespace verigrad::properties
