#include "gradcheck/numeric_ladder.hpp"

#include <algorithm>
#include <cmath>

namespace verigrad::gradcheck::detail {

Ladder::Ladder(const Path& path, double x, std::size_t outputs, const NumericOptions& options)
    : path_(path), x_(x), outputs_(outputs), options_(options) {
  base_ = evaluate(x);
}

double Ladder::spacing(double magnitude) const {
  if (options_.float_coordinates) {
    const auto narrow = static_cast<float>(magnitude);
    return static_cast<double>(std::nextafter(narrow, std::numeric_limits<float>::infinity())) -
           static_cast<double>(narrow);
  }
  return std::nextafter(magnitude, std::numeric_limits<double>::infinity()) - magnitude;
}

double Ladder::exact_step(double h) const {
  const double unit = spacing(std::fabs(x_) + h);
  if (!(unit > 0) || !std::isfinite(unit)) return 0;
  double count = std::nearbyint(h / unit);
  if (count > 8 && std::fmod(count, 2) == 0) count += 1;
  return count * unit;
}

Ladder::Level* Ladder::level(double h) {
  auto place = std::lower_bound(levels_.begin(), levels_.end(), h,
                                [](const Level& one, double step) { return one.h < step; });
  for (auto near : {place, place == levels_.begin() ? place : std::prev(place)}) {
    if (near != levels_.end() && std::fabs(near->h - h) <= 0.1 * h) return &*near;
  }
  Level fresh;
  fresh.h = h;
  return &*levels_.insert(place, std::move(fresh));
}

Ladder::Sample Ladder::evaluate(double t, bool beyond) {
  Sample sample;
  sample.tried = true;
  sample.h = std::fabs(t - x_);
  sample.outside = t < options_.lower || t > options_.upper;
  if (!std::isfinite(t) || (sample.outside && !beyond)) return sample;
  sample.values.assign(outputs_, 0.0);
  const PathPoint point = path_(t, sample.values);
  ++evaluations_;
  sample.defined = point.defined;
  sample.branch = point.branch;
  return sample;
}

void Ladder::add_outside() {
  for (Level& one : levels_) {
    for (const Side side : {Side::right, Side::left}) {
      Sample& sample = one.sides[static_cast<std::size_t>(side)];
      if (!sample.outside || !sample.values.empty() || exhausted()) continue;
      sample = evaluate(side == Side::right ? x_ + sample.h : x_ - sample.h, true);
    }
  }
}

bool Ladder::add(double h) {
  const bool right = add(h, Side::right);
  return add(h, Side::left) || right;
}

bool Ladder::add(double h, Side side) {
  h = exact_step(h);
  if (!(h > 0) || !std::isfinite(h) || exhausted()) return false;
  Sample& sample = level(h)->sides[static_cast<std::size_t>(side)];
  if (sample.tried) return false;
  double t = side == Side::right ? x_ + h : x_ - h;
  if (options_.float_coordinates) t = static_cast<double>(static_cast<float>(t));
  if (t == x_) return false;
  const int before = evaluations_;
  sample = evaluate(t);
  return evaluations_ > before;
}

}  // namespace verigrad::gradcheck::detail
