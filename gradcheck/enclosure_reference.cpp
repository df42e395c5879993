#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "gradcheck/proven_truth.hpp"
#include "gradcheck/tolerance.hpp"
#include "proof/jacobian.hpp"
#include "proof/program_function.hpp"
#include "proof/second_order.hpp"

namespace verigrad::gradcheck {
namespace {

using proof::Enclosure;
using proof::Outcome;

/// Each entry keeps several balls.
constexpr std::size_t most_entries = std::size_t{1} << 20;

void limit_entries(std::size_t entries) {
  if (entries > most_entries)
    throw WorkExhausted(fmt::format("a matrix of {} derivatives is larger than the limit of {}",
                                    entries, most_entries));
}

class EnclosureReference : public Reference {
 public:
  EnclosureReference(const Program& program, const Point& point, const proof::Limits& limits,
                     const proof::Reading& reading)
      : program_(program),
        limits_(limits),
        reading_(reading),
        leaves_(proof::constant_leaves(program, point)),
        differentiable_(proof::differentiable_leaves(program)) {}

  std::string_view method() const override { return "enclosure"; }

  const std::vector<Truth>& jacobian(ValueId output, std::size_t leaf) override {
    const auto rows = static_cast<std::size_t>(program_.shape(output).numel());
    limit_entries(rows * columns(leaf));
    auto [known, fresh] = jacobians_.try_emplace({output, leaf});
    if (fresh) {
      known->second = covered(output, rows * columns(leaf), [&] { return sweep(output).by(leaf); });
    }
    return known->second;
  }

  const std::vector<Truth>& hessian(ValueId output, std::size_t leaf) override {
    limit_entries(columns(leaf) * columns(leaf));
    auto [known, fresh] = hessians_.try_emplace({output, leaf});
    if (fresh)
      known->second = covered(output, columns(leaf) * columns(leaf), [&] {
        return second(output, leaf, proof::unit_directions(columns(leaf)));
      });
    return known->second;
  }

  std::vector<Truth> vjp(ValueId output, std::size_t leaf, const Vector& v) override {
    return covered(output, columns(leaf), [&] {
      return proof::Jacobian({weighted(output, v)}, leaves_, differentiable_, program_.dtype,
                             limits_)
          .by(leaf);
    });
  }

  std::vector<Truth> jvp(ValueId output, std::size_t leaf, const Vector& u) override {
    const auto rows = static_cast<std::size_t>(program_.shape(output).numel());
    std::vector<Truth> truths = covered(output, rows, [&] {
      return proof::along(
          proof::function_of(program_, output, reading_), leaves_, [&] { return motion(leaf, u); },
          program_.dtype, limits_);
    });
    if (std::ranges::any_of(truths, [&](const Truth& t) { return asks_for_paths(t); }))
      add_paths(truths, jacobian(output, leaf), u.entries);
    return truths;
  }

  std::vector<Truth> hvp(ValueId output, std::size_t leaf, const Vector& u) override {
    return covered(output, columns(leaf),
                   [&] { return second(output, leaf, {[&] { return slopes(u); }}); });
  }

 private:
  /// Whether a verdict looks at the size of the terms: in float, or where they cancel.
  bool asks_for_paths(const Truth& truth) const {
    return program_.dtype == DType::f32 ||
           std::abs(truth.estimate.value) < smallest_positive(program_.dtype);
  }

  /// The paths of J u: the sum of |u_j| times those of entry j.
  static void add_paths(std::vector<Truth>& products, const std::vector<Truth>& jacobian,
                        const std::vector<double>& u) {
    for (std::size_t i = 0; i < products.size(); ++i) {
      double sum = 0;
      for (std::size_t j = 0; j < u.size(); ++j)
        sum += std::abs(u[j]) *
               jacobian[i * u.size() + j].paths.value_or(std::numeric_limits<double>::quiet_NaN());
      if (!std::isnan(sum)) products[i].paths = sum;
    }
  }

  std::size_t columns(std::size_t leaf) const { return leaves_[leaf].entries.size(); }

  /// The truths of `count` entries, which say so when an operation has no proof.
  template <class F>
  std::vector<Truth> covered(ValueId output, std::size_t count, F prove) const {
    Enclosure none;
    none.uncovered = proof::first_uncovered(program_, output);
    const proof::WorkLimit limit(limits_.work, limits_.seconds);
    try {
      if (!none.uncovered) return truths_of(prove(), limits_);
    } catch (const proof::WorkExhausted&) {
    }
    none.outcome = none.uncovered ? Outcome::uncovered : Outcome::exhausted;
    return truths_of(std::vector<Enclosure>(count, none), limits_);
  }

  proof::Jacobian& sweep(ValueId output) {
    const auto known = sweeps_.find(output);
    if (known != sweeps_.end()) return known->second;
    const proof::Outputs outputs{proof::function_of(program_, output, reading_),
                                 static_cast<std::size_t>(program_.shape(output).numel())};
    return sweeps_.try_emplace(output, outputs, leaves_, differentiable_, program_.dtype, limits_)
        .first->second;
  }

  proof::GermFunction weighted(ValueId output, const Vector& v) const {
    return v.value == no_value ? proof::weighted_sum(program_, output, v.entries, reading_)
                               : proof::weighted_sum(program_, leaves_, output, v.value, reading_);
  }

  std::vector<Enclosure> second(ValueId output, std::size_t leaf,
                                const std::vector<proof::Slopes>& directions) const {
    return proof::second_derivatives(proof::function_of(program_, output, reading_), leaves_, leaf,
                                     directions, program_.dtype, limits_);
  }

  /// A vector at the precision in force.
  std::vector<proof::Ball> slopes(const Vector& u) const {
    if (u.value == no_value) return {u.entries.begin(), u.entries.end()};
    std::vector<proof::Ball> result;
    for (const proof::Series& entry : proof::evaluate(program_, leaves_, u.value, reading_).entries)
      result.push_back(entry.value());
    return result;
  }

  std::vector<proof::Motion> motion(std::size_t leaf, const Vector& u) const {
    std::vector<proof::Motion> result;
    std::int64_t entry = 0;
    for (const proof::Ball& slope : slopes(u)) result.push_back({leaf, entry++, slope});
    return result;
  }

  const Program& program_;
  proof::Limits limits_;
  proof::Reading reading_;
  std::vector<proof::Field> leaves_;
  std::vector<bool> differentiable_;
  std::map<ValueId, proof::Jacobian> sweeps_;
  std::map<std::pair<ValueId, std::size_t>, std::vector<Truth>> jacobians_, hessians_;
};

}  // namespace

std::unique_ptr<Reference> enclosure_reference(const Program& program, const Point& point,
                                               const proof::Limits& limits,
                                               const proof::Reading& reading) {
  return std::make_unique<EnclosureReference>(program, point, limits, reading);
}

}  // namespace verigrad::gradcheck
