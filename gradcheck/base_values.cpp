#include "gradcheck/base_values.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "engine/blocks.hpp"
#include "engine/functions.hpp"
#include "gradcheck/value_noise.hpp"

namespace verigrad::gradcheck::detail {
namespace {

std::vector<ValueId> reached_by(const Program& program, ValueId output) {
  const std::vector<bool> reached = program.reachable({&output, 1});
  std::vector<ValueId> ids;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i]) ids.push_back(static_cast<ValueId>(i));
  return ids;
}

std::vector<Tensor<double>> operands_of(const BaseValues& base, const Value& value) {
  std::vector<Tensor<double>> operands;
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
      operands[k] = broadcast_to(operands[k], shape).clone_entries();
      entries[k] = operands[k].data();
    }
  }

  std::vector<Tensor<double>> operands;
  std::array<const double*, 4> entries{};
  std::int64_t count = 0;
};

}  // namespace

BaseValues::BaseValues(const Program& program, const Point& point, ValueId output)
    : program_(program),
      output_(output),
      tensors_(program.values().size()),
      entries_(program.values().size()) {
  const std::vector<ValueId> ids = reached_by(program, output);
  std::vector<Tensor<double>> values =
      run<double>(program, leaf_tensors<double>(program, point, true), ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    const auto place = static_cast<std::size_t>(ids[i]);
    tensors_[place] = std::move(values[i]);
    const std::span<const double> entries = tensors_[place].entries();
    entries_[place] = entries.data();
    finite_ = finite_ && std::all_of(entries.begin(), entries.end(),
                                     [](double x) { return std::isfinite(x); });
  }
}

std::vector<double> BaseValues::noise() const { return value_noise(program_, tensors_, output_); }

BaseValues::Sweep BaseValues::sweep(std::span<const double> v,
                                    std::span<const std::size_t> leaves) const {
  std::vector<Tensor<double>> inputs;
  for (const std::size_t leaf : leaves) inputs.push_back(tensor(program_.leaf_value(leaf)));
  for (std::size_t i = 0; i < tensors_.size(); ++i)
    if (program_.values()[i].kind == Value::Kind::operation && tensors_[i].defined() &&
        tensors_[i].requires_grad())
      inputs.push_back(tensors_[i]);
  const Tensor<double>& output = tensor(output_);
  const Tensor<double> cotangent(output.shape(), v);
  std::vector<Tensor<double>> adjoints(inputs.size());
  if (output.requires_grad())
    adjoints = grad<double>({&output, 1}, inputs, {&cotangent, 1}, {.retain_graph = true}, true);
  Sweep result;
  double sum = 0;
  for (std::size_t k = 0; k < inputs.size(); ++k) {
    if (k < leaves.size()) {
      result.gradients.push_back(adjoints[k].defined() ? adjoints[k] : zeros_like(inputs[k]));
    } else if (adjoints[k].defined()) {
      const std::span<const double> slopes = adjoints[k].entries(), sizes = inputs[k].entries();
      for (std::size_t i = 0; i < sizes.size(); ++i) sum += std::abs(slopes[i] * sizes[i]);
    }
  }
  if (std::isfinite(sum)) result.rounding = unit_roundoff(DType::f64) * sum;
  return result;
}

const std::vector<double>& BaseValues::each(ValueId id) {
  auto [known, fresh] = each_.try_emplace(id);
  if (!fresh) return known->second;
  const Broadcast operands(*this, program_[id]);
  known->second.resize(padded(operands.count));
  const EntryRule<double>& rule = program_[id].operation->f64.entries;
  rule.value->choose(operands.count)(operands.entries.data(), known->second.data(), operands.count);
  return known->second;
}

const std::vector<std::int64_t>& BaseValues::sides(ValueId id) {
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
