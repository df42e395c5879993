#include "runner/accuracy_row.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <set>

#include "gradcheck/position.hpp"
#include "runner/percentile.hpp"

namespace verigrad::runner {
namespace {

using reports::AccuracyRow;
using reports::AccuracyVerdict;
using reports::PointOrigin;
using State = EntryAccuracy::State;

constexpr double most_ulps = 8, most_times = 8;
constexpr std::size_t most_samples = 256;

std::size_t bucket(double ulps) {
  if (ulps <= 1) return 1;
  return 1 + static_cast<std::size_t>(std::ceil(std::log2(ulps)));
}

/// What is added up over all samples of one row.
class Collector {
 public:
  Collector(const std::string& path, const MeasuredDerivative& derivative,
            const std::vector<MeasuredSample>& samples)
      : derivative_(derivative), samples_(samples) {
    const expressions::Instance& instance = samples.front().sample->instance;
    const expressions::Judgement& judgement = instance.judgements[derivative.judgement];
    unit_ = unit_roundoff(instance.program.dtype);
    row_.id = fmt::format("{}:{}", path, judgement.line);
    row_.line = static_cast<std::int64_t>(judgement.line);
    row_.column = judgement.line == 0 ? 0 : static_cast<std::int64_t>(judgement.where.column);
    row_.output = judgement.output_name;
    row_.wrt = instance.program.leaves()[derivative.leaf].name;
    row_.dtype = instance.program.dtype == DType::f32 ? "f32" : "f64";
  }

  MeasuredRow row() {
    for (const MeasuredSample& measured : samples_) {
      const bool drawn = measured.origin == PointOrigin::drawn;
      const bool overflows = value_overflows(*measured.sample);
      row_.rejected += drawn ? measured.sample->rejected : 0;
      row_.points += drawn;
      row_.value_overflow += drawn && overflows;
      value_overflowed_ = value_overflowed_ || overflows;
      for (std::size_t i = 0; i < measured.entries.size(); ++i) {
        if (drawn) count(measured.entries[i]);
        add(measured, i);
      }
    }
    row_.ulps = ulp_statistics(ulps_, rounded_, unit_ == 0x1p-24 ? 32 : 64);
    row_.ulps.max =
        std::max(row_.ulps.max,
                 met_.contains(State::overflow) ? std::numeric_limits<double>::infinity() : most_);
    std::ranges::sort(conditions_);
    if (!conditions_.empty()) row_.condition_median = percentile(conditions_, 50);
    thin_samples();
    decide();
    return {std::move(row_), worst_sample_};
  }

 private:
  bool value_overflows(const Sample& sample) const {
    const ValueId output = sample.instance.judgements[derivative_.judgement].output;
    return std::ranges::find(sample.overflowed, output) != sample.overflowed.end();
  }

  /// Of a random point.
  void count(const EntryAccuracy& entry) {
    if (entry.condition) conditions_.push_back(*entry.condition);
    row_.truth_bits = std::max(row_.truth_bits, entry.truth_bits);
    switch (entry.state) {
      case State::undecided:
        ++row_.undecided;
        if (reason_.empty()) reason_ = entry.reason;
        return;
      case State::non_smooth:
        ++row_.non_smooth;
        return;
      case State::wrong_zero:
        ++row_.wrong_zeros;
        return;
      case State::cancelled_zero:
        ++row_.wrong_zeros;
        ++cancelled_zeros_;
        return;
      case State::overflow:
        ++row_.overflow;
        ulps_.push_back(entry.ulps);
        return;
      case State::wrong_rule:
        ++wrong_rules_;
        return;
      case State::compared:
        ulps_.push_back(entry.ulps);
        rounded_ += entry.computed == entry.truth;
        row_.underflow += entry.computed == 0 && entry.truth != 0;
        row_.wrong_signs += entry.computed != 0 && entry.truth != 0 &&
                            std::signbit(entry.computed) != std::signbit(entry.truth);
    }
  }

