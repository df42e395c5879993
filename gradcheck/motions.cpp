// What is planned once for a Program.
#include <memory>
#include <utility>

#include "gradcheck/motion.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck {

std::shared_ptr<detail::Motions> motions_of(const Program& program) {
  return std::make_shared<detail::Motions>(program);
}

namespace detail {

Schedule schedule_of(const Program& program, ValueId output) {
  const std::vector<bool> reached = program.reachable({&output, 1});
  Schedule schedule{.output = output, .operations = {}, .constants = {}, .leaves = {}};
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (!reached[i]) continue;
    const Value& value = program.values()[i];
    const auto id = static_cast<ValueId>(i);
    if (value.kind == Value::Kind::operation)
      schedule.operations.push_back(id);
    else if (value.kind == Value::Kind::leaf)
      schedule.leaves.emplace_back(id, static_cast<std::size_t>(value.leaf));
    else
      schedule.constants.emplace_back(id, run<double>(program, {}, {&id, 1})[0]);
  }
  return schedule;
}

const Schedule& Motions::schedule(ValueId output) {
  auto [known, fresh] = schedules_.try_emplace(output);
  if (fresh) known->second = schedule_of(program_, output);
  return known->second;
}

const Motion& Motions::of_entry(ValueId output, std::size_t leaf) {
  auto [known, fresh] = entries_.try_emplace({output, leaf});
  if (fresh) known->second = entry_motion(program_, output, leaf);
  return known->second;
}

const Motion& Motions::of_line(ValueId output) {
  auto [known, fresh] = lines_.try_emplace(output);
  if (!fresh) return known->second;
  std::vector<std::size_t> leaves;
  for (const auto& [id, leaf] : schedule(output).leaves)
    if (program_.leaves()[leaf].differentiable) leaves.push_back(leaf);
  return known->second = line_motion(program_, output, std::move(leaves));
}

}  // namespace detail
}  // namespace verigrad::gradcheck
