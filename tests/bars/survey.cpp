#include "tests/bars/survey.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include "gradcheck/differences.hpp"
#include "gradcheck/judge_black_box.hpp"
#include "proof/enclose.hpp"

namespace verigrad::bars {
namespace {

constexpr double smallest = 1e-6, largest = 1e6;
constexpr int most_draws = 200;

double log_uniform_in(const Domain& box, Random& random) {
  const double low = std::max(box.a, -largest), high = std::min(box.b, largest);
  const double above = std::max(low, std::min(smallest, high));
  const double below = std::max(-high, std::min(smallest, -low));
  const bool positive = high > 0, negative = low < 0;
  if (positive && (!negative || random.uniform() < 0.5)) return random.log_uniform(above, high);
  if (negative) return -random.log_uniform(below, -low);
  return 0;
}

double drawn(const Domain& box, Draw draw, Random& random) {
  if (draw == Draw::log_uniform && box.kind == Domain::Kind::interval)
    return log_uniform_in(box, random);
  return box.draw(random);
}

template <class T>
std::vector<double> values(const Program& program, const Point& point,
                           const std::vector<ValueId>& roots) {
  const NoGrad no_grad;
  const std::vector<Tensor<T>> leaves = leaf_tensors<T>(program, point, false);
  std::vector<double> result;
  for (const Tensor<T>& root : run<T>(program, std::span<const Tensor<T>>(leaves), roots))
    result.push_back(static_cast<double>(root.item()));
  return result;
}

std::vector<double> values(const Program& program, const Point& point,
                           const std::vector<ValueId>& roots) {
  return program.dtype == DType::f32 ? values<float>(program, point, roots)
                                     : values<double>(program, point, roots);
}

/// The function as somebody sees it who knows its values and its domain.
gradcheck::Differences as_black_box(const Program& program, const Point& point, ValueId output) {
  gradcheck::Entries x{Shape{static_cast<std::int64_t>(point.size())}, {}};
  gradcheck::DifferenceOptions options;
  for (std::size_t j = 0; j < point.size(); ++j) {
    const Domain& box = program.leaves()[j].domain;
    const bool interval = box.kind == Domain::Kind::interval;
    const double infinity = std::numeric_limits<double>::infinity();
    x.values.push_back(point[j][0]);
    options.domain.lower.push_back(interval ? round_to(program.dtype, box.a) : -infinity);
    options.domain.upper.push_back(interval ? round_to(program.dtype, box.b) : infinity);
  }
  options.float_input = options.float_arithmetic = program.dtype == DType::f32;
  const auto f = [&program, output](const gradcheck::Entries& at) {
    Point moved;
    for (const double entry : at.values) moved.push_back({entry});
    return gradcheck::Entries{Shape::scalar(), values(program, moved, {output})};
  };
  return {f, x, 1, options};
}

/// Whether f and f + e f' (t - x), with e as wide as a bar may be, round to the same values on all
/// of the input's domain: e |f'| w <= u |f|, where w is the way from x to the farther end.
bool hides(double slope, double value, double x, const Domain& box, DType dtype) {
  const double e = dtype == DType::f32 ? 0x1p-4 : 1e-4;
  const double width = box.kind == Domain::Kind::interval
                           ? std::max(round_to(dtype, box.b) - x, x - round_to(dtype, box.a))
                           : std::numeric_limits<double>::infinity();
  return e * std::abs(slope) * width <= unit_roundoff(dtype) * std::abs(value);
}

bool covers(const gradcheck::Estimate& r, double truth) {
  using Status = gradcheck::EstimateStatus;
  const bool known =
      r.status == Status::ok || r.status == Status::noise || r.status == Status::kink;
  return !known || r.excess(truth) <= 0;
}

}  // namespace

void Tally::add(const Case& result) {
  ++entries;
  inconclusive += result.judged ? 0 : 1;
  hidden += result.hidden ? 1 : 0;
  if (result.covered) return;
  ++uncovered;
  missed.push_back(result);
}

void Tally::add(const Tally& other) {
  entries += other.entries;
  uncovered += other.uncovered;
  inconclusive += other.inconclusive;
  hidden += other.hidden;
  missed.insert(missed.end(), other.missed.begin(), other.missed.end());
}

Function::Function(std::string name, const std::string& path, const std::string& text)
    : name_(std::move(name)) {
  expressions::Diagnostics diagnostics;
  const expressions::Document document =
      expressions::Document::load(expressions::SourceFile::from_text(path, text), diagnostics);
  std::optional<expressions::Instance> instance;
  if (!diagnostics.has_errors()) instance = document.instantiate({}, diagnostics);
  if (!instance) throw std::invalid_argument(name_ + " cannot be read");
  instance_ = std::move(*instance);
  if (instance_.output == no_value || instance_.inputs.empty())
    throw std::invalid_argument(name_ + " has no inputs or no result");
  const auto branches = [](const Value& value) {
    return value.kind == Value::Kind::operation && value.operation->name() == "where";
  };
  if (std::ranges::any_of(instance_.program.values(), branches))
    throw std::invalid_argument(name_ + " has branches");
  for (const Leaf& leaf : instance_.program.leaves()) {
    if (leaf.shape.numel() != 1)
      throw std::invalid_argument(name_ + " has an input of several entries");
    const bool interval = leaf.domain.kind == Domain::Kind::interval;
    bounded_ = bounded_ && interval && std::isfinite(leaf.domain.a) && std::isfinite(leaf.domain.b);
  }
}

Point Function::draw_point(Draw draw, DType dtype, Random& random) const {
  Point point;
  for (const Leaf& leaf : instance_.program.leaves()) {
    double x = round_to(dtype, drawn(leaf.domain, draw, random));
    if (leaf.domain.kind == Domain::Kind::interval)
      x = std::clamp(x, round_to(dtype, leaf.domain.a), round_to(dtype, leaf.domain.b));
    point.push_back({x});
  }
  return point;
}

bool Function::admissible(const Program& program, const Point& point) const {
  if (!std::isfinite(values(program, point, {instance_.output})[0])) return false;
  if (instance_.preconditions.empty()) return true;
  const std::vector<double> hold = values(program, point, instance_.preconditions);
  return std::all_of(hold.begin(), hold.end(), [](double mask) { return mask != 0; });
}

void Function::compare(Tally& tally, const Program& program, const Point& point) const {
  gradcheck::Differences differences = as_black_box(program, point, instance_.output);
  const auto tolerance = gradcheck::Tolerance::standard(program.dtype);
  const double value = values(program, point, {instance_.output})[0];
  for (std::size_t j = 0; j < point.size(); ++j) {
    const proof::Enclosure proven =
        proof::derivatives(program, point, instance_.output, {.leaf = j})[0];
    if (proven.outcome != proof::Outcome::enclosed || proven.kinked) continue;
    const double truth = proven.derivative.midpoint();
    if (!std::isfinite(round_to(program.dtype, truth))) continue;
    const gradcheck::Truth seen = differences.by_entry(j)[0];
    const auto verdict = gradcheck::judge_black_box(round_to(program.dtype, truth), seen, 0,
                                                    tolerance, program.dtype);
    tally.add({.function = name_,
               .point = point,
               .input = j,
               .truth = truth,
               .estimate = seen.estimate.value,
               .bar = seen.estimate.error_bar,
               .covered = covers(seen.estimate, truth),
               .judged = verdict.verdict == gradcheck::Verdict::pass,
               .hidden = truth != 0 && hides(truth, value, point[j][0], program.leaves()[j].domain,
                                             program.dtype)});
  }
}

Tally Function::survey(DType dtype, Draw draw, int points, std::uint64_t seed) const {
  Program program = instance_.program;
  program.dtype = dtype;
  Tally tally;
  Random random(seed);
  for (int drawn = 0, found = 0; found < points && drawn < most_draws * points; ++drawn) {
    const Point point = draw_point(draw, dtype, random);
    if (!admissible(program, point)) continue;
    ++found;
    compare(tally, program, point);
  }
  return tally;
}

}  // namespace verigrad::bars