  /// Of any point.
  void add(const MeasuredSample& measured, std::size_t i) {
    const EntryAccuracy& entry = measured.entries[i];
    if (entry.condition)
      row_.condition_max = std::max(row_.condition_max.value_or(0), *entry.condition);
    if (severity(entry.state) < 0) return;
    met_.insert(entry.state);
    if (entry.state == State::compared) add_error(entry);
    if (entry.state == State::compared || entry.state == State::overflow)
      add_sample(measured, i, entry);
    take_worst(measured, i);
  }

  void add_error(const EntryAccuracy& entry) {
    most_ = std::max(most_, entry.ulps);
    row_.relative_max = std::max(row_.relative_max.value_or(0), entry.relative_error);
    if (entry.condition) {
      const double ratio = entry.relative_error / ((1 + *entry.condition) * unit_);
      row_.instability = std::max(row_.instability.value_or(0), ratio);
      if (entry.ulps > most_ulps) excess_ = std::max(excess_, ratio);
    } else {
      unexplained_ += entry.ulps > most_ulps;
    }
  }

  void add_sample(const MeasuredSample& measured, std::size_t i, const EntryAccuracy& entry) {
    const auto columns = measured.sample->point[derivative_.leaf].size();
    row_.samples.push_back(
        {measured.sample->point[derivative_.leaf][i % columns], entry.ulps, entry.condition});
  }

  /// Wrong rules; overflows of the function, where the derivative is not 0 first; overflows and
  /// wrong zeros of the derivative; large errors in ulps; zeros that cancelling terms explain;
  /// small errors.
  int rank(const Sample& sample, const EntryAccuracy& entry) const {
    if (entry.state == State::wrong_rule) return 6;
    if (value_overflows(sample)) return entry.truth != 0 ? 5 : 4;
    if (severity(entry.state) > 0) return 3;
    if (entry.state == State::cancelled_zero) return 1;
    return entry.ulps > most_ulps ? 2 : 0;
  }

  void take_worst(const MeasuredSample& measured, std::size_t i) {
    const EntryAccuracy& entry = measured.entries[i];
    const int own = rank(*measured.sample, entry);
    if (row_.worst && (own < worst_rank_ || (own == worst_rank_ && entry.ulps <= row_.worst->ulps)))
      return;
    worst_rank_ = own;
    worst_sample_ = measured.sample;
    const Program& program = measured.sample->instance.program;
    const Shape& out =
        program.shape(measured.sample->instance.judgements[derivative_.judgement].output);
    const Shape& in = program.leaves()[derivative_.leaf].shape;
    reports::WorstPoint& worst = row_.worst.emplace();
    worst.index =
        gradcheck::unravelled(static_cast<std::int64_t>(i), out.rank() == 0 ? in : joined(out, in));
    worst.point = measured.sample->index;
    worst.origin = measured.origin;
    for (std::size_t leaf = 0; leaf < program.leaves().size(); ++leaf)
      worst.inputs.emplace_back(program.leaves()[leaf].name, measured.sample->point[leaf]);
    worst.computed = entry.computed;
    worst.truth = entry.truth;
    worst.ulps = entry.ulps;
    worst.condition = entry.condition;
  }

  /// The largest errors and, of the others, as many as fit, evenly spaced.
  void thin_samples() {
    if (row_.samples.size() <= most_samples) return;
    std::ranges::stable_sort(row_.samples, std::greater(), &reports::AccuracySample::ulps);
    constexpr std::size_t largest = most_samples / 4;
    const double step = static_cast<double>(row_.samples.size() - largest) /
                        static_cast<double>(most_samples - largest);
    for (std::size_t k = largest; k < most_samples; ++k)
      row_.samples[k] =
          row_.samples[largest + static_cast<std::size_t>(static_cast<double>(k - largest) * step)];
    row_.samples.resize(most_samples);
  }

  /// "at 3 of 256 entries", or what only the search or the corpus has met.
  static std::string places(std::int64_t count, std::int64_t all) {
    return count > 0 ? fmt::format("at {} of {} entries", count, all) : "at the worst point";
  }

  std::string excess() const {
    return fmt::format("errors of up to {:.2g} times what a rounding of the inputs causes",
                       excess_);
  }

