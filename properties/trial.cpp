#include "properties/trial.hpp"

#include <algorithm>
#include <cfenv>
#include <cmath>
#include <limits>

#include "engine/error.hpp"
#include "engine/random.hpp"
#include "gradcheck/engine_derivatives.hpp"

namespace verigrad::properties {

std::vector<double> dense(std::int64_t count, int purpose) {
  Random random = Random::stream(0x6c617773, purpose, count);
  std::vector<double> entries(static_cast<std::size_t>(count));
  for (double& entry : entries)
    entry = random.uniform(0.5, 2) * (random.integer(0, 1) == 0 ? -1 : 1);
  return entries;
}

bool refuses_values(const Operation& operation) {
  for (const std::string_view name : {"cholesky", "inverse", "solve"})
    if (operation.name() == name) return true;
  return false;
}

Trial::Trial(const Engine& engine, const Specimen& specimen, const OperationTable& operations)
    : engine_(engine), specimen_(specimen), operations_(operations) {
  std::feclearexcept(FE_OVERFLOW | FE_UNDERFLOW);
}

Graph& Trial::graph() {
  if (!graph_) graph_ = engine_.record(program(), point(), {{output()}});
  return *graph_;
}

const std::vector<double>& Trial::v() {
  if (v_.empty()) v_ = cotangent(0);
  return v_;
}

std::vector<double> Trial::cotangent(int purpose) const {
  return dense(program().shape(output()).numel(), purpose);
}

PerLeaf Trial::tangents(int purpose) const {
  PerLeaf result(leaf_count());
  for (std::size_t leaf = 0; leaf < result.size(); ++leaf)
    if (const Leaf& each = program().leaves()[leaf]; each.differentiable)
      result[leaf] = dense(each.shape.numel(), purpose + static_cast<int>(leaf));
  return result;
}

const std::vector<double>& Trial::value() {
  if (!value_) value_ = graph().value(output());
  return *value_;
}

const PerLeaf& Trial::gradient() {
  if (!gradient_) gradient_ = gradient(v());
  return *gradient_;
}

PerLeaf Trial::gradient(const std::vector<double>& w, Pass pass) {
  return graph().vjp({{{output(), w}}}, pass);
}

const PerLeaf& Trial::bound() {
  if (!bound_) bound_ = rounding_bound(specimen_, v());
  return *bound_;
}

PerLeaf gradient_of(const Engine& engine, const Specimen& specimen, const std::vector<double>& v) {
  const auto graph = engine.record(specimen.program, specimen.point, {{specimen.output}});
  return graph->vjp({{{specimen.output, v}}});
}

namespace {

PerLeaf pull_back(const Specimen& specimen, const std::vector<double>& v, DType dtype) {
  const ValueId output = specimen.output;
  return gradcheck::engine_derivatives(specimen.program, specimen.point, {&output, 1}, dtype)
      ->vjp_by_leaves(output, v);
}

/// Whether float sees the same point, and numbers of ordinary size.
bool is_plain(const Point& point) {
  return std::ranges::all_of(point, [](const auto& leaf) {
    return std::ranges::all_of(leaf, [](double x) {
      return round_to(DType::f32, x) == x && (x == 0 || std::abs(std::ilogb(x)) <= 12);
    });
  });
}

bool inverts_matrices(const Program& program) {
  return std::ranges::any_of(program.values(), [](const Value& value) {
    return value.operation != nullptr && refuses_values(*value.operation);
  });
}

/// Systems of equations may be ill-conditioned where their entries are extreme.
bool solves_systems(const Program& program) {
  return inverts_matrices(program) || std::ranges::any_of(program.values(), [](const Value& value) {
           return value.operation != nullptr && value.operation->name() == "triangular_solve";
         });
}

double largest(const std::vector<double>& x) {
  double size = 0;
  for (const double entry : x) size = std::max(size, std::abs(entry));
  return size;
}

/// For each leaf the largest error that float makes in an entry of v^T J, as it would be in double:
/// by several cotangents, whose roundings differ.
std::vector<double> float_losses(const Specimen& specimen, const std::vector<double>& v) {
  constexpr double reserve = 64;
  std::vector<double> lost(specimen.point.size(), 0.0);
  for (const double factor : {1.0, 1.1, 0.7}) {
    std::vector<double> w = v;
    for (double& entry : w) entry = round_to(DType::f32, entry * factor);
    const PerLeaf in_double = pull_back(specimen, w, DType::f64);
    const PerLeaf in_float = pull_back(specimen, w, DType::f32);
    for (std::size_t leaf = 0; leaf < lost.size(); ++leaf)
      for (std::size_t i = 0; i < in_double[leaf].size(); ++i)
        lost[leaf] = std::max(lost[leaf],
                              reserve * 0x1p-29 * std::abs(in_float[leaf][i] - in_double[leaf][i]));
  }
  return lost;
}

/// The largest change of an entry of v^T J, leaf by leaf, when the point moves by about an ulp;
/// infinite where it cannot.
std::vector<double> sensitivities(const Specimen& specimen, const std::vector<double>& v,
                                  const PerLeaf& here) {
  constexpr double reserve = 64;
  Specimen moved = specimen;
  for (auto& leaf : moved.point) {
    const std::vector<double> direction = dense(static_cast<std::int64_t>(leaf.size()), 7);
    for (std::size_t i = 0; i < leaf.size(); ++i) leaf[i] *= 1 + 0x1p-52 * direction[i];
  }
  std::vector<double> result(here.size(), std::numeric_limits<double>::infinity());
  try {
    const PerLeaf there = pull_back(moved, v, DType::f64);
    for (std::size_t leaf = 0; leaf < here.size(); ++leaf) {
      result[leaf] = 0;
      for (std::size_t i = 0; i < here[leaf].size(); ++i)
        result[leaf] = std::max(result[leaf], reserve * std::abs(there[leaf][i] - here[leaf][i]));
    }
  } catch (const Error&) {
    // A matrix is singular there.
  }
  return result;
}

/// Where values are extreme or a matrix is inverted, half of the digits may be lost; the inverse of
/// an extreme matrix may keep only a few, or none where it is close to singular.
std::vector<double> granted_losses(const Specimen& specimen, const std::vector<double>& v) {
  const bool few = solves_systems(specimen.program) && !is_plain(specimen.point);
  const PerLeaf here = pull_back(specimen, v, DType::f64);
  std::vector<double> lost(here.size(), 0.0);
  if (few) lost = sensitivities(specimen, v, here);
  for (std::size_t leaf = 0; leaf < lost.size(); ++leaf)
    lost[leaf] = std::max(lost[leaf], (few ? 0x1p-8 : 0x1p-26) * largest(here[leaf]));
  return lost;
}

std::vector<double> losses(const Specimen& specimen, const std::vector<double>& v) {
  if (is_plain(specimen.point) && !inverts_matrices(specimen.program)) {
    try {
      return float_losses(specimen, v);
    } catch (const Error&) {
      // A value is outside some operation's domain in float.
    }
  }
  return granted_losses(specimen, v);
}

}  // namespace

PerLeaf rounding_bound(const Specimen& specimen, const std::vector<double>& v) {
  constexpr double per_operation = 8;
  const Program& program = specimen.program;
  const std::vector<bool> reached = program.reachable({&specimen.output, 1});
  double roundings = 16;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (reached[i] && program.values()[i].kind == Value::Kind::operation)
      roundings += per_operation + static_cast<double>(program.values()[i].shape.numel());
  PerLeaf bound = gradcheck::path_magnitudes(program, specimen.point, specimen.output, v);
  const std::vector<double> lost = losses(specimen, v);
  const double least = 8 * unit_roundoff(DType::f64) * largest(v);
  for (std::size_t leaf = 0; leaf < bound.size(); ++leaf)
    for (double& entry : bound[leaf])
      entry = entry * roundings * unit_roundoff(DType::f64) + lost[leaf] + least;
  return bound;
}

}  // namespace verigrad::properties
