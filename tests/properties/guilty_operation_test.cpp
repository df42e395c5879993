// The operation whose planted fault makes a gradient wrong is found, and no healthy one is.
#include "gradcheck/guilty_operation.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "engine/custom_operation.hpp"
#include "engine/functions.hpp"
#include "engine/random.hpp"
#include "properties/genes.hpp"
#include "tests/properties/faults.hpp"
#include "tests/properties/wave.hpp"

namespace verigrad::properties {
namespace {

using gradcheck::find_guilty_operation;
using gradcheck::GuiltyOperation;
using Cotangent = Tensor<double>;

/// Builds Programs by names in a table.
struct Builder {
  const OperationTable& table;
  Program program{};

  ValueId leaf(const Shape& shape, bool differentiable = true) {
    return program.add_leaf({.name = "x" + std::to_string(program.leaves().size()),
                             .shape = shape,
                             .differentiable = differentiable});
  }
  ValueId operator()(const char* name, std::vector<ValueId> operands,
                     std::vector<AttributeValue> attributes = {}) {
    return program.add(*table.find(name), std::move(operands),
                       attributes.empty() ? nullptr : make_attributes(std::move(attributes)));
  }
  ValueId sum(ValueId of) { return (*this)("sum", {of}, {std::monostate(), false}); }
};

OperationTable slipped_sine() {
  return wrong_backward("sin", [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
    return right_vjp("sin", saved, v, i) * (1 + 1e-6);
  });
}

/// d(u) = 1 + 1e-6 too much of v cos(0.5), which proofs know from libm's cosine to 16 digits.
TEST(GuiltyOperation, IsFoundInTheMiddleOfAGraph) {
  const OperationTable table = slipped_sine();
  Builder make{table};
  const ValueId x = make.leaf(Shape{2}), wave = make("sin", {x});
  const ValueId output = make.sum(make("mul", {make("exp", {wave}), x}));
  const auto found = find_guilty_operation(make.program, {{0.5, 1.5}}, output);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, wave);
  EXPECT_EQ(found->operand, 0U);
  EXPECT_TRUE(found->proven);
  EXPECT_NEAR(found->engine / found->truth, 1 + 1e-6, 1e-12);
  EXPECT_GT(found->error_bar, 0);
  EXPECT_LT(found->error_bar, 1e-15);
  const double slope = std::cos(found->entry == 0 ? 0.5 : 1.5);
  EXPECT_GE(std::abs(found->truth / slope), 0.5 - 1e-12);
  EXPECT_LE(std::abs(found->truth / slope), 2 + 1e-12);
}

TEST(GuiltyOperation, IsTheFirstOneFromTheOutput) {
  const OperationTable table = slipped_sine();
  Builder make{table};
  const ValueId x = make.leaf(Shape{2});
  const ValueId inner = make("sin", {x}), outer = make("sin", {make("exp", {inner})});
  const auto found = find_guilty_operation(make.program, {{0.5, 1.5}}, make.sum(outer));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, outer);
  EXPECT_EQ(find_guilty_operation(make.program, {{0.5, 1.5}}, make.sum(inner))->value, inner);
}

TEST(GuiltyOperation, IsNamedWithItsOperandAndEntry) {
  const OperationTable table =
      wrong_backward("div", [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
        if (i == 0) return right_vjp("div", saved, v, i);
        return right_vjp("div", saved, v, i) * Tensor<double>(Shape{3}, {1, 1, -1});
      });
  Builder make{table};
  const ValueId x = make.leaf(Shape{3}), y = make.leaf(Shape{3}), quotient = make("div", {x, y});
  const auto found =
      find_guilty_operation(make.program, {{1, 2, 3}, {4, 5, 6}}, make.sum(quotient));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, quotient);
  EXPECT_EQ(found->operand, 1U);
  EXPECT_EQ(found->entry, 2);
  EXPECT_NEAR(found->engine, -found->truth, 1e-15);
}

TEST(GuiltyOperation, MayBeWrongOnlyWhereAnOperandStandsTwice) {
  const OperationTable table =
      wrong_backward("mul", [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
        const Tensor<double> right = right_vjp("mul", saved, v, i);
        const bool twice = saved.has_operand(0) && saved.has_operand(1) &&
                           saved.operand(0).data() == saved.operand(1).data();
        return i == 1 && twice ? right * 0.0 : right;
      });
  Builder make{table};
  const ValueId x = make.leaf(Shape{}), y = make.leaf(Shape{});
  const ValueId square = make("mul", {x, x}), output = make("mul", {square, y});
  const auto found = find_guilty_operation(make.program, {{3}, {2}}, output);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, square);
  EXPECT_NEAR(found->engine * 2, found->truth, 1e-14) << "v x of 2 v x";
}

