// zeros, ones, eye, full, arange, linspace, rand, randn: constants made once a point.
#include <fmt/format.h>

#include <cmath>
#include <map>

#include "engine/creation.hpp"
#include "engine/error.hpp"
#include "expressions/bind_arguments.hpp"
#include "expressions/codes.hpp"
#include "expressions/constants.hpp"
#include "expressions/lowering.hpp"

namespace verigrad::expressions {
namespace {

/// A call of a constructor with its arguments bound.
struct Construction {
  const Expr& call;
  BoundArguments bound;
  Lowering& lowering;

  [[nodiscard]] Shape shape() const {
    return lowering.shape(std::get<Integers>(bound.attributes[0]), call.span);
  }
  [[nodiscard]] double number(std::size_t i, std::string_view what) const {
    const std::optional<double> value = bound.operands[i].known();
    if (!value || !std::isfinite(*value))
      lowering.fail(code::not_constant, bound.operands[i].span,
                    fmt::format("{} of '{}' must be a finite constant", what, call.text),
                    fmt::format("this is {}", lowering.describe(bound.operands[i])));
    return *value;
  }
  [[nodiscard]] Item entries(const Shape& shape, std::vector<double> values) const {
    lowering.emitter().written_at(lowering.source(), call.span);
    return {Item::Value{lowering.emitter().entries(shape, std::move(values))}};
  }
  [[nodiscard]] Item entries(const Tensor<double>& tensor) const {
    return entries(tensor.shape(), {tensor.entries().begin(), tensor.entries().end()});
  }
  [[nodiscard]] Item filled(const Shape& shape, double value) const {
    return entries(shape, std::vector<double>(static_cast<std::size_t>(shape.numel()), value));
  }
  [[nodiscard]] Item drawn(const Shape& shape, const verigrad::Domain& domain) const {
    lowering.emitter().written_at(lowering.source(), call.span);
    return {Item::Value{lowering.emitter().random(shape, domain)}};
  }
  [[nodiscard]] Shape shape_of_operand() const {
    return lowering.emitter().shape(lowering.tensor(bound.operands[0]));
  }
};

const verigrad::Domain uniform{
    .kind = verigrad::Domain::Kind::interval, .a = 0, .b = 1, .b_open = true};
const verigrad::Domain normal{.kind = verigrad::Domain::Kind::normal, .a = 0, .b = 1};

Item make_eye(const Construction& c) {
  const std::int64_t n = std::get<std::int64_t>(c.bound.attributes[0]);
  c.lowering.shape({n, n}, c.call.span);
  return c.entries(eye<double>(n));
}

Item make_full(const Construction& c) {
  const Shape shape = c.shape();
  const Item& value = c.bound.operands[0];
  if (const auto* constant = value.get<ConstantPtr>()) return c.filled(shape, (*constant)->value);
  return c.lowering.apply(c.lowering.operation("broadcast_to"), std::span<const Item>(&value, 1),
                          make_attributes({Integers(shape.begin(), shape.end())}), c.call.span);
}

Item make_arange(const Construction& c) {
  const bool one = c.bound.operands[1].span.size() == 0;
  const double start = one ? 0 : c.number(0, "the start");
  const double end = c.number(one ? 0 : 1, "the end");
  const double step = c.number(2, "the step");
  const double count = step == 0 ? 0 : std::ceil((end - start) / step);
  if (count > static_cast<double>(c.lowering.limits().max_entries))
    c.lowering.fail(code::too_many_entries, c.call.span,
                    fmt::format("a tensor of {} entries exceeds the limit of {}", count,
                                c.lowering.limits().max_entries),
                    "", "--max-entries N raises the limit");
  return c.entries(arange<double>(start, end, step));
}

Item make_linspace(const Construction& c) {
  const std::int64_t steps = std::get<std::int64_t>(c.bound.attributes[0]);
  c.lowering.shape(Integers{steps}, c.call.span);
  return c.entries(linspace<double>(c.number(0, "the start"), c.number(1, "the end"), steps));
}

struct Constructor {
  Signature signature;
  Item (*make)(const Construction&);
};

const Constructor* find_constructor(std::string_view name) {
  static const std::map<std::string_view, Constructor> table = [] {
    const Constructor rows[] = {
        {Signature("zeros(size: sizes)"),
         [](const Construction& c) { return c.filled(c.shape(), 0); }},
        {Signature("ones(size: sizes)"),
         [](const Construction& c) { return c.filled(c.shape(), 1); }},
        {Signature("eye(n: int)"), make_eye},
        {Signature("full(size: sizes, fill_value)"), make_full},
        {Signature("arange(start, end = 0, step = 1)"), make_arange},
        {Signature("linspace(start, end, steps: int)"), make_linspace},
        {Signature("rand(size: sizes)"),
         [](const Construction& c) { return c.drawn(c.shape(), uniform); }},
        {Signature("randn(size: sizes)"),
         [](const Construction& c) { return c.drawn(c.shape(), normal); }},
        {Signature("zeros_like(input)"),
         [](const Construction& c) { return c.filled(c.shape_of_operand(), 0); }},
        {Signature("ones_like(input)"),
         [](const Construction& c) { return c.filled(c.shape_of_operand(), 1); }},
        {Signature("rand_like(input)"),
         [](const Construction& c) { return c.drawn(c.shape_of_operand(), uniform); }},
        {Signature("randn_like(input)"),
         [](const Construction& c) { return c.drawn(c.shape_of_operand(), normal); }},
    };
    std::map<std::string_view, Constructor> by_name;
    for (const Constructor& row : rows) by_name.emplace(row.signature.name(), row);
    return by_name;
  }();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : &found->second;
}

}  // namespace

std::optional<Item> Lowering::constructor(const Expr& call) {
  const Constructor* row = find_constructor(call.text);
  if (row == nullptr) return std::nullopt;
  std::vector<Item> positional = arguments(call);
  const bool takes_sizes = row->signature.parameters()[0].kind == Parameter::Kind::sizes;
  if (positional.empty() && call.keywords().empty() && takes_sizes)
    positional.push_back({Item::List(std::make_shared<std::vector<Item>>()), call.span});
  std::vector<KeywordItem> keywords;
  for (const Keyword& keyword : call.keywords())
    keywords.push_back({keyword.name, lower(*keyword.value)});
  try {
    return row->make({call,
                      bind_arguments(row->signature, std::move(positional), keywords,
                                     {call.text, call.name_span}, call.span, *this),
                      *this});
  } catch (const Error& error) {
    fail(code::refused, call.span, error.what());
  }
}

}  // namespace verigrad::expressions
