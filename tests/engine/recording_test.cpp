// What a Recording writes down, and what it refuses.
#include "engine/recording.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/custom_operation.hpp"
#include "engine/lazy.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

constexpr BackwardOptions create{.create_graph = true};

/// The Program as text, a value a line: `3: mul 1 2`.
std::string listed(const Program& program) {
  std::string text;
  for (std::size_t i = 0; i < program.values().size(); ++i) {
    const Value& value = program.values()[i];
    text += std::to_string(i) + ":";
    if (value.kind == Value::Kind::leaf) text += " leaf";
    if (value.kind == Value::Kind::number) text += " number " + value.text;
    if (value.kind == Value::Kind::entries) text += " entries";
    if (value.operation != nullptr) text += " " + std::string(value.operation->name());
    for (const ValueId operand : value.operands) text += " " + std::to_string(operand);
    text += "\n";
  }
  return text;
}

std::string refusal(const std::function<void()>& f) {
  try {
    f();
  } catch (const NotRecordable& error) {
    return error.what();
  }
  return "recorded";
}

TEST(Recording, AppendsWhatIsAppliedAndKnowsTensorsByTheirEntries) {
  const D x = leaf({1, 2}), y = leaf({3, 4});
  Recording<double> recording;
  recording.add_leaf({.name = "x", .shape = x.shape()}, x);
  recording.add_leaf({.name = "y", .shape = y.shape()}, y);
  const D square = x * x;
  const D handle = square, detached = square.detach(), copy = square.clone_entries();
  const D sine = sin(handle), result = sine + detached * copy;
  EXPECT_EQ(recording.id(result), 5);
  EXPECT_EQ(recording.id(y), 1);
  EXPECT_EQ(listed(recording.take()),
            "0: leaf\n1: leaf\n2: mul 0 0\n3: sin 2\n4: mul 2 2\n5: add 3 4\n");
}

/// d sin(x) x = v (sin(x) + cos(x) x): saved values are the values that were saved.
TEST(Recording, AppendsTheDerivativeRulesOfABackwardPass) {
  const D x = leaf({1, 2}), v = tensor<double>({1, 10});
  Recording<double> recording;
  recording.add_leaf({.name = "x", .shape = x.shape()}, x);
  const D y = sin(x) * x;
  const std::array<D, 1> outputs{y}, inputs{x}, cotangents{v};
  const D slope = grad<double>(outputs, inputs, cotangents, create)[0];
  EXPECT_EQ(recording.id(slope), 8);
  const Program program = recording.take();
  EXPECT_EQ(listed(program),
            "0: leaf\n1: sin 0\n2: mul 1 0\n3: entries\n4: mul 3 0\n5: mul 3 1\n6: cos 0\n"
            "7: mul 4 6\n8: add 5 7\n");
  EXPECT_THAT(program[3].entries, ElementsAre(1, 10));
}

TEST(Recording, HoldsNumbersOfAProgramByTheirText) {
  Program program;
  const ValueId x = program.add_leaf({.name = "x", .shape = Shape()}),
                tenth = program.add_number("0.1", 0.1);
  const ValueId root = program.add(*find_operation("mul"), {x, tenth});
  Recording<double> recording;
  const std::vector<D> leaves{D(Shape(), {3})};
  recording.add_leaf(program.leaves()[0], leaves[0]);
  const D y = run<double>(program, leaves, std::span(&root, 1))[0] * 0.25;
  EXPECT_EQ(recording.id(y), 4);
  const Program recorded = recording.take();
  EXPECT_EQ(listed(recorded), "0: leaf\n1: number 0.1\n2: mul 0 1\n3: entries\n4: mul 2 3\n");
}

TEST(Recording, TakesTheSameEntriesUnderAnotherShapeForAReshape) {
  const D x = tensor<double>({1, 2});
  Recording<double> recording;
  recording.add_leaf({.name = "x", .shape = x.shape()}, x);
  const D column(Shape{2, 1}, x.impl()->storage), sums = column + x + column;
  EXPECT_EQ(listed(recording.take()), "0: leaf\n1: reshape 0\n2: add 1 0\n3: add 2 1\n");
  EXPECT_THAT(sums.entries(), ElementsAre(3, 4, 5, 6));
}