TEST(GuiltyOperation, MayBeOneOfOnesOwnByFiniteDifferences) {
  const OperationTable table = operation_table().with(operation<Wave<false>>());
  Builder make{table};
  const ValueId x = make.leaf(Shape{2}), wave = make("wave", {x});
  const auto found = find_guilty_operation(make.program, {{1, 2}}, make.sum(make("exp", {wave})));
  ASSERT_TRUE(found);
  EXPECT_EQ(found->value, wave);
  EXPECT_FALSE(found->proven);
  const double at = found->entry == 0 ? 1 : 2;
  EXPECT_NEAR(found->engine / found->truth,
              (std::sin(at) - at * std::cos(at)) / (std::sin(at) + at * std::cos(at)), 1e-9);
}

TEST(GuiltyOperation, IsNotOneWhoseValueIsWrongAndWhoseRuleIsRight) {
  const OperationTable table =
      wrong_forward("sin", [](Operands<double> operands, const Attributes&, const Shape&) {
        return sin(operands[0]) * 1.25;
      });
  Builder make{table};
  const ValueId output = make.sum(make("sin", {make.leaf(Shape{2})}));
  EXPECT_FALSE(find_guilty_operation(make.program, {{0.5, 1.5}}, output));
}

/// What a mask is made of, what depends on constants only, and a rule that no backward pass runs
/// are not in the way.
TEST(GuiltyOperation, IsSoughtOnlyWhereABackwardPassGoes) {
  const OperationTable table = slipped_sine();
  Builder make{table};
  const ValueId x = make.leaf(Shape{2}), c = make.leaf(Shape{2}, false);
  const ValueId mask = make("lt", {make("sin", {x}), make("sin", {c})});
  const ValueId output = make.sum(make("where", {mask, make("exp", {x}), make("sin", {c})}));
  EXPECT_FALSE(find_guilty_operation(make.program, {{0.5, 1.5}, {1, 1}}, output));
}

TEST(GuiltyOperation, IsNoneAtKinksOrWhereValuesAreNotFinite) {
  Builder make{operation_table()};
  const ValueId x = make.leaf(Shape{3});
  const ValueId output = make.sum(make("log", {make("relu", {make("abs", {x})})}));
  EXPECT_FALSE(find_guilty_operation(make.program, {{0, 1, -1}}, output));
}

Specimen random_specimen(Decoder& decoder, Random& random) {
  Genes genes(static_cast<std::size_t>(random.integer(1, 10)));
  const auto draw = [&] { return static_cast<int>(random.integer(-100000, 100000)); };
  for (Gene& gene : genes) gene = {draw(), draw(), draw(), draw()};
  return decoder.decode(genes);
}

TEST(GuiltyOperation, IsNoneInRandomProgramsThatAreRight) {
  Random random(41);
  Decoder decoder;
  for (int i = 0; i < 2000; ++i) {
    const auto [program, output, point] = random_specimen(decoder, random);
    const auto found = find_guilty_operation(program, point, output);
    EXPECT_FALSE(found) << program[found->value].operation->name() << ", operand " << found->operand
                        << ", entry " << found->entry << ": " << found->engine << " against "
                        << found->truth << " +- " << found->error_bar << " in\n"
                        << text({program, output, point});
  }
}

/// Whatever is found in Programs with planted faults is one of them.
TEST(GuiltyOperation, IsThePlantedOneInRandomPrograms) {
  for (const char* name : {"mul", "tanh", "sum", "softmax", "matmul"}) {
    Operation wrong = *find_operation(name);
    static Vjp right;
    right = wrong.f64.vjp;
    wrong.f64.vjp = [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
      return right(saved, v, i) * 1.5;
    };
    const OperationTable table = operation_table().replace(name, wrong);
    Random random(43);
    Decoder decoder(table);
    int found = 0;
    for (int i = 0; i < 400; ++i) {
      const auto [program, output, point] = random_specimen(decoder, random);
      if (const auto guilty = find_guilty_operation(program, point, output)) {
        EXPECT_EQ(program[guilty->value].operation->name(), name) << text({program, output, point});
        ++found;
      }
    }
    EXPECT_GE(found, 5) << name;
  }
}

}  // namespace
}  // namespace verigrad::properties