  void decide() {
    const std::int64_t known = row_.ulps.n + row_.wrong_zeros + wrong_rules_;
    const std::int64_t all = known + row_.undecided + row_.non_smooth;
    const auto call = [&](AccuracyVerdict verdict, std::string reason) {
      row_.verdict = verdict;
      row_.reason = std::move(reason);
    };
    if (met_.contains(State::wrong_rule))
      call(AccuracyVerdict::wrong, "the rule is proven wrong " + places(wrong_rules_, all));
    else if (row_.undecided * 100 > all)
      call(AccuracyVerdict::undecided,
           fmt::format("{} of {} entries: {}", row_.undecided, all, reason_));
    else if (row_.non_smooth * 2 > all)
      call(AccuracyVerdict::non_smooth,
           fmt::format("no derivative at {} of {} entries", row_.non_smooth, all));
    else if (value_overflowed_)
      call(AccuracyVerdict::unstable,
           row_.value_overflow > 0
               ? fmt::format("the function overflows at {} of {} points where its value is finite",
                             row_.value_overflow, row_.points)
               : "the function overflows at the worst point, where its value is finite");
    else if (met_.contains(State::overflow))
      call(AccuracyVerdict::unstable,
           fmt::format("not finite {} where the derivative is", places(row_.overflow, all)));
    else if (met_.contains(State::wrong_zero))
      call(AccuracyVerdict::unstable,
           fmt::format("not 0 {} where the derivative is",
                       places(row_.wrong_zeros - cancelled_zeros_, all)));
    else if (excess_ > most_times)
      call(AccuracyVerdict::unstable, excess());
    else if (unexplained_ > 0)
      call(AccuracyVerdict::undecided,
           fmt::format("errors of up to {:.2g} ulp at {} entries whose condition numbers are not "
                       "known",
                       most_, unexplained_));
    else if (most_ > most_ulps)
      call(AccuracyVerdict::ill_conditioned, fmt::format("{}, condition numbers up to {:.2g}",
                                                         excess(), row_.condition_max.value_or(0)));
    else if (met_.contains(State::cancelled_zero))
      call(AccuracyVerdict::ill_conditioned,
           fmt::format("not 0 {} where the derivative is, by the rounding of terms that cancel",
                       places(cancelled_zeros_, all)));
  }

  const MeasuredDerivative& derivative_;
  const std::vector<MeasuredSample>& samples_;
  AccuracyRow row_;
  std::vector<double> ulps_, conditions_;
  std::int64_t rounded_ = 0, wrong_rules_ = 0, cancelled_zeros_ = 0, unexplained_ = 0;
  std::string reason_;
  double excess_ = 0;  ///< the largest instability of errors above `most_ulps`
  bool value_overflowed_ = false;
  int worst_rank_ = 0;
  const Sample* worst_sample_ = nullptr;
  std::set<State> met_;  ///< at any point
  double most_ = 0;      ///< ulps
  double unit_ = 0;
};

}  // namespace

reports::UlpStatistics ulp_statistics(std::vector<double> ulps, std::int64_t rounded,
                                      double most_bits) {
  std::ranges::sort(ulps);
  reports::UlpStatistics result;
  result.n = static_cast<std::int64_t>(ulps.size());
  if (ulps.empty()) return result;
  result.median = percentile(ulps, 50);
  result.p90 = percentile(ulps, 90);
  result.p99 = percentile(ulps, 99);
  result.max = ulps.back();
  result.correctly_rounded = rounded;
  double bits = 0;
  for (const double each : ulps) {
    bits += std::min(std::log2(1 + each), most_bits);
    if (std::isinf(each)) continue;
    result.within_1 += each <= 1;
    result.within_4 += each <= 4;
    const std::size_t place = bucket(each);
    if (result.histogram.size() <= place) result.histogram.resize(place + 1);
    ++result.histogram[place];
  }
  result.mean_bits = bits / static_cast<double>(ulps.size());
  if (result.histogram.empty()) return result;
  result.histogram[0] = rounded;
  result.histogram[1] -= rounded;
  return result;
}

MeasuredRow accuracy_row(const std::string& path, const MeasuredDerivative& derivative,
                         const std::vector<MeasuredSample>& samples) {
  return Collector(path, derivative, samples).row();
}

}  // namespace verigrad::runner
