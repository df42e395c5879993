#include "gradcheck/motion.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "engine/operation_table.hpp"
#include "gradcheck/cost.hpp"
#include "gradcheck/motion_product.hpp"

namespace verigrad::gradcheck::detail {
namespace {

bool same_forward(const Operation& operation, const Operation* other) {
  return other != nullptr && operation.f64.forward == other->f64.forward;
}

bool is_one_of(const Operation& operation, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
    return same_forward(operation, OperationTable::standard().find(name));
  });
}

class Builder {
 public:
  Builder(const Program& program, ValueId output)
      : program_(program), output_(output), moving_(program.values().size(), -1) {}

  Motion build(std::vector<std::size_t> leaves, bool by_entry) {
    motion_.leaves = leaves;
    for (const std::size_t leaf : leaves) add_leaf(program_.leaf_value(leaf), by_entry);
    const std::vector<bool> reached = program_.reachable({&output_, 1});
    for (std::size_t i = 0; i < reached.size(); ++i)
      if (reached[i] && program_.values()[i].kind == Value::Kind::operation && reads_moving(i))
        add_operation(static_cast<ValueId>(i));
    if (moving_[index(output_)] < 0) return {};
    if (value_of(output_).straight) value_of(output_).read_in_lanes = true;
    for (Moving& value : motion_.values) {
      if (!value.straight || !value.read_in_lanes) continue;
      value.lanes = reserve(Motion::most_lanes * value.places.count());
    }
    return std::move(motion_);
  }

