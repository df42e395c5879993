#include "gradcheck/base_values.hpp"

#include <array>
#include <cmath>
#include <utility>

#include "engine/blocks.hpp"
#include "engine/functions.hpp"
#include "gradcheck/sums.hpp"
#include "gradcheck/value_noise.hpp"

namespace verigrad::gradcheck::detail {
namespace {

PoolVector<Tensor<double>> operands_of(const BaseValues& base, const Value& value) {
  PoolVector<Tensor<double>> operands;
  operands.reserve(value.operands.size());
  for (const ValueId id : value.operands) operands.push_back(base.tensor(id));
  return operands;
}

/// Room for whole packs.
std::size_t padded(std::int64_t count) { return static_cast<std::size_t>((count + 7) / 8 * 8); }

/// The operands of an operation with an EntryRule, repeated to one shape.
struct Broadcast {
  Broadcast(const BaseValues& base, const Value& value) : operands(operands_of(base, value)) {
    const NoGrad values_only;
    Shape shape;
    for (const Tensor<double>& operand : operands)
      shape = broadcast(shape, operand.shape(), "broadcast");
    count = shape.numel();
    for (std::size_t k = 0; k < operands.size(); ++k) {
      if (!(operands[k].shape() == shape))
        operands[k] = broadcast_to(operands[k], shape).clone_entries();
      entries[k] = operands[k].data();
    }
  }

  PoolVector<Tensor<double>> operands;
  std::array<const double*, 4> entries{};
  std::int64_t count = 0;
};

}  // namespace

BaseValues::BaseValues(const Program& program, const Schedule& schedule, const Point& point)
    : program_(program),
      schedule_(schedule),
      tensors_(program.values().size()),
      entries_(program.values().size()) {
  const std::vector<Tensor<double>> leaves = leaf_tensors<double>(program, point, true);
  for (const auto& [id, leaf] : schedule.leaves) take(id, leaves[leaf]);
  for (const auto& [id, constant] : schedule.constants) take(id, constant);
  PoolVector<Tensor<double>> operands;
  for (const ValueId id : schedule.operations) {
    const Value& value = program[id];
    operands.clear();
    for (const ValueId operand : value.operands) operands.push_back(tensor(operand));
    take(id, apply<double>(*value.operation, operands, value.attributes));
  }
}

void BaseValues::take(ValueId id, const Tensor<double>& tensor) {
  const auto place = static_cast<std::size_t>(id);
  const std::span<const double> entries = tensor.entries();
  tensors_[place] = tensor;
  entries_[place] = entries.data();
  // x - x is 0 unless x is infinite or NaN.
  finite_ = finite_ && sum_of(entries.size(), [&](auto load) {
                         return load(entries.data()) - load(entries.data());
                       }) == 0;
}

std::vector<double> BaseValues::noise() const {
  return value_noise(program_, tensors_, schedule_.output);
}

BaseValues::Sweep BaseValues::sweep(std::span<const double> v,
                                    std::span<const std::size_t> leaves) const {
  PoolVector<Tensor<double>> inputs;
  inputs.reserve(leaves.size() + schedule_.operations.size());
  for (const std::size_t leaf : leaves) inputs.push_back(tensor(program_.leaf_value(leaf)));
  for (const ValueId id : schedule_.operations)
    if (tensor(id).requires_grad()) inputs.push_back(tensor(id));
  const Tensor<double>& output = tensor(schedule_.output);
  const Tensor<double> cotangent(output.shape(), v);
  std::vector<Tensor<double>> adjoints(output.requires_grad() ? 0 : inputs.size());
  if (output.requires_grad())
    adjoints = grad<double>({&output, 1}, inputs, {&cotangent, 1}, {.retain_graph = true}, true);
  double sum = 0;
  for (std::size_t k = leaves.size(); k < inputs.size(); ++k) {
    if (!adjoints[k].defined()) continue;
    const std::span<const double> slopes = adjoints[k].entries(), sizes = inputs[k].entries();
    sum += sum_of(sizes.size(),
                  [&](auto load) { return abs(load(slopes.data()) * load(sizes.data())); });
  }
  adjoints.resize(leaves.size());
  for (std::size_t k = 0; k < leaves.size(); ++k)
    if (!adjoints[k].defined()) adjoints[k] = zeros_like(inputs[k]);
  Sweep result{.gradients = std::move(adjoints)};
  if (std::isfinite(sum)) result.rounding = unit_roundoff(DType::f64) * sum;
  return result;
}

const PoolVector<double>& BaseValues::each(ValueId id) {
  auto [known, fresh] = each_.try_emplace(id);
  if (!fresh) return known->second;
  const Broadcast operands(*this, program_[id]);
  known->second.resize(padded(operands.count));
  const EntryRule<double>& rule = program_[id].operation->f64.entries;
  rule.value->choose(operands.count)(operands.entries.data(), known->second.data(), operands.count);
  return known->second;
}

const PoolVector<std::int64_t>& BaseValues::sides(ValueId id) {
  auto [known, fresh] = sides_.try_emplace(id);
  if (!fresh) return known->second;
  const Broadcast operands(*this, program_[id]);
  known->second.resize(padded(operands.count));
  program_[id].operation->f64.entries.sides(operands.entries.data(), known->second.data(),
                                            operands.count);
  return known->second;
}

std::uint64_t BaseValues::branch(ValueId id) {
  auto [known, fresh] = branches_.try_emplace(id);
  if (!fresh) return known->second;
  static const Attributes none;
  const Value& value = program_[id];
  Branches branches;
  value.operation->f64.branch(operands_of(*this, value),
                              value.attributes ? *value.attributes : none, branches);
  return known->second = branches.hash();
}

}  // namespace verigrad::gradcheck::detail
