#include "tests/proof/drawn_forms.hpp"

#include <algorithm>
#include <optional>

#include "engine/error.hpp"

namespace verigrad::proof {
namespace {

using gradcheck::Form;
using Int = std::int64_t;

constexpr const char* equations[] = {"ij,jk->ik",
                                     "ij,kj",
                                     "ij,ij->",
                                     "ba",
                                     "ii",
                                     "iij->j",
                                     "...ii->...i",
                                     "i,j->ij",
                                     "i j , j",
                                     "...,...->...",
                                     "...ij,...jk->...ik",
                                     "i...->...",
                                     "ij,j,ij->",
                                     "aB,Bc",
                                     "b...,...b->...",
                                     "ij,jk,kl",
                                     ",->",
                                     "...i,...",
                                     "i,i,i->i",
                                     "ij,ik"};
constexpr const char* reductions[] = {"mean", "sum", "none", "batchmean"};
constexpr const char* modes[] = {"constant", "reflect", "replicate", "circular"};

class Draw {
 public:
  Draw(const Operation& operation, Random& random) : operation_(operation), random_(random) {}

  /// A form, which the operation may refuse.
  Form form() {
    Form result;
    result.shapes.push_back(shape());
    const std::size_t operands = operation_.signature.variadic()
                                     ? static_cast<std::size_t>(random_.integer(1, 3))
                                     : operation_.signature.operand_count();
    while (result.shapes.size() < operands) result.shapes.push_back(related(result.shapes[0]));
    for (std::size_t i = 0; i < operation_.signature.attribute_count(); ++i)
      result.attributes.push_back(attribute(operation_.signature.attribute(i), result.shapes[0]));
    set_indices(result);
    return result;
  }

 private:
  bool chance(Int one_in) { return random_.integer(1, one_in) == 1; }
  bool is(std::string_view name) const { return operation_.name() == name; }
  bool of_classes() const { return is("nll_loss") || is("cross_entropy"); }

  Shape shape() {
    Shape result;
    for (Int rank = random_.integer(0, 4); rank-- > 0;)
      result = result.inserted(0, chance(12) ? 0 : random_.integer(1, 3));
    return result;
  }

  /// A shape that may go with `first`: itself, one that broadcasts with it, some of its dims, or
  /// any.
  Shape related(const Shape& first) {
    if (chance(3)) return shape();
    Shape result = first;
    if (chance(2))
      for (std::size_t d = 0; d < result.rank(); ++d)
        if (chance(2)) result = result.with(d, chance(4) ? 3 : 1);
    while (result.rank() > 0 && chance(3))
      result = result.removed(chance(2) ? 0 : result.rank() - 1);
    if (chance(6) && result.rank() < 4) result = result.inserted(0, random_.integer(1, 2));
    return result;
  }

  Int signed_dim(Int rank) { return random_.integer(-rank, rank - 1); }

  AttributeValue attribute(const Parameter& parameter, const Shape& first) {
    switch (parameter.kind) {
      case Parameter::Kind::flag:
        return chance(2);
      case Parameter::Kind::integer:
        return integer(parameter.name, first);
      case Parameter::Kind::dims:
        return dims(parameter, first);
      case Parameter::Kind::sizes:
        return sizes(parameter.name, first);
      default:
        return word(parameter.name);
    }
  }

  Int integer(std::string_view name, const Shape& first) {
    if (name == "groups") return random_.integer(1, 2);
    if (name == "ignore_index") return chance(3) ? 1 : -100;
    if (name.starts_with("dim") && first.rank() > 0)
      return signed_dim(static_cast<Int>(first.rank()));
    return name == "stop" ? random_.integer(1, 5) : random_.integer(-3, 4);
  }

  AttributeValue dims(const Parameter& parameter, const Shape& first) {
    const Int rank = static_cast<Int>(first.rank());
    if (is("permute")) {
      Integers order;
      for (Int d = 0; d < rank; ++d)
        order.insert(order.begin() + random_.integer(0, d), chance(2) ? d : d - rank);
      return order;
    }
    if (parameter.fallback == "None" && chance(4)) return std::monostate();
    Integers result;
    for (Int d = 0; d < rank; ++d)
      if (chance(2)) result.push_back(chance(2) ? d : d - rank);
    return result;
  }

  Integers list(std::size_t length, Int lower, Int upper) {
    Integers result;
    while (result.size() < length) result.push_back(random_.integer(lower, upper));
    return result;
  }

  AttributeValue sizes(std::string_view name, const Shape& first) {
    const std::size_t one_or_two = chance(2) ? 1 : 2;
    if (name == "padding" && chance(3)) return std::string(chance(2) ? "same" : "valid");
    if (name == "padding") return list(one_or_two, 0, 2);
    if (name == "stride" || name == "dilation") return list(one_or_two, 1, 2);
    if (name == "pad") return list(2 * static_cast<std::size_t>(random_.integer(0, 2)), -1, 2);
    if (name == "shifts") return list(one_or_two, -4, 4);
    if (name == "repeats") return list(first.rank() + one_or_two - 1, 0, 2);
    Integers result(first.begin(), first.end());
    if (name == "normalized_shape")
      result.erase(result.begin(),
                   result.begin() + random_.integer(0, static_cast<Int>(first.rank())));
    else if (is("reshape"))
      result = chance(2) ? Integers{first.numel()} : Integers{1, -1};
    else if (is("sum_to"))
      result = integers(related(first));
    else if (is("broadcast_to"))
      for (Int& size : result) size = size == 1 ? random_.integer(0, 3) : size;
    if (is("broadcast_to") && chance(2)) result.insert(result.begin(), 2);
    return result;
  }