TEST(Recording, ComputesWhatWouldBePending) {
  const DeferScope everything(1);
  const D x = tensor<double>({1, 2}), before = exp(x);
  Recording<double> recording;
  recording.add_leaf({.name = "x", .shape = x.shape()}, x);
  const D y = sum(sin(x) * before);
  EXPECT_EQ(listed(recording.take()), "0: leaf\n1: sin 0\n2: entries\n3: mul 1 2\n4: sum 3\n");
  EXPECT_DOUBLE_EQ(y.item(), std::sin(1) * std::exp(1) + std::sin(2) * std::exp(2));
}

TEST(Recording, EndsWithItsLifeOrWithTheProgramTaken) {
  D x = tensor<double>({1, 2});
  {
    Recording<double> recording;
    recording.add_leaf({.name = "x", .shape = x.shape()}, x);
    EXPECT_THROW(Recording<double>(), std::logic_error);
    EXPECT_THROW(recording.add_leaf({.name = "again", .shape = x.shape()}, x), std::logic_error);
    EXPECT_THROW(x[0], NotRecordable);
  }
  EXPECT_EQ(x.add_(D(1.0))[0], 2);
  Recording<double> recording;
  recording.add_leaf({.name = "x", .shape = x.shape()}, x);
  EXPECT_EQ(recording.take().values().size(), 1U);
  EXPECT_EQ((x * x)[1], 9);
  EXPECT_EQ(recording.program().values().size(), 0U);
}

TEST(Recording, OfOneTypeLeavesTheOtherAlone) {
  const Tensor<float> x(Shape{2}, {1, 2});
  Recording<double> recording;
  EXPECT_EQ((x * x)[1], 4);
  EXPECT_TRUE(recording.take().values().empty());
}

TEST(Recording, RefusesEntriesThatAreReadOrChangedOutsideOfOperations) {
  D x = leaf({1, 2});
  Recording<double> recording;
  recording.add_leaf({.name = "x", .shape = x.shape()}, x);
  D y = x * x;
  EXPECT_THAT(refusal([&] { y.data(); }), HasSubstr("entries read outside of operations"));
  EXPECT_THAT(refusal([&] { sum(y).item(); }), HasSubstr("entries read"));
  EXPECT_THAT(refusal([&] { y.mutable_data(); }), HasSubstr("recorded entries changed"));
  EXPECT_THAT(refusal([&] { y.add_(x); }), HasSubstr("in-place change add_"));
  EXPECT_THAT(refusal([&] { y.fill_(0); }), HasSubstr("in-place change fill_"));
  EXPECT_THAT(refusal([&] { y.impl()->storage->change(); }), HasSubstr("entries changed"));
  EXPECT_EQ(y.version(), 0U);
  EXPECT_THAT(refusal([&] { sum(y).backward(); }),
              HasSubstr("a backward pass without create_graph"));
  const D constant = tensor<double>({1, 2}), z = constant * 2.0;
  EXPECT_EQ(z[1], 4) << "depends on no leaf";
  EXPECT_THAT(refusal([&] { (x * z).data(); }), HasSubstr("entries read"));
  EXPECT_THAT(refusal([&] { (z * x).data(); }), HasSubstr("entries read"));
}

/// A rule that looks at its operand instead of comparing it.
struct Peeking {
  static constexpr OperationInfo info{
      .signature = "peeking(input)",
      .grad_fn = "PeekingBackward0",
      .value = "abs(input)",
      .derivative = {"sign(input)"},
      .latex = "|x|",
      .needs = {first},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) { return operands[0]; }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape&) {
    return abs(operands[0]);
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return saved.operand(0).item() < 0 ? -g : g;
  }
};

TEST(Recording, RefusesARuleThatReadsEntriesAndNamesIt) {
  const D x = leaf(-2.0);
  const D plain = apply<double>(operation<Peeking>(), {x});
  EXPECT_EQ(grad(plain, {x}, create)[0].item(), -1);
  Recording<double> recording;
  recording.add_leaf({.name = "x", .shape = x.shape()}, x);
  const D y = apply<double>(operation<Peeking>(), {x});
  EXPECT_EQ(listed(recording.program()), "0: leaf\n1: peeking 0\n") << "one operation";
  EXPECT_THAT(refusal([&] { grad(y, {x}, create); }),
              HasSubstr("not recordable: the derivative of peeking: entries read"));
}

}  // namespace
}  // namespace verigrad
