#include "gradcheck/blame.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "proof/alike.hpp"
#include "proof/evaluate.hpp"
#include "proof/work.hpp"

namespace verigrad::gradcheck {
namespace {

using proof::Ball;
using proof::Series;

constexpr slong bits = 512;
constexpr std::size_t most_operations = 2000;
constexpr double most_work = 1e7;
constexpr double infinity = std::numeric_limits<double>::infinity();

class Blame {
 public:
  Blame(const Program& program, const Point& point, ValueId root, std::size_t entry)
      : program_(program),
        leaves_(proof::constant_leaves(program, point)),
        root_(root),
        entry_(entry),
        exact_(evaluated({})) {}

  std::optional<std::vector<Culprit>> find() const {
    if (!exact_.ok()) return std::nullopt;
    std::vector<Culprit> culprits;
    // What is alike is rounded alike, and counts once.
    const std::vector<ValueId> first =
        proof::first_alike(program_, program_.reachable(std::span(&root_, 1)));
    for (ValueId id = 0; id <= root_; ++id) {
      if (first[static_cast<std::size_t>(id)] != id || !rounds(program_[id])) continue;
      if (const double effect = effect_of(id); effect > 0)
        culprits.push_back({.value = id, .effect = effect});
    }
    make_shares(culprits);
    for (Culprit& each : culprits) each.overflows = each.overflows || leaves_the_range(each.value);
    return culprits;
  }

 private:
  static void make_shares(std::vector<Culprit>& culprits) {
    double finite = 0, infinite = 0;
    for (const Culprit& each : culprits)
      if (std::isinf(each.effect))
        infinite += 1;
      else
        finite += each.effect;
    for (Culprit& each : culprits) {
      each.overflows = std::isinf(each.effect);
      if (infinite > 0)
        each.share = each.overflows ? 1 / infinite : 0;
      else
        each.share = each.effect / finite;
    }
  }

  static bool rounds(const Value& value) {
    return value.kind == Value::Kind::operation ||
           (value.kind == Value::Kind::number && !value.text.empty());
  }

  Series evaluated(const proof::Reading& reading) const {
    return proof::evaluate(program_, leaves_, root_, reading).entries[entry_];
  }

  /// How far the result moves; infinite when it is lost altogether.
  double effect_of(ValueId id) const {
    const Series moved = evaluated({.rounded = id});
    if (!moved.ok()) return infinity;
    return std::abs((moved.value() - exact_.value()).midpoint());
  }

  bool leaves_the_range(ValueId id) const {
    for (const Series& entry : proof::evaluate(program_, leaves_, id).entries) {
      if (!entry.ok()) continue;
      const double rounded = round_to(program_.dtype, entry.value().midpoint());
      if (std::isinf(rounded) || (rounded == 0 && !entry.value().is(0))) return true;
    }
    return false;
  }

  const Program& program_;
  std::vector<proof::Field> leaves_;
  ValueId root_;
  std::size_t entry_;
  Series exact_;
};

std::size_t operations_of(const Program& program, ValueId root) {
  std::size_t count = 0;
  for (const bool reached : program.reachable(std::span(&root, 1))) count += reached;
  return count;
}

}  // namespace

std::optional<std::vector<Culprit>> find_culprits(const Program& program, const Point& point,
                                                  ValueId root, std::size_t entry) {
  if (proof::first_uncovered(program, root) || operations_of(program, root) > most_operations)
    return std::nullopt;
  const proof::Precision precision(bits);
  const proof::WorkLimit limit(most_work);
  try {
    return Blame(program, point, root, entry).find();
  } catch (const proof::WorkExhausted&) {
    return std::nullopt;
  }
}

std::optional<Culprit> find_culprit(const Program& program, const Point& point, ValueId root,
                                    std::size_t entry) {
  const std::optional<std::vector<Culprit>> all = find_culprits(program, point, root, entry);
  if (!all || all->empty()) return std::nullopt;
  return *std::ranges::max_element(*all, {}, &Culprit::share);
}

}  // namespace verigrad::gradcheck
