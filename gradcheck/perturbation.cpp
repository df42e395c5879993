#include "gradcheck/perturbation.hpp"

#include <algorithm>
#include <cmath>

#include "engine/blocks.hpp"
#include "engine/error.hpp"
#include "engine/functions.hpp"
#include "engine/pairwise.hpp"
#include "gradcheck/sums.hpp"

namespace verigrad::gradcheck::detail {
namespace {

/// Repeats the first `count` numbers for the other lanes.
void repeat(double* numbers, std::size_t count, std::size_t lanes) {
  for (std::size_t lane = 1; lane < lanes; ++lane)
    std::copy_n(numbers, count, numbers + lane * count);
}

void gather(const double* from, const Places& places, double* to) {
  const std::size_t count = places.count();
  if (places.dense) {
    std::copy_n(from, count, to);
  } else {
    const std::int32_t* const offsets = places.offsets.data();
    for (std::size_t i = 0; i < count; ++i) to[i] = from[offsets[i]];
  }
}

}  // namespace

Perturbation::Perturbation(const Motion& motion, BaseValues& base)
    : motion_(motion),
      base_(base),
      memory_(motion.memory),
      here_(base.entries(motion.values.back().id)) {
  for (const Moving& value : motion_.values) {
    if (value.step == Moving::Step::leaf) std::fill_n(at(value.slot), value.places.count(), 1.0);
    if (value.step != Moving::Step::entries) continue;
    for (const Source& source : value.sources) arrange_fixed(source);
    sides_.resize(std::max(sides_.size(), Motion::most_lanes * value.each.count() + 8));
  }
}

void Perturbation::set_direction(std::size_t leaf, std::span<const double> slopes) {
  for (const Moving& value : motion_.values)
    if (value.step == Moving::Step::leaf && value.id == base_.program().leaf_value(leaf))
      std::copy(slopes.begin(), slopes.end(), at(value.slot));
}

void Perturbation::evaluate(std::span<const std::int64_t> index, std::span<const double> steps) {
  index_ = index;
  steps_ = steps;
  lanes_ = steps.size();
  defined_.fill(true);
  branches_.fill(0);
  reach_ = 0;
  for (const Moving& value : motion_.values) {
    step(value);
    if (value.straight && value.read_in_lanes) spread(value);
  }
  output_ = lanes_of(motion_.values.back());
  output_first_ = motion_.values.back().places.first(index);
}

void Perturbation::step(const Moving& value) {
  switch (value.step) {
    case Moving::Step::leaf:
      return;
    case Moving::Step::sum:
      return add_slopes(value);
    case Moving::Step::product:
      return value.straight ? straight_product(value) : product(value);
    case Moving::Step::entries:
      return entries(value);
    case Moving::Step::total:
      return reduce(value, lanes_of(moving(value.sources[0])), base_.entries(value.sources[0].id));
    case Moving::Step::whole:
      return whole(value);
  }
}

/// The entries of all lanes of a value that moves along a line.
void Perturbation::spread(const Moving& value) {
  const std::size_t count = value.places.count();
  const double* const slopes = at(value.slot);
  double* const to = at(value.lanes);
  double* const here = to + (lanes_ - 1) * count;
  gather(base_.entries(value.id) + value.places.first(index_), value.places, here);
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const double h = steps_[lane];
    double* const entries = to + lane * count;
    for (std::size_t i = 0; i < count; ++i) entries[i] = here[i] + h * slopes[i];
  }
}

void Perturbation::arrange_fixed(const Source& source) {
  if (source.kind != Source::Kind::fixed || source.places.follow) return;
  gather(base_.entries(source.id), source.places, at(source.slot));
  repeat(at(source.slot), source.places.count(), Motion::most_lanes);
}

/// `count` entries a lane, lane by lane.
const double* Perturbation::arrange(const Source& source, std::size_t count) {
  double* const to = at(source.slot);
  switch (source.kind) {
    case Source::Kind::lanes:
      return lanes_of(moving(source));
    case Source::Kind::number: {
      const double* const numbers = lanes_of(moving(source));
      for (std::size_t lane = 0; lane < lanes_; ++lane)
        std::fill_n(to + lane * count, count, numbers[lane]);
      return to;
    }
    case Source::Kind::mapped: {
      const double* const lanes = lanes_of(moving(source));
      const std::size_t own = moving(source).places.count();
      for (std::size_t lane = 0; lane < lanes_; ++lane)
        gather(lanes + lane * own, source.places, to + lane * count);
      return to;
    }
    case Source::Kind::fixed:
      if (!source.places.follow) return to;
      gather(base_.entries(source.id) + source.places.first(index_), source.places, to);
      repeat(to, count, lanes_);
      return to;
  }
  return to;
}

void Perturbation::add_slopes(const Moving& value) {
  double* const to = at(value.slot);
  const std::size_t count = value.places.count();
  bool fresh = true;
  for (std::size_t k = 0; k < value.sources.size(); ++k) {
    const Source& source = value.sources[k];
    if (source.moving < 0) continue;
    const bool negative =
        k == 1 ? value.signs == Moving::Signs::difference : value.signs == Moving::Signs::negative;
    const double sign = negative ? -1 : 1;
    const double* const slopes = at(moving(source).slot);
    const std::int32_t* const from = source.places.offsets.data();
    const auto add = [&](auto slope) {
      if (fresh) {
        for (std::size_t i = 0; i < count; ++i) to[i] = sign * slope(i);
      } else {
        for (std::size_t i = 0; i < count; ++i) to[i] += sign * slope(i);
      }
    };
    if (source.places.dense) {
      add([=](std::size_t i) { return slopes[i]; });
    } else {
      add([=](std::size_t i) { return slopes[from[i]]; });
    }
    fresh = false;
  }
}

