#include "runner/coverage.hpp"

#include <algorithm>

#include "engine/error.hpp"
#include "engine/functions.hpp"

namespace verigrad::runner {
namespace {

/// Whether an operand of the value has this entry.
template <class T>
bool meets(const std::vector<Tensor<T>>& values, const Value& value, double special) {
  for (const ValueId operand : value.operands)
    for (const T entry : values[static_cast<std::size_t>(operand)].entries())
      if (entry == static_cast<T>(special)) return true;
  return false;
}

/// The values that a function depends on, whose special points count.
std::vector<bool> functions_of(const expressions::Instance& instance) {
  std::vector<ValueId> roots;
  for (const expressions::Judgement& judgement : instance.judgements)
    if (judgement.output != no_value) roots.push_back(judgement.output);
  return instance.program.reachable(roots);
}

template <class T>
std::map<std::pair<std::string, double>, std::int64_t> met_by(const Sample& sample) {
  const Program& program = sample.instance.program;
  std::map<std::pair<std::string, double>, std::int64_t> met;
  const std::vector<bool> reached = functions_of(sample.instance);
  std::vector<ValueId> all;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i]) all.push_back(static_cast<ValueId>(i));
  const NoGrad values_only;
  const std::vector<Tensor<T>> some =
      run<T>(program, leaf_tensors<T>(program, sample.point, false), all);
  std::vector<Tensor<T>> values(reached.size());
  for (std::size_t k = 0; k < all.size(); ++k) values[static_cast<std::size_t>(all[k])] = some[k];
  for (const ValueId id : all) {
    const Value& value = program[id];
    if (value.kind != Value::Kind::operation) continue;
    for (const double special : value.operation->info.special.span()) {
      std::int64_t& points = met[{std::string(value.operation->name()), special}];
      points = std::max<std::int64_t>(points, meets(values, value, special) ? 1 : 0);
    }
  }
  return met;
}

}  // namespace

Coverage Coverage::at(const Sample& sample) {
  Coverage coverage;
  try {
    coverage.points_ = sample.instance.program.dtype == DType::f32 ? met_by<float>(sample)
                                                                   : met_by<double>(sample);
  } catch (const Error&) {  // the statement's own verdict says so
  }
  return coverage;
}

void Coverage::merge(const Coverage& other) {
  for (const auto& [key, points] : other.points_) points_[key] += points;
}

std::vector<reports::MetPoint> Coverage::lines() const {
  std::vector<reports::MetPoint> lines;
  for (const auto& [key, points] : points_) lines.push_back({key.first, key.second, points});
  return lines;
}

}  // namespace verigrad::runner
