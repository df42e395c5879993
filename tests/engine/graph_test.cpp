// Leaves, modes, stopped gradients, and what operations save.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "engine/elementwise.hpp"
#include "engine/operation_table.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

TEST(Graph, AResultIsTrackedWhenAnyOperandIsAndTheModeIsOn) {
  for (const bool first : {false, true})
    for (const bool second : {false, true})
      for (const bool mode : {false, true}) {
        const GradModeScope scope(mode);
        D a = tensor<double>(2), b = tensor<double>(3);
        a.requires_grad_(first);
        b.requires_grad_(second);
        const D y = a * b;
        const bool tracked = (first || second) && mode;
        EXPECT_EQ(y.requires_grad(), tracked);
        EXPECT_EQ(y.is_leaf(), !tracked) << "a result without a graph is a leaf";
        EXPECT_EQ(y.grad_fn().empty(), !tracked);
      }
}

TEST(Graph, ALeafMadeUnderNoGradCollectsGradientsAfterwards) {
  D x;
  {
    const NoGrad scope;
    x = leaf(3);
    EXPECT_TRUE(x.requires_grad());
    EXPECT_TRUE(x.is_leaf());
  }
  (x * x).backward();
  EXPECT_EQ(x.grad().item(), 6);
}

TEST(Graph, TheModeBelongsToAThread) {
  const NoGrad scope;
  bool elsewhere = false, there = true;
  std::thread([&] {
    elsewhere = grad_enabled();
    const NoGrad inner;
    there = grad_enabled();
  }).join();
  EXPECT_TRUE(elsewhere) << "a new thread records";
  EXPECT_FALSE(there);
  EXPECT_FALSE(grad_enabled()) << "and what it does to its mode is its own";
}

TEST(Graph, UnrecordedResultsShareNothingWithTheirOperandsThread) {
  const D a = tensor<double>({1, 2, 3}), b = a * 2;
  const auto work = [](const D& x) {
    for (int i = 0; i < 20000; ++i) static_cast<void>(x * 2.0);
  };
  std::thread other(work, std::cref(b));
  work(a);
  other.join();
  EXPECT_EQ(to_string(a.shape()), "[3]");
  EXPECT_EQ(to_string(b.shape()), "[3]");
}

TEST(Graph, KnowsWhereEachOperandsGradientGoes) {
  const D x = leaf(2), w = leaf(3), y = x * 5, z = y * w + y;
  const auto of_sum = next_functions(z);
  ASSERT_EQ(of_sum.size(), 2u);
  EXPECT_EQ(of_sum[0].name, "MulBackward0");
  EXPECT_EQ(of_sum[1].name, "MulBackward0");
  EXPECT_NE(of_sum[0].identity, of_sum[1].identity);
  const auto of_product = next_functions(y);
  ASSERT_EQ(of_product.size(), 2u);
  EXPECT_EQ(of_product[0].name, "AccumulateGrad");
  EXPECT_EQ(of_product[1].name, "") << "a constant has no gradient";
  EXPECT_EQ(of_product[1].identity, nullptr);
  EXPECT_EQ(next_functions(x * x)[0].identity, next_functions(x * 2)[0].identity)
      << "a leaf has one place where its gradients add up";
  EXPECT_TRUE(next_functions(x).empty());
}

/// An operation whose value is its operand itself.
struct Same {
  static constexpr OperationInfo info{
      .signature = "same(input)",
      .grad_fn = "SameBackward0",
      .value = "input",
      .derivative = {"1"},
      .latex = "x",
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) { return operands[0]; }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape&) {
    return operands[0];
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>&, const Tensor<T>& g, std::size_t) {
    return g;
  }
};

TEST(Graph, AnOperationMayReturnItsOperand) {
  const D x = leaf(3), y = apply<double>(operation<Same>(), {x});
  EXPECT_TRUE(x.is_leaf());
  EXPECT_EQ(y.grad_fn(), "SameBackward0");
  (y * y).backward();
  EXPECT_EQ(x.grad().item(), 6);
}

TEST(Graph, ADetachedTermAddsNothingToTheGradient) {
  D x = leaf({0.3, -7, 1e5});
  sum(x + sin(x * 1e3).detach()).backward();
  EXPECT_THAT(x.grad().entries(), testing::Each(1)) << "exactly";
}

TEST(Graph, ADetachedFactorCountsAsAConstant) {
  D x = leaf(5);
  (x * x.detach()).backward();
  EXPECT_EQ(x.grad().item(), 5);
}

/// The second pass of a graph needs what the first released, and sums release nothing.
TEST(Graph, OnlyOperationsThatSaveValuesRefuseASecondPass) {
  using Function = D (*)(const D&);
  for (const Function free :
       {Function([](const D& x) { return x + 1; }), Function([](const D& x) { return -x; }),
        Function([](const D& x) { return x - x; }), Function([](const D& x) { return sum(x); }),
        Function([](const D& x) { return mean(x); })}) {
    const D x = leaf(2), y = free(x);
    y.backward();
    EXPECT_NO_THROW(y.backward());
  }
  for (const Function saving :
       {Function([](const D& x) { return x * 3; }), Function([](const D& x) { return x * x; }),
        Function([](const D& x) { return exp(x); }), Function([](const D& x) { return 1 / x; })}) {
    const D x = leaf(2), y = saving(x);
    y.backward();
    EXPECT_THAT([&] { y.backward(); }, ThrowsMessage<Error>(HasSubstr("a second time")));
  }
}

TEST(Graph, SumsAndLayoutsSaveNothingSoTheirOperandsMayChange) {
  using Function = D (*)(const D&);
  for (const Function function :
       {Function([](const D& x) { return sum(x); }), Function([](const D& x) { return mean(x); }),
        Function([](const D& x) { return x - x; }), Function([](const D& x) { return -x; }),
        Function([](const D& x) { return transpose(x, 0, 1); }), Function([](const D& x) {
          return broadcast_to(x, Shape{2, 2, 2});
        })}) {
    const D x = leaf({{1, 2}, {3, 4}});
    D z = x * 1;
    const D y = sum(function(z));
    {
      const NoGrad scope;
      z.fill_(99);
    }
    EXPECT_NO_THROW(y.backward());
  }
}

/// Every function of one operand notices a change of just what it says its rule needs.
TEST(Graph, AChangeIsAnErrorJustWhereTheRuleNeedsWhatWasChanged) {
  int tried = 0;
  for (const Operation* operation : operations()) {
    if (!operation->elementwise || operation->signature.operand_count() != 1 ||
        operation->signature.attribute_count() != 0 || !operation->differentiable(0))
      continue;
    const Interval range = operation->info.typical[0];
    const double at = 0.25 * range.lower + 0.75 * range.upper;
    for (const bool change_result : {false, true}) {
      const D x = leaf(at);
      D z = x * 1;
      D y = apply<double>(*operation, {z});
      {
        const NoGrad scope;
        (change_result ? y : z).add_(0);
      }
      const bool needed = (operation->info.needs[0] & (change_result ? result : first)) != 0;
      const auto walk = [&] { y.backward(); };
      if (needed) {
        EXPECT_THAT(walk, ThrowsMessage<Error>(HasSubstr("modified by an inplace operation")))
            << operation->name();
        EXPECT_FALSE(x.grad().defined());
      } else {
        EXPECT_NO_THROW(walk()) << operation->name();
      }
      ++tried;
    }
  }
  EXPECT_GT(tried, 40);
}

}  // namespace
}  // namespace verigrad
