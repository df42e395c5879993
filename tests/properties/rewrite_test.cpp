// Copies of programs with changes on the way.
#include "properties/rewrite.hpp"

#include <gtest/gtest.h>

#include "expressions/document.hpp"
#include "expressions/print_program.hpp"

namespace verigrad::properties {
namespace {

Specimen specimen(const std::string& source, Point point) {
  const expressions::Instance instance = expressions::elaborate(source);
  return {instance.program, instance.output, std::move(point)};
}

constexpr auto source = "input x : [2]\ninput unused : [3]\ny = exp(x) * 2 + x\n";

TEST(Rewrite, WithoutChangesIsTheSameProgramWithAllLeaves) {
  const Specimen original = specimen(source, {{1, 2}, {3, 4, 5}});
  const Specimen copy = rewritten(original, [](Copy& to, ValueId id) { return to.same(id); });
  EXPECT_EQ(expressions::print(copy.program, copy.output),
            expressions::print(original.program, original.output));
  ASSERT_EQ(copy.program.leaves().size(), 2U);
  EXPECT_EQ(copy.program.leaves()[1].name, "unused");
  EXPECT_EQ(copy.point, original.point);
}

TEST(Rewrite, PutsWhatIsMadeInThePlaceOfAValue) {
  const Specimen original = specimen(source, {{1, 2}, {3, 4, 5}});
  const Specimen changed = rewritten(original, [](Copy& to, ValueId id) {
    const Operation* operation = to.from()[id].operation;
    if (operation == nullptr || operation->name() != "exp") return to.same(id);
    const ValueId sine = to.to().add(*find_operation("sin"), to.operands(id));
    return to.applied(id, {sine});
  });
  const Specimen wanted =
      specimen("input x : [2]\ninput unused : [3]\ny = exp(sin(x)) * 2 + x\n", {});
  EXPECT_EQ(expressions::print(changed.program, changed.output),
            expressions::print(wanted.program, wanted.output));
}

TEST(Rewrite, AllUsesOfALeafSeeWhatFollowsIt) {
  const Specimen original = specimen(source, {{1, 2}, {3, 4, 5}});
  const Specimen changed = rewritten(original, [](Copy& to, ValueId id) {
    const ValueId value = to.same(id);
    if (to.from()[id].kind != Value::Kind::leaf) return value;
    return to.to().add(*find_operation("neg"), {value});
  });
  const Specimen wanted =
      specimen("input x : [2]\nt1 = -x\ninput unused : [3]\ny = exp(t1) * 2 + t1\n", {});
  EXPECT_EQ(expressions::print(changed.program, changed.output),
            expressions::print(wanted.program, wanted.output));
}

}  // namespace
}  // namespace verigrad::properties
