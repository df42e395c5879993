#include "properties/trial.hpp"

#include <fmt/format.h>

#include <Eigen/SVD>
#include <algorithm>
#include <cfenv>
#include <cmath>
#include <functional>
#include <limits>
#include <stdexcept>

#include "engine/error.hpp"
#include "engine/random.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "properties/kept_flags.hpp"
#include "properties/rewrite.hpp"

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

constexpr int beyond_normal_range = FE_OVERFLOW | FE_UNDERFLOW;

bool inverts_matrix(const Operation& operation) {
  return refuses_values(operation) || operation.name() == "triangular_solve";
}

Trial::Trial(const Engine& engine, const Specimen& specimen, const OperationTable& operations)
    : engine_(engine), specimen_(specimen), operations_(operations) {
  reset_flags();
}

void Trial::reset_flags() const {
  std::feclearexcept(beyond_normal_range);
  std::feraiseexcept(raised_);
}

void Trial::share(const std::function<void()>& compute) {
  const int before = std::fetestexcept(beyond_normal_range);
  std::feclearexcept(beyond_normal_range);
  compute();
  raised_ |= std::fetestexcept(beyond_normal_range);
  std::feraiseexcept(before);
}

Graph& Trial::graph() {
  if (!graph_) share([this] { graph_ = engine_.record(program(), point(), {{output()}}); });
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
  if (!value_) share([this] { value_ = graph().value(output()); });
  return *value_;
}

const PerLeaf& Trial::gradient() {
  if (!gradient_) share([this] { gradient_ = gradient(v()); });
  return *gradient_;
}

PerLeaf Trial::gradient(const std::vector<double>& w, Pass pass) {
  PerLeaf result = graph().vjp({{{output(), w}}}, pass);
  result.resize(leaf_count());
  for (std::size_t leaf = 0; leaf < result.size(); ++leaf) {
    const Leaf& each = program().leaves()[leaf];
    const std::size_t size = each.differentiable ? point()[leaf].size() : 0;
    if (result[leaf].size() != size)
      throw std::runtime_error(fmt::format("the gradient by {} has {} entries, not {}", each.name,
                                           result[leaf].size(), size));
  }
  return result;
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
    return value.operation != nullptr && inverts_matrix(*value.operation);
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

/// Factors of 1 + 2^-52 to 1 + 2^-50 in size.
std::vector<double> roundings(std::int64_t count, int purpose) {
  std::vector<double> factors = dense(count, purpose);
  for (double& factor : factors) factor = 1 + 0x1p-51 * factor;
  return factors;
}

/// The specimen with every input and every result changed by a rounding or two.
Specimen jolted(const Specimen& specimen, int purpose) {
  const Operation& mul = *find_operation("mul");
  Specimen result = rewritten(specimen, [&](Copy& copy, ValueId id) {
    const ValueId value = copy.same(id);
    const Value& old = copy.from()[id];
    if (old.operation == nullptr || !old.operation->differentiable()) return value;
    const ValueId factors = copy.to().add_entries(old.shape, roundings(old.shape.numel(), purpose));
    return copy.to().add(mul, {value, factors});
  });
  for (auto& leaf : result.point)
    std::ranges::transform(leaf, roundings(static_cast<std::int64_t>(leaf.size()), purpose),
                           leaf.begin(), std::multiplies<>());
  return result;
}

/// Where values are extreme or a matrix is inverted, half of the digits may be lost, and what a
/// few roundings on the way make of v^T J: much for a matrix that is nearly
/// singular.
std::vector<double> granted_losses(const Specimen& specimen, const std::vector<double>& v) {
  constexpr double share = 0x1p-26, reserve = 64;
  const PerLeaf here = pull_back(specimen, v, DType::f64);
  std::vector<double> lost;
  for (const auto& leaf : here) lost.push_back(share * largest(leaf));
  for (const int purpose : {100, 101}) {
    const PerLeaf near = pull_back(jolted(specimen, purpose), v, DType::f64);
    for (std::size_t leaf = 0; leaf < here.size(); ++leaf)
      for (std::size_t i = 0; i < here[leaf].size(); ++i)
        lost[leaf] = std::max(lost[leaf], reserve * std::abs(near[leaf][i] - here[leaf][i]));
  }
  return lost;
}

/// Whether a stack of matrices has one whose condition number is above 2^40. To invert it is stable
/// by its norm only, and rounding may take all digits of small entries.
bool is_ill_conditioned(const Shape& shape, const std::vector<double>& entries) {
  if (shape.rank() < 2 || shape.numel() == 0) return false;
  const Eigen::Index rows = shape[shape.rank() - 2], columns = shape[shape.rank() - 1];
  using Matrix = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  for (const double* at = entries.data(); at != entries.data() + entries.size();
       at += rows * columns) {
    const auto values =
        Eigen::Map<const Matrix>(at, rows, columns).eval().jacobiSvd().singularValues().eval();
    if (!(values.minCoeff() > 0x1p-40 * values.maxCoeff())) return true;
  }
  return false;
}

bool inverts_ill_conditioned(const Specimen& specimen) {
  const Program& program = specimen.program;
  const std::vector<bool> reached = program.reachable({&specimen.output, 1});
  std::vector<ValueId> matrices;
  for (std::size_t i = 0; i < reached.size(); ++i)
    if (const Value& value = program.values()[i];
        reached[i] && value.operation != nullptr && inverts_matrix(*value.operation))
      matrices.push_back(value.operands[0]);
  if (matrices.empty()) return false;
  const auto engine = gradcheck::engine_derivatives(program, specimen.point, matrices, DType::f64);
  return std::ranges::any_of(matrices, [&](ValueId id) {
    return is_ill_conditioned(program.shape(id), engine->value(id));
  });
}

std::vector<double> losses(const Specimen& specimen, const std::vector<double>& v) {
  if (is_plain(specimen.point) && !inverts_matrices(specimen.program)) {
    try {
      std::feclearexcept(beyond_normal_range);
      std::vector<double> lost = float_losses(specimen, v);
      if (std::fetestexcept(beyond_normal_range) == 0) return lost;
    } catch (const Error&) {
      // A value is outside some operation's domain in float.
    }
  }
  const std::vector<double> anything(specimen.point.size(),
                                     std::numeric_limits<double>::infinity());
  try {
    return inverts_ill_conditioned(specimen) ? anything : granted_losses(specimen, v);
  } catch (const Error&) {
    // The function is defined on one side of the point only.
    return anything;
  }
}

}  // namespace

PerLeaf rounding_bound(const Specimen& specimen, const std::vector<double>& v) {
  const KeptFlags kept;
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