void Perturbation::entries(const Moving& value) {
  const std::size_t count = value.each.count();
  std::array<const double*, 4> operands{};
  for (std::size_t k = 0; k < value.sources.size(); ++k)
    operands[k] = arrange(value.sources[k], count);
  double* const to = at(value.reduces ? value.scratch : value.slot);
  const auto total = static_cast<std::int64_t>(lanes_ * count);
  for (std::size_t k = 0; lanes_ > 1 && k < value.sources.size(); ++k)
    if (value.sources[k].moving >= 0) measure_reach(value.sources[k], operands[k], count);
  value.kernel(operands.data(), to, total);
  const EntryRule<double>& rule = base_.program()[value.id].operation->f64.entries;
  if (rule.sides != nullptr) compare_sides(value, operands.data());
  if (value.reduces) reduce(value, to, value.complete ? nullptr : base_.each(value.id).data());
}

void Perturbation::measure_reach(const Source& source, const double* entries, std::size_t count) {
  const Smoothness& smoothness = source.smoothness;
  if (smoothness.is_polynomial()) return;
  const double* const one = entries + (lanes_ - 2) * count;
  const double* const other = one + count;
  smoothness.with_radius([&](auto radius) {
    const double largest = largest_of(count, [&](auto load) {
      const auto a = load(one), b = load(other);
      return abs(a - b) / radius(0.5 * (a + b));
    });
    reach_ = maximum(reach_, largest / 2);
  });
}

void Perturbation::compare_sides(const Moving& value, const double* const* operands) {
  const std::size_t count = value.each.count();
  const EntryRule<double>& rule = base_.program()[value.id].operation->f64.entries;
  rule.sides(operands, sides_.data(), static_cast<std::int64_t>(lanes_ * count));
  const std::int64_t* const here = base_.sides(value.id).data() + value.each.first(index_);
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const std::int64_t* const there = sides_.data() + lane * count;
    std::int64_t differences = 0;
    if (value.each.dense) {
      for (std::size_t i = 0; i < count; ++i) differences |= there[i] ^ here[i];
    } else {
      for (std::size_t i = 0; i < count; ++i) differences |= there[i] ^ here[value.each.offsets[i]];
    }
    if (differences == 0) continue;
    Branches branches;
    branches.add(static_cast<std::int64_t>(branches_[lane]));
    for (std::size_t i = 0; i < count; ++i) branches.add(there[i]);
    branches_[lane] = branches.hash();
  }
}

/// The sum of the entries; where some terms do not move, the sum at the point and what is added.
void Perturbation::reduce(const Moving& value, const double* each, const double* unmoved) {
  const std::size_t count = value.each.count();
  double* const to = at(value.slot);
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    const double* const terms = each + lane * count;
    if (value.complete) {
      to[lane] = pairwise_sum(terms, static_cast<std::int64_t>(count)) / value.divisor;
      continue;
    }
    PairwiseSum added;
    const double* const here = unmoved + value.each.first(index_);
    for (std::size_t i = 0; i < count; ++i) added.add(terms[i] - here[value.each.offsets[i]]);
    to[lane] = base_.entries(value.id)[0] + added.value() / value.divisor;
  }
}

/// All entries of the result by the engine, lane by lane.
void Perturbation::whole(const Moving& value) {
  static const Attributes none;
  const NoGrad values_only;
  const Value& made = base_.program()[value.id];
  const Operation& operation = *made.operation;
  for (std::size_t lane = 0; lane < lanes_; ++lane) {
    std::vector<Tensor<double>> operands;
    for (const Source& source : value.sources) {
      operands.push_back(base_.tensor(source.id));
      if (source.moving < 0) continue;
      operands.back() = operands.back().clone_entries();
      const Places& places = moving(source).places;
      const double* const from = lanes_of(moving(source)) + lane * places.count();
      double* const to = operands.back().mutable_data() + places.first(index_);
      for (std::size_t i = 0; i < places.count(); ++i) to[places.offsets[i]] = from[i];
    }
    try {
      const Tensor<double> result = apply<double>(operation, operands, made.attributes);
      std::copy_n(result.data(), value.places.count(),
                  at(value.slot) + lane * value.places.count());
      if (operation.f64.branch == nullptr) continue;
      Branches branches;
      operation.f64.branch(operands, made.attributes ? *made.attributes : none, branches);
      if (branches.hash() == base_.branch(value.id)) continue;
      Branches all;
      all.add(static_cast<std::int64_t>(branches_[lane]));
      all.add(static_cast<std::int64_t>(branches.hash()));
      branches_[lane] = all.hash();
    } catch (const Error&) {  // outside the operation's domain
      defined_[lane] = false;
      std::fill_n(at(value.slot) + lane * value.places.count(), value.places.count(), 0.0);
    }
  }
}

}  // namespace verigrad::gradcheck::detail
