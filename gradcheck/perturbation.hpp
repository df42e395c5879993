// Values of a Program near a point, several at a time.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "engine/pool.hpp"
#include "gradcheck/base_values.hpp"
#include "gradcheck/motion.hpp"

namespace verigrad::gradcheck::detail {

/// Evaluates what a Motion says moves, at up to Motion::most_lanes displacements at once (lanes):
/// with the engine's kernels for entries, and for sums of products by what is added to the sums at
/// the point. That rounds less than a sum from the start, and what the sums at the point were
/// rounded by is the same in all lanes.
class Perturbation {
 public:
  /// Both must outlive it.
  Perturbation(const Motion& motion, BaseValues& base);

  /// The line that the leaf moves along, for line_motion: entries are those of the point + h times
  /// these.
  void set_direction(std::size_t leaf, std::span<const double> slopes);

  /// Evaluates at the displacements `steps`. For entry_motion `index` is the entry that moves; the
  /// displacement of a coordinate x that stands at t is t - x.
  void evaluate(std::span<const std::int64_t> index, std::span<const double> steps);

  const Motion& motion() const { return motion_; }
  /// How many entries of the output move, and where entry i stands.
  std::size_t outputs() const { return motion_.values.back().places.count(); }
  std::size_t place(std::size_t i) const {
    return static_cast<std::size_t>(output_first_ + motion_.values.back().places.offsets[i]);
  }
  /// Entry i of the output in a lane.
  double value(std::size_t lane, std::size_t i) const { return output_[lane * outputs() + i]; }
  /// The same where nothing is displaced.
  double value_at_point(std::size_t i) const { return here_[place(i)]; }
  /// How far operands move in the last two lanes against their radius of smoothness, the largest of
  /// these ratios: half of the way from one lane to the other, as of x + h and x - h.
  double reach() const { return reach_; }
  /// False outside the domain.
  bool defined(std::size_t lane) const { return defined_[lane]; }
  /// Which sides of kinks were taken: 0 if the same as at the point.
  std::uint64_t branch(std::size_t lane) const { return branches_[lane]; }

 private:
  void arrange_fixed(const Source& source);
  const double* arrange(const Source& source, std::size_t count);
  const Moving& moving(const Source& source) const {
    return motion_.values[static_cast<std::size_t>(source.moving)];
  }
  double* at(std::size_t slot) { return memory_.data() + slot; }
  /// All moving entries of a value, lane by lane.
  const double* lanes_of(const Moving& value) {
    return at(value.straight ? value.lanes : value.slot);
  }

  void step(const Moving& value);
  void add_slopes(const Moving& value);
  void straight_product(const Moving& value);
  void product(const Moving& value);
  void product_of_column(const Moving& value);
  void product_of_row(const Moving& value);
  void add_bias(const Moving& value);
  void entries(const Moving& value);
  void measure_reach(const Source& source, const double* entries, std::size_t count);
  void compare_sides(const Moving& value, const double* const* operands);
  void reduce(const Moving& value, const double* each, const double* unmoved);
  void whole(const Moving& value);
  void spread(const Moving& value);

  const Motion& motion_;
  BaseValues& base_;
  PoolBlock<double> memory_;
  PoolVector<std::int64_t> sides_;
  std::span<const std::int64_t> index_;
  std::span<const double> steps_;
  std::size_t lanes_ = 0;
  std::int64_t output_first_ = 0;
  const double* output_ = nullptr;
  const double* here_ = nullptr;
  double reach_ = 0;
  std::array<bool, Motion::most_lanes> defined_{};
  std::array<std::uint64_t, Motion::most_lanes> branches_{};
};

}  // namespace verigrad::gradcheck::detail
