// Derivatives of programs put together from others.
#include <algorithm>

#include "engine/random.hpp"
#include "properties/laws/law.hpp"
#include "properties/laws/vectors.hpp"

namespace verigrad::properties {
namespace {

/// The program with a further value that is made of its output f and of h, the newest other value
/// of the same shape through which gradients flow, without zeros for a divisor (f itself where
/// there is none).
class Joined {
 public:
  Joined(Trial& trial, std::string_view operation)
      : trial_(trial),
        f_(trial.output()),
        h_(partner(trial, operation == "div")),
        joined_{trial.program(), f_, {}} {
    joined_.output = joined_.program.add(*trial.operations().find(operation), {f_, h_});
    joined_.point = trial.point();
    graph_ = trial.engine().record(joined_.program, joined_.point, {{f_, h_, joined_.output}});
  }

  std::vector<double> f() { return graph_->value(f_); }
  std::vector<double> h() { return graph_->value(h_); }

  /// Whether the gradient of the joined value, for the trial's v, is the sum of those of f and h
  /// for these cotangents. Undecided where the joined value is not finite.
  LawResult judged(const std::vector<double>& by_f, const std::vector<double>& by_h,
                   std::string_view what) {
    const PerLeaf wanted = combine(1, gradient_of_f(by_f), 1, gradient_of_h(by_h));
    const auto bound = [&] {
      const Specimen &whole = trial_.specimen(), part{whole.program, h_, whole.point};
      return combine(1, rounding_bound(joined_, trial_.v()), 1,
                     combine(1, rounding_bound(whole, by_f), 1, rounding_bound(part, by_h)));
    };
    if (const auto difference =
            differ(trial_, graph_->vjp({{{joined_.output, trial_.v()}}}), wanted, bound, what))
      return *difference;
    if (all_finite(graph_->value(joined_.output))) return {};
    return {Outcome::undecided, fmt::format("{}: the value is not finite", what)};
  }

 private:
  PerLeaf gradient_of_f(const std::vector<double>& v) { return graph_->vjp({{{f_, v}}}); }
  PerLeaf gradient_of_h(const std::vector<double>& v) { return graph_->vjp({{{h_, v}}}); }

  static ValueId partner(const Trial& trial, bool divides) {
    const std::vector<bool> flows = gradients_flow(trial.program());
    const Shape& shape = trial.program().shape(trial.output());
    for (ValueId id = trial.output(); id-- > 0;)
      if (flows[static_cast<std::size_t>(id)] && trial.program().shape(id) == shape &&
          !(divides && has_zero(trial, id)))
        return id;
    return trial.output();
  }

  static bool has_zero(const Trial& trial, ValueId id) {
    const auto values = trial.engine().evaluate(trial.program(), trial.point(), {{id}});
    return std::ranges::find(values[0], 0.0) != values[0].end();
  }

  Trial& trial_;
  ValueId f_, h_;
  Specimen joined_;
  std::unique_ptr<Graph> graph_;
};

LawResult sum_rule(Trial& trial) {
  Joined joined(trial, "add");
  return joined.judged(trial.v(), trial.v(), "of f + h beside the sum of both");
}

LawResult product_rule(Trial& trial) {
  Joined joined(trial, "mul");
  return joined.judged(product(trial.v(), joined.h()), product(trial.v(), joined.f()),
                       "of f h beside h df + f dh");
}

LawResult quotient_rule(Trial& trial) {
  Joined joined(trial, "div");
  std::vector<double> by_f = trial.v(), by_h = trial.v();
  const std::vector<double> f = joined.f(), h = joined.h();
  for (std::size_t i = 0; i < h.size(); ++i) {
    by_f[i] /= h[i];
    by_h[i] *= -f[i] / h[i] / h[i];
  }
  return joined.judged(by_f, by_h, "of f / h beside df / h - f dh / h^2");
}

/// Leaf by leaf of `trial`, the gradient of a part of its program.
PerLeaf by_name(const Trial& trial, const Specimen& part, const PerLeaf& gradient) {
  PerLeaf result(trial.leaf_count());
  for (std::size_t leaf = 0; leaf < result.size(); ++leaf) {
    const Leaf& each = trial.program().leaves()[leaf];
    if (!each.differentiable) continue;
    result[leaf].assign(static_cast<std::size_t>(each.shape.numel()), 0.0);
    if (const auto found = part.program.find_leaf(each.name)) result[leaf] = gradient[*found];
  }
  return result;
}

/// An operation before the output through which gradients flow; always the same for a program.
ValueId place_to_cut(const Trial& trial) {
  const std::vector<bool> flows = gradients_flow(trial.program());
  std::vector<ValueId> places;
  for (ValueId id = 0; id < trial.output(); ++id)
    if (flows[static_cast<std::size_t>(id)] && trial.program()[id].kind == Value::Kind::operation)
      places.push_back(id);
  if (places.empty()) return no_value;
  const auto last = static_cast<std::int64_t>(places.size()) - 1;
  return places[static_cast<std::size_t>(Random::stream(0x637574, last).integer(0, last))];
}

/// With c = c(x) a value on the way: f(x) = F(x, c(x)), and v^T dF/dc is c's cotangent.
LawResult chain_rule(Trial& trial) {
  const ValueId c = place_to_cut(trial);
  if (c == no_value) return {};
  const Specimen before = edited(trial.specimen(), {.output = c});
  const auto inner = trial.engine().record(before.program, before.point, {{before.output}});
  Edit cut;
  cut.leaves[c] = {trial.program().shape(c), inner->value(before.output)};
  const Specimen after = edited(trial.specimen(), cut);
  const PerLeaf outer = gradient_of(trial.engine(), after, trial.v());
  PerLeaf wanted = by_name(trial, after, outer);
  for (std::size_t leaf = 0; leaf < after.point.size(); ++leaf) {
    if (trial.program().find_leaf(after.program.leaves()[leaf].name)) continue;
    const PerLeaf pulled = inner->vjp({{{before.output, outer[leaf]}}});
    wanted = combine(1, wanted, 1, by_name(trial, before, pulled));
  }
  return differ(
             trial, trial.gradient(), wanted, [&] { return trial.bound(); },
             "beside that of the program cut in two")
      .value_or(LawResult());
}

constexpr Law laws_here[] = {
    {"sum rule", "B4", "g(f + h, v) = g(f, v) + g(h, v)", Cost::cheap, Where::anywhere,
     Ending::open, sum_rule},
    {"product rule", "B5", "g(f h, v) = g(f, h v) + g(h, f v)", Cost::cheap, Where::anywhere,
     Ending::open, product_rule},
    {"quotient rule", "B5", "g(f / h, v) = g(f, v / h) - g(h, f v / h^2)", Cost::cheap,
     Where::anywhere, Ending::open, quotient_rule},
    {"chain rule", "B6", "of F(x, c(x)): g(v) = v^T dF/dx + (v^T dF/dc)^T dc/dx", Cost::cheap,
     Where::anywhere, Ending::open, chain_rule},
};

}  // namespace

std::span<const Law> composition_laws() { return laws_here; }

}  // namespace verigrad::properties