 private:
  static std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }
  Moving& value_of(ValueId id) {
    return motion_.values[static_cast<std::size_t>(moving_[index(id)])];
  }
  bool moves(ValueId id) const { return moving_[index(id)] >= 0; }
  bool reads_moving(std::size_t i) const {
    const auto& operands = program_.values()[i].operands;
    return std::any_of(operands.begin(), operands.end(), [&](ValueId id) { return moves(id); });
  }

  /// Room for `count` numbers and for the end of the last pack.
  std::size_t reserve(std::size_t count) {
    const std::size_t slot = motion_.memory;
    motion_.memory += (count + 15) / 8 * 8;
    return slot;
  }

  void add_leaf(ValueId id, bool by_entry) {
    const Shape& shape = program_.shape(id);
    Moving leaf{.id = id, .step = Moving::Step::leaf, .straight = true};
    leaf.region.follows.fill(Region::any);
    for (std::size_t d = 0; by_entry && d < shape.rank(); ++d)
      if (shape[d] > 1) leaf.region.follows[d] = static_cast<std::int8_t>(d);
    finish(std::move(leaf));
  }

  /// Gives the value its places and its slot.
  void finish(Moving value) {
    constexpr double per_value = 50;
    motion_.cost += per_value;
    motion_.understood = motion_.understood && value.degree <= Motion::most_degree;
    const Shape& shape = program_.shape(value.id);
    value.places = places(shape, value.region, strides(shape));
    value.slot =
        reserve(value.straight ? value.places.count() : Motion::most_lanes * value.places.count());
    if (value.step == Moving::Step::entries && value.reduces)
      value.scratch = reserve(Motion::most_lanes * value.each.count());
    moving_[index(value.id)] = static_cast<std::int32_t>(motion_.values.size());
    motion_.values.push_back(std::move(value));
  }

  void add_operation(ValueId id) {
    if (add_sum(id) || add_product(id) || add_entries(id) || add_total(id)) return;
    motion_.understood = false;
    Moving value{.id = id, .step = Moving::Step::whole};
    value.region.follows.fill(Region::any);
    for (const ValueId operand : program_[id].operands)
      value.sources.push_back(unarranged(operand));
    motion_.cost += operation_cost(program_, program_[id]);
    finish(std::move(value));
  }

  /// An operand that is read as it is: all of its moving entries, lane by lane.
  Source unarranged(ValueId operand) {
    Source source{.kind = Source::Kind::lanes, .id = operand, .moving = moving_[index(operand)]};
    if (moves(operand)) value_of(operand).read_in_lanes = true;
    return source;
  }

  /// The entries of a broadcast of the operands to `shape` that move; nothing where operands move
  /// in ways that do not go together.
  std::optional<Region> joint_region(ValueId id, const Shape& shape) {
    std::optional<Region> joint;
    for (const ValueId operand : program_[id].operands) {
      if (!moves(operand)) continue;
      const Shape& own = program_.shape(operand);
      const Region& region = value_of(operand).region;
      Region broadcast;
      broadcast.follows.fill(Region::any);
      for (std::size_t d = 0; d < own.rank(); ++d)
        broadcast.follows[shape.rank() - own.rank() + d] = region.follows[d];
      if (joint && !(*joint == broadcast)) return std::nullopt;
      joint = broadcast;
    }
    return joint;
  }

  Source arranged(ValueId operand, const Shape& shape, const Region& region, std::size_t count,
                  bool in_lanes) {
    const Shape& own = program_.shape(operand);
    Source source{.id = operand, .moving = moving_[index(operand)]};
    const Strides steps =
        moves(operand) ? compact_strides(own, value_of(operand).region) : strides(own, true);
    source.places = places(shape, region, aligned(steps, own.rank(), shape));
    if (moves(operand)) {
      Moving& value = value_of(operand);
      value.read_in_lanes = value.read_in_lanes || in_lanes;
      const bool same = source.places.dense && value.places.count() == count;
      source.kind = same                        ? Source::Kind::lanes
                    : value.places.count() == 1 ? Source::Kind::number
                                                : Source::Kind::mapped;
    }
    if (source.kind != Source::Kind::lanes) source.slot = reserve(Motion::most_lanes * count);
    return source;
  }

  bool all_straight(ValueId id) {
    const auto& operands = program_[id].operands;
    return std::all_of(operands.begin(), operands.end(), [&](ValueId operand) {
      return !moves(operand) || value_of(operand).straight;
    });
  }

  /// Of a product of the operands.
  int total_degree(const std::vector<ValueId>& operands) {
    int degree = 0;
    for (const ValueId operand : operands)
      if (moves(operand)) degree += value_of(operand).degree;
    return std::min(degree, Motion::most_degree + 1);
  }

  bool adds(const Operation& operation) const {
    return is_one_of(operation, {"add", "sub", "minimum", "maximum"});
  }

  bool add_sum(ValueId id) {
    const Value& made = program_[id];
    if (!is_one_of(*made.operation, {"add", "sub", "neg"}) || !all_straight(id)) return false;
    const auto region = joint_region(id, made.shape);
    if (!region) return false;
    Moving value{.id = id, .step = Moving::Step::sum, .straight = true, .region = *region};
    if (is_one_of(*made.operation, {"sub"})) value.signs = Moving::Signs::difference;
    if (is_one_of(*made.operation, {"neg"})) value.signs = Moving::Signs::negative;
    const std::size_t count = places(made.shape, *region, strides(made.shape)).count();
    for (const ValueId operand : made.operands)
      if (moves(operand))
        value.sources.push_back(arranged(operand, made.shape, *region, count, false));
      else
        value.sources.push_back(Source{.id = operand});
    motion_.cost += static_cast<double>(count);
    finish(std::move(value));
    return true;
  }

  bool add_product(ValueId id) {
    const Value& made = program_[id];
    const bool linear = is_one_of(*made.operation, {"linear"});
    if (!linear && !is_one_of(*made.operation, {"matmul"})) return false;
    std::array<const Moving*, 3> moving{};
    for (std::size_t k = 0; k < made.operands.size(); ++k)
      if (moves(made.operands[k])) moving[k] = &value_of(made.operands[k]);
    const auto plan = plan_product(program_, made, linear, moving);
    if (!plan) return false;
    Moving value{.id = id,
                 .step = Moving::Step::product,
                 .straight = plan->straight,
                 .degree = total_degree(made.operands),
                 .region = plan->region,
                 .product = plan->product};
    for (std::size_t k = 0; k < made.operands.size(); ++k) {
      Source source{.id = made.operands[k], .moving = moving_[index(made.operands[k])]};
      if (plan->in_lanes[k]) value_of(source.id).read_in_lanes = true;
      value.sources.push_back(source);
    }
    value.scratch = reserve(Motion::most_lanes * plan->scratch);
    motion_.cost += plan->cost;
    finish(std::move(value));
    return true;
  }

  bool add_entries(ValueId id) {
    const Value& made = program_[id];
    const Operation& operation = *made.operation;
    const EntryRule<double>& rule = operation.f64.entries;
    if (rule.value == nullptr || rule.stands_for != operation.f64.forward) return false;
    Shape shape = made.shape;
    Moving value{.id = id, .step = Moving::Step::entries};
    if (!operation.elementwise) {
      const std::string& reduction = made.attributes->word(0);
      if (reduction != "none" && reduction != "mean" && reduction != "sum") return false;
      for (const ValueId operand : made.operands)
        shape = broadcast(shape, program_.shape(operand), "loss");
      value.reduces = reduction != "none";
      if (reduction == "mean") value.divisor = static_cast<double>(shape.numel());
    }
    const auto region = joint_region(id, shape);
    if (!region) return false;
    value.each = places(shape, *region, strides(shape));
    value.complete = value.each.count() == static_cast<std::size_t>(shape.numel());
    value.kernel = rule.value->choose(shape.numel());
    int factor = 1;
    for (std::size_t k = 0; k < made.operands.size(); ++k) {
      value.sources.push_back(arranged(made.operands[k], shape, *region, value.each.count(), true));
      if (!moves(made.operands[k])) continue;
      const auto known = smoothness(program_, made, k);
      motion_.understood = motion_.understood && known.has_value();
      if (!known) continue;
      value.sources.back().smoothness = *known;
      if (known->kind == Smoothness::Kind::quadratic) factor = 2;
      motion_.bends = motion_.bends || !known->is_polynomial();
    }
    value.degree = factor * (adds(operation) ? 1 : total_degree(made.operands));
    for (const ValueId operand : made.operands)
      if (adds(operation) && moves(operand))
        value.degree = std::max(value.degree, value_of(operand).degree);
    value.region = *region;
    if (value.reduces) value.region.follows.fill(Region::any);
    motion_.cost += static_cast<double>(value.each.count() * (made.operands.size() + 1));
    finish(std::move(value));
    return true;
  }

  bool add_total(ValueId id) {
    const Value& made = program_[id];
    const bool mean = is_one_of(*made.operation, {"mean"});
    if ((!mean && !is_one_of(*made.operation, {"sum"})) || made.shape.numel() != 1) return false;
    const ValueId operand = made.operands[0];
    Moving value{.id = id, .step = Moving::Step::total};
    value.region.follows.fill(Region::any);
    value.sources.push_back(unarranged(operand));
    value.reduces = true;
    value.each = value_of(operand).places;
    value.degree = value_of(operand).degree;
    value.complete =
        value.each.count() == static_cast<std::size_t>(program_.shape(operand).numel());
    if (mean) value.divisor = static_cast<double>(program_.shape(operand).numel());
    motion_.cost += static_cast<double>(value.each.count());
    finish(std::move(value));
    return true;
  }

  const Program& program_;
  ValueId output_;
  std::vector<std::int32_t> moving_;
  Motion motion_;
};

}  // namespace

Motion entry_motion(const Program& program, ValueId output, std::size_t leaf) {
  return Builder(program, output).build({leaf}, true);
}

Motion line_motion(const Program& program, ValueId output, std::vector<std::size_t> leaves) {
  return Builder(program, output).build(std::move(leaves), false);
}

}  // namespace verigrad::gradcheck::detail
