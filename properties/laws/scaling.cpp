// Inputs that are shifted or scaled before they are used.
#include <algorithm>
#include <array>
#include <cmath>

#include "properties/laws/agreement.hpp"
#include "properties/rewrite.hpp"

namespace verigrad::properties {
namespace {

/// A change of each entry of a leaf that can be undone without rounding.
struct Change {
  std::string_view operation;
  const char* text;
  double number;
};

double undone(const Change& change, double x) {
  return change.operation == "add" ? x - change.number : x / change.number;
}

double done(const Change& change, double x) {
  return change.operation == "add" ? x + change.number : x * change.number;
}

bool undoes(const Change& change, const std::vector<double>& entries) {
  return std::ranges::all_of(entries, [&](double x) {
    const double back = done(change, undone(change, x));
    return back == x && std::signbit(back) == std::signbit(x);
  });
}

/// The gradient at `done(y)`, where the program's leaves are, when the leaves are y. A leaf whose
/// entries do not come back keeps its place.
LawResult changed(Trial& trial, const std::array<Change, 2>& changes, std::string_view what) {
  std::vector<const Change*> chosen(trial.leaf_count(), nullptr);
  for (std::size_t leaf = 0; leaf < chosen.size(); ++leaf)
    if (const Change& change = changes[leaf % 2]; undoes(change, trial.point()[leaf]))
      chosen[leaf] = &change;
  Specimen other = rewritten(trial.specimen(), [&](Copy& copy, ValueId id) {
    const ValueId value = copy.same(id);
    const Value& old = copy.from()[id];
    if (old.kind != Value::Kind::leaf) return value;
    const Change* change = chosen[static_cast<std::size_t>(old.leaf)];
    if (change == nullptr) return value;
    return copy.to().add(*trial.operations().find(change->operation),
                         {value, copy.to().add_number(change->text, change->number)});
  });
  PerLeaf wanted = trial.gradient();
  for (std::size_t leaf = 0; leaf < chosen.size(); ++leaf) {
    if (chosen[leaf] == nullptr) continue;
    for (double& x : other.point[leaf]) x = undone(*chosen[leaf], x);
    if (chosen[leaf]->operation == "mul")
      for (double& slope : wanted[leaf]) slope *= chosen[leaf]->number;
  }
  return differ(trial, gradient_of(trial.engine(), other, trial.v()), wanted, what)
      .value_or(LawResult());
}

LawResult translation(Trial& trial) {
  return changed(trial, {{{"add", "0.25", 0.25}, {"add", "-1.5", -1.5}}}, "with leaves shifted");
}

LawResult scaling(Trial& trial) {
  return changed(trial, {{{"mul", "4", 4}, {"mul", "-0.5", -0.5}}}, "with leaves scaled");
}

constexpr Law laws_here[] = {
    {"translation", "C8", "the gradient of f(y + c) at y = x - c is that of f at x, exactly",
     Cost::cheap, Where::anywhere, Ending::open, translation},
    {"scaling", "C8", "the gradient of f(s y) at y = x / s is s times that of f at x, exactly",
     Cost::cheap, Where::anywhere, Ending::open, scaling},
};

}  // namespace

std::span<const Law> scaling_laws() { return laws_here; }

}  // namespace verigrad::properties
