#include "properties/coverage.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "properties/applications.hpp"

namespace verigrad::properties {
namespace {

constexpr std::array modes{Mode::plain, Mode::recorded, Mode::accumulated};

std::size_t cell(std::size_t shape, std::size_t fan_out, std::size_t region, std::size_t mode) {
  return ((shape * fan_outs + fan_out) * regions + region) * mode_count + mode;
}

const std::vector<Shape>& examples(ShapeClass shape) {
  static const std::array<std::vector<Shape>, shape_classes> all{{
      {Shape{}},
      {Shape{1}, Shape{1, 1}},
      {Shape{2}, Shape{3}},
      {Shape{1, 2}, Shape{1, 3}},
      {Shape{2, 1}, Shape{3, 1}},
      {Shape{2, 2}},
      {Shape{2, 3}, Shape{3, 2}},
      {Shape{2, 2, 2}},
      {Shape{0, 2}},
  }};
  return all[static_cast<std::size_t>(shape)];
}

/// Whether the operation takes a first operand of the class, beside another of it if it needs two.
bool accepts(Applications& applications, const Operation& operation, ShapeClass shape) {
  for (const Shape& first : examples(shape))
    for (int p = 0; p < 36; ++p)
      for (const Shape& second : {Shape{}, first, Shape{2, 2}, Shape{3, 2}, Shape{2, 1, 2}}) {
        const std::array shapes{first, second};
        const std::size_t count =
            operation.signature.variadic() || operation.signature.operand_count() > 1 ? 2 : 1;
        if (applications.find(operation, {shapes.data(), count}, p)) return true;
      }
  return false;
}

/// Whether the operation joins two values of a program into one, or the same value twice.
bool joins_values(const Operation* operation) {
  return operation->signature.variadic() ||
         std::ranges::count_if(operation->signature.parameters(), [](const Parameter& parameter) {
           return parameter.kind == Parameter::Kind::operand && parameter.fallback.empty();
         }) > 1;
}

}  // namespace

ShapeClass shape_class(const Shape& shape) {
  if (shape.numel() == 0) return ShapeClass::empty;
  if (shape.rank() == 0) return ShapeClass::scalar;
  if (shape.numel() == 1) return ShapeClass::single;
  if (shape.rank() == 1) return ShapeClass::vector;
  if (shape.rank() > 2) return ShapeClass::stack;
  if (shape[0] == 1) return ShapeClass::row;
  if (shape[1] == 1) return ShapeClass::column;
  return shape[0] == shape[1] ? ShapeClass::square : ShapeClass::rectangle;
}

Region region_of(Stratum stratum) {
  switch (stratum) {
    case Stratum::regular:
      return Region::regular;
    case Stratum::saturated:
      return Region::saturated;
    case Stratum::subnormal:
    case Stratum::mixed_scales:
      return Region::extreme;
    case Stratum::near_kinks:
    case Stratum::ties:
    case Stratum::unit_ends:
    case Stratum::signed_zeros:
      break;
  }
  return Region::boundary;
}

std::string_view to_string(ShapeClass shape) {
  constexpr std::array<std::string_view, shape_classes> names{
      "scalar", "single", "vector", "row", "column", "square", "rectangle", "stack", "empty"};
  return names[static_cast<std::size_t>(shape)];
}

std::string_view to_string(FanOut fan_out) {
  constexpr std::array<std::string_view, fan_outs> names{"used once", "used twice", "used more"};
  return names[static_cast<std::size_t>(fan_out)];
}

std::string_view to_string(Region region) {
  constexpr std::array<std::string_view, regions> names{"regular", "saturated", "boundary",
                                                        "extreme"};
  return names[static_cast<std::size_t>(region)];
}

std::string_view to_string(Mode mode) {
  if (mode == Mode::plain) return "plain";
  return mode == Mode::recorded ? "recorded" : "accumulated";
}

void Coverage::add(const Specimen& specimen, Stratum stratum, unsigned judged) {
  ++programs_;
  const auto values = specimen.program.values();
  std::vector<int> uses(values.size(), 0);
  ++uses[static_cast<std::size_t>(specimen.output)];
  for (const Value& value : values)
    for (const ValueId operand : value.operands) ++uses[static_cast<std::size_t>(operand)];
  const auto region = static_cast<std::size_t>(region_of(stratum));
  std::vector<const Operation*> met;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Operation* operation = values[i].operation;
    if (operation == nullptr || uses[i] == 0) continue;
    const auto fan_out = static_cast<std::size_t>(std::min(uses[i], 3) - 1);
    const auto shape =
        static_cast<std::size_t>(shape_class(specimen.program.shape(values[i].operands.front())));
    Counts& counts = counts_[operation];
    for (std::size_t mode = 0; mode < mode_count; ++mode)
      if ((judged & static_cast<unsigned>(modes[mode])) != 0)
        ++counts[cell(shape, fan_out, region, mode)];
    if (std::ranges::find(met, operation) == met.end()) {
      met.push_back(operation);
      ++programs_with_[operation];
    }
  }
}

void Coverage::merge(const Coverage& other) {
  programs_ += other.programs_;
  for (const auto& [operation, counts] : other.counts_)
    std::ranges::transform(counts_[operation], counts, counts_[operation].begin(), std::plus<>());
  for (const auto& [operation, count] : other.programs_with_) programs_with_[operation] += count;
}

std::uint64_t Coverage::programs_with(const Operation& operation) const {
  const auto found = programs_with_.find(&operation);
  return found == programs_with_.end() ? 0 : found->second;
}

std::uint64_t Coverage::count(const Operation& operation, const Slice& slice) const {
  const auto found = counts_.find(&operation);
  if (found == counts_.end()) return 0;
  const auto mode = static_cast<std::size_t>(std::ranges::find(modes, slice.mode) - modes.begin());
  const auto within = [](const auto& wanted, std::size_t index) {
    return !wanted || static_cast<std::size_t>(*wanted) == index;
  };
  std::uint64_t sum = 0;
  for (std::size_t shape = 0; shape < shape_classes; ++shape)
    for (std::size_t fan_out = 0; fan_out < fan_outs; ++fan_out)
      for (std::size_t region = 0; region < regions; ++region)
        if (within(slice.shape, shape) && within(slice.fan_out, fan_out) &&
            within(slice.region, region))
          sum += found->second[cell(shape, fan_out, region, mode)];
  return sum;
}

std::vector<Cell> required_cells(const Coverage& coverage,
                                 const std::vector<const Operation*>& operations,
                                 unsigned required_modes) {
  Applications applications;
  const bool sharing = std::ranges::any_of(operations, joins_values);
  std::vector<Cell> cells;
  for (const Operation* operation : operations) {
    const auto add_slice = [&](auto part, const Slice& slice) {
      cells.push_back({operation, std::string(to_string(part)), coverage.count(*operation, slice)});
    };
    for (std::size_t i = 0; i < shape_classes; ++i)
      if (const auto shape = static_cast<ShapeClass>(i); accepts(applications, *operation, shape))
        add_slice(shape, {.shape = shape});
    for (std::size_t i = 0; i < (sharing ? fan_outs : 1); ++i)
      add_slice(static_cast<FanOut>(i), {.fan_out = static_cast<FanOut>(i)});
    for (std::size_t i = 0; i < regions; ++i)
      add_slice(static_cast<Region>(i), {.region = static_cast<Region>(i)});
    for (const Mode mode : modes)
      if ((required_modes & static_cast<unsigned>(mode)) != 0) add_slice(mode, {.mode = mode});
  }
  return cells;
}

}  // namespace verigrad::properties