  static Integers integers(const Shape& shape) { return Integers(shape.begin(), shape.end()); }

  AttributeValue word(std::string_view name) {
    const auto one_of = [&](const auto& words) {
      return std::string(words[random_.integer(0, static_cast<Int>(std::size(words)) - 1)]);
    };
    if (name == "equation") return one_of(equations);
    if (name == "mode") return one_of(modes);
    if (name == "approximate") return std::string(chance(2) ? "none" : "tanh");
    return one_of(reductions);
  }

  /// Draws the indices in the sizes that they choose from. Only constant padding takes a value.
  void set_indices(Form& form) {
    if (is("pad") && std::get<std::string>(form.attributes[1]) != "constant") form.indices[1] = {0};
    for (std::size_t i = 0; i < form.shapes.size() && i < 4; ++i) {
      const bool probabilities = is("cross_entropy") && form.shapes[1] == form.shapes[0];
      const bool classes = of_classes() && i == 1 && !probabilities;
      if (!classes && (operation_.info.indices >> i & 1) == 0) continue;
      const Int size = chosen_from(form);
      std::vector<double>& entries = form.indices[i];
      for (Int k = 0; k < form.shapes[i].numel(); ++k)
        entries.push_back(static_cast<double>(random_.integer(0, std::max<Int>(size - 1, 0))));
    }
  }

  Int chosen_from(const Form& form) const {
    const Shape& first = form.shapes[0];
    if (first.rank() == 0) return 1;
    if (of_classes()) return first[first.rank() == 1 ? 0 : 1];
    const Int dim = std::get<Int>(form.attributes[0]);
    return first[static_cast<std::size_t>(dim < 0 ? dim + static_cast<Int>(first.rank()) : dim)];
  }

  const Operation& operation_;
  Random& random_;
};

/// What an operation is the transpose of, beginning with the form of that; null for others.
const Operation* original(const Operation& operation) {
  if (operation.name() == "diagonal_backward") return find_operation("diag");
  if (operation.name().starts_with("convolution_")) return find_operation("conv1d");
  const std::size_t suffix = operation.name().find("_backward");
  return suffix == std::string_view::npos ? nullptr
                                          : find_operation(operation.name().substr(0, suffix));
}

Shape result_of(const Operation& operation, const Form& form) {
  return operation.shape(form.shapes, Attributes(form.attributes));
}

/// The transpose's form: the cotangent in the place of the operand, whose shape is an attribute.
Form transposed(const Operation& operation, const Operation& selection, Form form) {
  const bool by_weight = operation.name() == "convolution_weight";
  const Shape whole = form.shapes[by_weight ? 1 : 0], result = result_of(selection, form);
  if (by_weight) std::swap(form.shapes[0], form.shapes[1]);
  form.shapes[0] = result;
  form.shapes.resize(operation.signature.operand_count());
  form.attributes.insert(form.attributes.begin(), Integers(whole.begin(), whole.end()));
  return form;
}

/// A form that the operation takes, or none. A short convolution's weight and input are seldom met
/// by chance, so that their shapes are drawn to fit.
std::optional<Form> attempt(const Operation& operation, Random& random) {
  const Operation* selection = original(operation);
  const Operation& drawn = selection ? *selection : operation;
  Form form = Draw(drawn, random).form();
  if (const std::size_t dims = drawn.name() == "conv1d" ? 1 : drawn.name() == "conv2d" ? 2 : 0) {
    const Int groups = std::get<Int>(form.attributes[3]), channels = random.integer(1, 2);
    Shape input{channels * groups}, weight{groups * random.integer(1, 2), channels};
    for (std::size_t d = 0; d < dims; ++d) {
      input = input.inserted(input.rank(), random.integer(1, 5 - static_cast<Int>(dims)));
      weight = weight.inserted(weight.rank(), random.integer(1, 2));
    }
    form.shapes = {random.integer(0, 2) == 0 ? input : input.inserted(0, random.integer(0, 2)),
                   weight, random.integer(0, 1) == 0 ? Shape{} : Shape{weight[0]}};
  }
  try {
    if (selection) form = transposed(operation, *selection, form);
    if (result_of(operation, form).numel() > 64) return std::nullopt;
    return form;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace

std::vector<Form> drawn_forms(const Operation& operation, std::size_t count, Random& random) {
  std::vector<Form> result;
  for (int tries = 0; tries < 4000 && result.size() < count; ++tries) {
    const std::optional<Form> form = attempt(operation, random);
    if (!form) continue;
    const bool known = std::ranges::any_of(result, [&](const Form& other) {
      return other.shapes == form->shapes && other.attributes == form->attributes;
    });
    if (!known) result.push_back(*form);
  }
  return result;
}

}  // namespace verigrad::proof
