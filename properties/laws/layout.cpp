// Where entries lie does not matter to operations that treat each on its own.
#include <algorithm>
#include <array>
#include <numeric>
#include <utility>

#include "properties/laws/agreement.hpp"
#include "properties/laws/elementwise_part.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {
namespace {

std::size_t index(ValueId id) { return static_cast<std::size_t>(id); }

std::vector<double> picked(const std::vector<double>& x, const std::vector<std::size_t>& source) {
  std::vector<double> result;
  for (const std::size_t from : source) result.push_back(x[from]);
  return result;
}

/// f and its gradients at rearranged entries are those of f, rearranged. Not bitwise: the last
/// entries of an array may be computed by other instructions than those before them.
LawResult rearranging(const Trial& whole, const Specimen& part, const Shape& shape,
                      const std::vector<std::size_t>& source, std::string_view what) {
  PartTrial here(whole, part);
  const Specimen other = rearranged(part, shape, source);
  const std::vector<double> v = picked(here->v(), source);
  const auto graph = whole.engine().record(other.program, other.point, {{other.output}});
  if (const auto failure = rounded_values_differ(
          graph->value(other.output), picked(here->value(), source), other, other, v, what))
    return *failure;
  PerLeaf wanted;
  for (const auto& leaf : here->gradient())
    wanted.push_back(leaf.empty() ? leaf : picked(leaf, source));
  return differ(
             *here, graph->vjp({{{other.output, v}}}), wanted,
             [&] { return rewriting_bound(other, other, v); }, what)
      .value_or(LawResult());
}

std::vector<std::size_t> in_order(std::int64_t count) {
  std::vector<std::size_t> order(static_cast<std::size_t>(count));
  std::iota(order.begin(), order.end(), std::size_t{0});
  return order;
}

/// 0, 1, 2, ... in an order without a pattern.
std::vector<std::size_t> shuffled(std::int64_t count) {
  std::vector<std::size_t> order = in_order(count);
  const std::vector<double> keys = dense(count, 30);
  std::ranges::sort(order, {}, [&](std::size_t i) { return keys[i]; });
  return order;
}

LawResult permutation(Trial& trial) {
  const auto part = elementwise_part(trial);
  if (!part) return {};
  const Shape& shape = part->program.shape(part->output);
  return rearranging(trial, *part, shape, shuffled(shape.numel()), "with permuted entries");
}

LawResult transposition(Trial& trial) {
  const auto part = elementwise_part(trial);
  if (!part) return {};
  Shape shape = part->program.shape(part->output);
  while (shape.rank() < 2) shape = shape.inserted(shape.rank(), 1);
  Integers sizes(shape.begin(), shape.end());
  std::ranges::reverse(sizes);
  const Shape reversed{std::span<const std::int64_t>(sizes)};
  const auto from = strides(shape), to = strides(reversed);
  std::vector<std::size_t> source(static_cast<std::size_t>(shape.numel()));
  for (std::size_t i = 0; i < source.size(); ++i) {
    std::int64_t rest = static_cast<std::int64_t>(i), position = 0;
    for (std::size_t d = 0; d < shape.rank(); ++d) {
      position += rest / to[d] * from[shape.rank() - 1 - d];
      rest %= to[d];
    }
    source[i] = static_cast<std::size_t>(position);
  }
  return rearranging(trial, *part, reversed, source, "with transposed inputs");
}

LawResult batch(Trial& trial) {
  const auto part = elementwise_part(trial);
  if (!part) return {};
  const Shape& shape = part->program.shape(part->output);
  std::vector<std::size_t> source = in_order(shape.numel());
  const std::vector<std::size_t> second = shuffled(shape.numel());
  source.insert(source.end(), second.begin(), second.end());
  return rearranging(trial, *part, shape.inserted(0, 2), source, "with two points in one batch");
}

// --------------------------------------------------------------------------------------- chunks

/// f of the first `count` entries, of the others, and both results one after the other.
struct Chunks {
  Specimen whole{};
  ValueId first = no_value;
};

Chunks in_chunks(const Specimen& flat, std::int64_t count, const OperationTable& operations) {
  const std::int64_t all = flat.program.shape(flat.output).numel();
  Chunks result;
  std::vector<ValueId> ends;
  result.whole = rewritten(flat, [](Copy& copy, ValueId id) { return copy.same(id); });
  Program& to = result.whole.program;
  const std::array ranges{std::pair{std::int64_t{0}, count}, std::pair{count, all}};
  for (const auto& [start, stop] : ranges) {
    std::vector<ValueId> made;
    for (std::size_t i = 0; i < flat.program.values().size(); ++i) {
      const auto id = static_cast<ValueId>(i);
      const Value& value = flat.program.values()[i];
      if (value.kind == Value::Kind::leaf) {
        made.push_back(to.add(*operations.find("slice"), {id},
                              make_attributes({std::int64_t{0}, start, stop, std::int64_t{1}})));
      } else if (value.operation == nullptr) {
        made.push_back(id);
      } else {
        std::vector<ValueId> operands;
        for (const ValueId operand : value.operands) operands.push_back(made[index(operand)]);
        made.push_back(to.add(*value.operation, std::move(operands), value.attributes));
      }
    }
    ends.push_back(made[index(flat.output)]);
  }
  result.first = ends[0];
  result.whole.output =
      to.add(*operations.find("concat"), ends, make_attributes({std::int64_t{0}}));
  return result;
}

LawResult chunks(Trial& trial) {
  const auto part = elementwise_part(trial);
  if (!part) return {};
  const std::int64_t all = part->program.shape(part->output).numel();
  const Specimen flat = rearranged(*part, Shape{all}, in_order(all));
  const auto count = static_cast<std::size_t>(all / 2);
  const Chunks other = in_chunks(flat, all / 2, trial.operations());
  PartTrial whole(trial, flat);
  const std::array roots{other.whole.output, other.first};
  const auto graph = trial.engine().record(other.whole.program, other.whole.point, roots);
  if (const auto failure = rounded_values_differ(graph->value(roots[0]), whole->value(), flat,
                                                 other.whole, whole->v(), "computed in two chunks"))
    return *failure;
  if (const auto failure = differ(
          *whole, graph->vjp({{{roots[0], whole->v()}}}), whole->gradient(),
          [&] { return rewriting_bound(flat, other.whole, whole->v()); }, "computed in two chunks"))
    return *failure;
  const std::vector<double> v(whole->v().begin(),
                              whole->v().begin() + static_cast<std::ptrdiff_t>(count));
  for (const auto& leaf : graph->vjp({{{roots[1], v}}}))
    for (std::size_t i = count; i < leaf.size(); ++i)
      if (leaf[i] != 0)
        return {
            Outcome::fails,
            fmt::format("entry {} is in an unused chunk, and its gradient is {:.17g}", i, leaf[i])};
  return {};
}

constexpr Law laws_here[] = {
    {"permutation", "C4", "f(P x) = P f(x) for elementwise f", Cost::cheap, Where::anywhere,
     Ending::open, permutation},
    {"transposition", "C4", "f(x^T) = f(x)^T for elementwise f", Cost::cheap, Where::anywhere,
     Ending::open, transposition},
    {"batch", "C6", "f([x, y]) = [f(x), f(y)] for elementwise f", Cost::cheap, Where::anywhere,
     Ending::open, batch},
    {"chunks", "C11",
     "f(x) = concat(f(x[:k]), f(x[k:])) for elementwise f; what is not used gets 0", Cost::cheap,
     Where::anywhere, Ending::open, chunks},
};

}  // namespace

std::span<const Law> layout_laws() { return laws_here; }

}  // namespace verigrad::properties
