#include "proof/jacobian.hpp"

#include <algorithm>
#include <utility>

#include "proof/tape.hpp"

namespace verigrad::proof {
namespace {

/// From here on germs may decide what a sweep leaves undecided.
constexpr slong enough_bits = 1024;
/// Hulls are as wide as kinks make them, whatever the precision.
constexpr slong hull_bits = 256;

/// Gives up on what is still undecided.
void exhaust(std::vector<Enclosure>& entries) {
  for (Enclosure& entry : entries)
    if (entry.outcome == Outcome::undecided) entry.outcome = Outcome::exhausted;
}

Ball lower_end(const Ball& ball) {
  Ball end;
  arb_get_lbound_arf(arb_midref(end.get()), ball.get(), working_bits);
  return end;
}

Ball upper_end(const Ball& ball) {
  Ball end;
  arb_get_ubound_arf(arb_midref(end.get()), ball.get(), working_bits);
  return end;
}

}  // namespace

Jacobian::Jacobian(Outputs outputs, std::vector<Field> leaves, std::vector<bool> differentiable,
                   DType dtype, const Limits& limits)
    : function_(std::move(outputs.function)),
      leaves_(std::move(leaves)),
      differentiable_(std::move(differentiable)),
      dtype_(dtype),
      limits_(limits),
      rows_(outputs.count),
      entries_(leaves_.size()),
      settled_(leaves_.size(), false) {
  for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf)
    if (differentiable_[leaf]) entries_[leaf].resize(rows_ * leaves_[leaf].entries.size());
}

const std::vector<Enclosure>& Jacobian::by(std::size_t leaf) {
  const WorkLimit limit(limits_.work, limits_.seconds);
  try {
    if (!swept_) sweep();
    if (!settled_[leaf] && !failed_.empty()) settle(leaf);
  } catch (const WorkExhausted&) {
    std::ranges::for_each(entries_, exhaust);
  }
  swept_ = settled_[leaf] = true;
  return entries_[leaf];
}

void Jacobian::sweep() {
  std::vector<bool> open(rows_, true), failed(rows_, false);
  for (slong bits = limits_.first_bits; bits <= limits_.last_bits; bits *= 2) {
    const Precision precision(bits);
    sweep_rows(open, failed);
    if (std::ranges::find(open, true) == open.end()) break;
  }
  for (std::size_t row = 0; row < rows_; ++row)
    if (failed[row]) failed_.push_back(row);
}

void Jacobian::sweep_rows(std::vector<bool>& open, std::vector<bool>& failed) {
  Tape tape;
  const std::vector<Field> traced = trace_leaves(tape);
  const std::vector<Series> outputs = function_(traced);
  const bool enough = working_bits >= enough_bits || 2 * working_bits > limits_.last_bits;
  for (std::size_t row = 0; row < rows_; ++row) {
    if (!open[row]) continue;
    if (outputs[row].ok()) {
      read(tape, outputs[row], row, traced, entries_);
      open[row] = false;
      for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf)
        for (std::size_t j = 0; differentiable_[leaf] && j < leaves_[leaf].entries.size(); ++j)
          open[row] = open[row] || entry(entries_, leaf, row, j).outcome == Outcome::undecided;
    } else if (outputs[row].status() != Status::undecided || enough) {
      open[row] = false;
      failed[row] = true;
    }
  }
}

std::vector<Field> Jacobian::trace_leaves(Tape& tape) const {
  std::vector<Field> traced = leaves_;
  for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf)
    if (differentiable_[leaf])
      for (Series& at : traced[leaf].entries) at = tape.variable(at.value());
  return traced;
}

void Jacobian::read(const Tape& tape, const Series& output, std::size_t row,
                    std::span<const Field> traced, PerLeaf& into) const {
  const Ball one(1);
  const Tape::Sweep swept(tape, std::span(&output, 1), std::span(&one, 1));
  for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf) {
    if (!differentiable_[leaf]) continue;
    for (std::size_t j = 0; j < leaves_[leaf].entries.size(); ++j) {
      const Series& variable = traced[leaf].entries[j];
      const Ball& slope = swept.derivative(variable);
      entry(into, leaf, row, j) = {
          .outcome = sharp(slope, limits_, dtype_) ? Outcome::enclosed : Outcome::undecided,
          .value = output.value(),
          .derivative = slope,
          .left = slope,
          .right = slope,
          .paths = swept.paths(variable),
          .bits = working_bits};
    }
  }
}

void Jacobian::sweep_hulls() {
  const Precision precision(hull_bits);
  hulls_ = entries_;
  Tape tape(Tape::Kinks::hulls);
  const std::vector<Field> traced = trace_leaves(tape);
  const std::vector<Series> outputs = function_(traced);
  for (const std::size_t row : failed_)
    if (outputs[row].ok()) read(tape, outputs[row], row, traced, hulls_);
}

void Jacobian::settle(std::size_t leaf) {
  if (hulls_.empty()) sweep_hulls();
  for (const std::size_t row : failed_)
    for (std::size_t j = 0; j < leaves_[leaf].entries.size(); ++j)
      entry(entries_, leaf, row, j) = entry(hulls_, leaf, row, j);
  const std::vector<std::size_t> wide = wide_columns(leaf);
  if (wide.size() > limits_.kinked_inputs) return take_hulls(leaf, wide);
  for (const std::size_t column : wide) decide_by_germs(leaf, column);
}

std::vector<std::size_t> Jacobian::wide_columns(std::size_t leaf) const {
  std::vector<std::size_t> wide;
  const std::size_t columns = leaves_[leaf].entries.size();
  for (std::size_t j = 0; j < columns; ++j)
    if (std::ranges::any_of(failed_, [&](std::size_t row) {
          return entries_[leaf][row * columns + j].outcome != Outcome::enclosed;
        }))
      wide.push_back(j);
  return wide;
}

void Jacobian::take_hulls(std::size_t leaf, const std::vector<std::size_t>& wide) {
  for (const std::size_t row : failed_)
    for (const std::size_t j : wide) {
      Enclosure& at = entry(entries_, leaf, row, j);
      if (at.outcome == Outcome::enclosed) continue;
      if (!at.paths) {
        at.outcome = Outcome::flat;
        continue;
      }
      at.outcome = Outcome::enclosed;
      at.kinked = true;
      at.conventions = at.derivative;
      at.left = lower_end(at.derivative);
      at.right = upper_end(at.derivative);
    }
}

void Jacobian::decide_by_germs(std::size_t leaf, std::size_t column) {
  const Direction unit = [&] {
    return std::vector{Motion{.leaf = leaf, .entry = static_cast<std::int64_t>(column)}};
  };
  const std::vector<Enclosure> proven = along(function_, leaves_, unit, dtype_, limits_);
  for (const std::size_t row : failed_) {
    Enclosure& at = entry(entries_, leaf, row, column);
    if (at.outcome == Outcome::enclosed) continue;
    const Enclosure hull = at;
    at = proven[row];
    at.paths = hull.paths;
    if (!hull.paths) continue;
    at.conventions = hull.derivative;
    if (at.bits == 0 && at.outcome == Outcome::undecided) {
      at.derivative = at.left = at.right = hull.derivative;
      at.bits = hull.bits;
    }
  }
}

}  // namespace verigrad::proof
