#include "runner/special_points.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "proof/evaluate.hpp"

namespace verigrad::runner {
namespace {

using expressions::Instance;

/// Values beyond this size are saturation and overflow onsets, which need proofs to judge.
constexpr double ordinary = 2;
constexpr std::size_t most_special_points = 48;
/// How many standard deviations a normal input's special values may lie from its mean.
constexpr double widest_deviation = 40;

double neighbour(DType dtype, double x, double towards) {
  return dtype == DType::f64 ? std::nextafter(x, towards)
                             : std::nextafter(static_cast<float>(x), static_cast<float>(towards));
}

class SpecialPoints {
 public:
  SpecialPoints(const Instance& instance, Difficulty difficulty)
      : program_(instance.program), hard_(difficulty == Difficulty::proofs) {
    for (const std::size_t leaf : instance.inputs)
      if (program_.leaves()[leaf].initial == no_value) add_ends(leaf);
    for (const std::size_t leaf : instance.inputs) {
      if (program_.leaves()[leaf].initial != no_value) continue;
      add_of_operations(leaf);
      if (hard_ && program_.leaves()[leaf].shape.numel() >= 2) points_.push_back({leaf, {}});
    }
    if (points_.size() > most_special_points) points_.resize(most_special_points);
  }

  std::vector<SpecialPoint> take() { return std::move(points_); }

 private:
  const Leaf& leaf(std::size_t i) const { return program_.leaves()[i]; }

  bool allows(std::size_t i, double x) const {
    const Domain& domain = leaf(i).domain;
    if (!hard_ && std::abs(x) > ordinary && !is_end(domain, x)) return false;
    if (domain.kind == Domain::Kind::normal)
      return std::abs(x - domain.a) <= widest_deviation * domain.b;
    return domain.contains(x);
  }

  void add(std::size_t i, double x) {
    x = round_to(program_.dtype, x);
    if (!std::isfinite(x) || !allows(i, x)) return;
    for (const SpecialPoint& known : points_)
      if (known.leaf == i && known.value &&
          std::bit_cast<std::uint64_t>(*known.value) == std::bit_cast<std::uint64_t>(x))
        return;
    points_.push_back({i, x});
  }

  void add_neighbours(std::size_t i, double x) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    add(i, neighbour(program_.dtype, x, -infinity));
    add(i, neighbour(program_.dtype, x, infinity));
  }

  void add_ends(std::size_t i) {
    for (const double x : leaf(i).domain.special_points()) add(i, x);
    if (leaf(i).domain.kind == Domain::Kind::choices || !allows(i, 0)) return;
    add(i, -0.0);
  }

  void add_of_operations(std::size_t i) {
    const ValueId id = program_.leaf_value(i);
    for (const Value& value : program_.values()) {
      if (value.kind != Value::Kind::operation ||
          std::ranges::find(value.operands, id) == value.operands.end())
        continue;
      const OperationInfo& info = value.operation->info;
      for (const double x : info.special.span()) {
        add(i, x);
        if (hard_ && !info.kinks.empty()) add_neighbours(i, x);
      }
    }
  }

  static bool is_end(const Domain& domain, double x) {
    const std::vector<double> ends = domain.special_points();
    return std::ranges::find(ends, x) != ends.end();
  }

  const Program& program_;
  bool hard_;
  std::vector<SpecialPoint> points_;
};

}  // namespace

Difficulty difficulty(const Instance& instance, const Options& options) {
  const auto numeric = [](const std::optional<std::string>& method) {
    return method == "finite-difference";
  };
  if (numeric(options.method)) return Difficulty::ordinary;
  for (const expressions::Judgement& judgement : instance.judgements) {
    if (judgement.output == no_value) continue;
    if (!options.method && numeric(judgement.settings.method)) return Difficulty::ordinary;
    if (proof::first_uncovered(instance.program, judgement.output)) return Difficulty::ordinary;
  }
  return Difficulty::proofs;
}

std::vector<SpecialPoint> special_points(const Instance& instance, Difficulty difficulty) {
  return SpecialPoints(instance, difficulty).take();
}

void apply(const SpecialPoint& special, std::vector<double>& entries, Random& random) {
  if (entries.empty()) return;
  const auto last = static_cast<std::int64_t>(entries.size()) - 1;
  const auto place = static_cast<std::size_t>(random.integer(0, last));
  entries[place] = special.value.value_or(entries[(place + 1) % entries.size()]);
}

}  // namespace verigrad::runner
