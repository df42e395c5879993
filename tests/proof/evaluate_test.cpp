#include "proof/evaluate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "proof/enclose.hpp"
#include "tests/proof/builder.hpp"

namespace verigrad::proof {
namespace {

std::vector<double> values(const Builder& b, const verigrad::Point& point, ValueId root) {
  std::vector<double> result;
  for (const Series& entry : evaluate(b.program, point, root).entries)
    result.push_back(entry.value().midpoint());
  return result;
}

using Numbers = std::vector<double>;

TEST(Evaluate, BroadcastsFromTheLastDim) {
  Builder b;
  const ValueId column = b.input({2, 1}), row = b.input({3});
  const ValueId sum = b.apply("add", {column, row});
  EXPECT_EQ(values(b, {{10, 20}, {1, 2, 3}}, sum), (Numbers{11, 12, 13, 21, 22, 23}));
  const ValueId scaled = b.apply("mul", {b.number("2"), sum});
  EXPECT_EQ(values(b, {{10, 20}, {1, 2, 3}}, scaled), (Numbers{22, 24, 26, 42, 44, 46}));
  const std::vector<Enclosure> slopes =
      derivatives(b.program, {{10, 20}, {1, 2, 3}}, scaled, {.leaf = 0, .entry = 1});
  EXPECT_TRUE(slopes[2].derivative.is(0) && slopes[3].derivative.is(2));
}

TEST(Evaluate, RoundsConstantEntriesToThePrecisionUnderTest) {
  Builder b;
  const ValueId data = b.program.add_entries({1}, {0.1});
  EXPECT_EQ(values(b, {}, data), Numbers{0.1});
  b.program.dtype = DType::f32;
  EXPECT_EQ(values(b, {}, data), Numbers{static_cast<double>(0.1f)});
}

TEST(Evaluate, ReducesOverDims) {
  Builder b;
  const ValueId x = b.input({2, 3});
  const verigrad::Point point{{1, 2, 3, 4, 5, 9}};
  const AttributeValue none, first = Integers{0}, last = Integers{-1};
  EXPECT_EQ(values(b, point, b.apply("sum", {x}, {none, false})), Numbers{24});
  EXPECT_EQ(values(b, point, b.apply("sum", {x}, {first, false})), (Numbers{5, 7, 12}));
  EXPECT_EQ(values(b, point, b.apply("mean", {x}, {last, true})), (Numbers{2, 6}));
  EXPECT_EQ(values(b, point, b.apply("prod", {x}, {last, false})), (Numbers{6, 180}));
  EXPECT_EQ(values(b, point, b.apply("amax", {x}, {first, false})), (Numbers{4, 5, 9}));
  EXPECT_EQ(values(b, point, b.apply("amin", {x}, {last, false})), (Numbers{1, 4}));
  EXPECT_EQ(values(b, point, b.apply("var", {x}, {last, true, false})), (Numbers{1, 7}));
  EXPECT_EQ(values(b, point, b.apply("median", {x}, {last, false})), (Numbers{2, 5}));
  EXPECT_EQ(values(b, point, b.apply("median", {x}, {none, false})), Numbers{3});
  EXPECT_EQ(values(b, point, b.apply("sum_to", {x}, {Integers{3}})), (Numbers{5, 7, 12}));
  EXPECT_EQ(values(b, point, b.apply("cumsum", {x}, {std::int64_t{1}})),
            (Numbers{1, 3, 6, 4, 9, 18}));
  EXPECT_EQ(values(b, point, b.apply("cumprod", {x}, {std::int64_t{0}})),
            (Numbers{1, 2, 3, 4, 10, 27}));
}

TEST(Evaluate, Norms) {
  Builder b;
  const ValueId x = b.input({2});
  const auto norm = [&](const char* p) {
    return values(b, {{3, -4}}, b.apply("norm", {x, b.number(p)}, {std::monostate{}, false}))[0];
  };
  EXPECT_EQ(norm("2"), 5);
  EXPECT_EQ(norm("1"), 7);
  EXPECT_EQ(norm("inf"), 4);
  EXPECT_NEAR(norm("3"), std::cbrt(91), 1e-15);
}

TEST(Evaluate, MultipliesMatricesAndVectors) {
  Builder b;
  const ValueId a = b.input({2, 2}), v = b.input({2}), batch = b.input({2, 1, 2});
  const verigrad::Point point{{1, 2, 3, 4}, {5, 6}, {1, 0, 0, 1}};
  EXPECT_EQ(values(b, point, b.apply("matmul", {a, a})), (Numbers{7, 10, 15, 22}));
  EXPECT_EQ(values(b, point, b.apply("matmul", {a, v})), (Numbers{17, 39}));
  EXPECT_EQ(values(b, point, b.apply("matmul", {v, a})), (Numbers{23, 34}));
  EXPECT_EQ(values(b, point, b.apply("dot", {v, v})), Numbers{61});
  EXPECT_EQ(values(b, point, b.apply("matmul", {batch, a})), (Numbers{1, 2, 3, 4}));
  EXPECT_EQ(values(b, point, b.apply("matmul", {batch, v})), (Numbers{5, 6}));
  EXPECT_EQ(values(b, point, b.apply("outer", {v, v})), (Numbers{25, 30, 30, 36}));
  EXPECT_EQ(values(b, point, b.apply("kron", {v, a})), (Numbers{5, 10, 6, 12, 15, 20, 18, 24}));
  EXPECT_EQ(values(b, point, b.apply("trace", {a})), Numbers{5});
}

TEST(Evaluate, MovesEntries) {
  Builder b;
  const ValueId x = b.input({2, 3});
  const verigrad::Point point{{1, 2, 3, 4, 5, 6}};
  const std::int64_t zero = 0, one = 1, last = -1;
  const ValueId turned = b.apply("transpose", {x}, {zero, last});
  EXPECT_EQ(values(b, point, turned), (Numbers{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(values(b, point, b.apply("permute", {x}, {Integers{1, 0}})),
            (Numbers{1, 4, 2, 5, 3, 6}));
  EXPECT_EQ(values(b, point, b.apply("reshape", {x}, {Integers{3, 2}})), point[0]);
  EXPECT_EQ(values(b, point, b.apply("flip", {x}, {Integers{1}})), (Numbers{3, 2, 1, 6, 5, 4}));
  EXPECT_EQ(values(b, point, b.apply("select", {x}, {one, last})), (Numbers{3, 6}));
  EXPECT_EQ(values(b, point, b.apply("concat", {x, x}, {one})),
            (Numbers{1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  EXPECT_EQ(values(b, point, b.apply("stack", {x, x}, {one})),
            (Numbers{1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  EXPECT_EQ(values(b, point, b.apply("tril", {x}, {zero})), (Numbers{1, 0, 0, 4, 5, 0}));
  EXPECT_EQ(values(b, point, b.apply("triu", {x}, {one})), (Numbers{0, 2, 3, 0, 0, 6}));
  const ValueId row = b.apply("select", {x}, {zero, one});
  EXPECT_EQ(values(b, point, b.apply("broadcast_to", {row}, {Integers{2, 3}})),
            (Numbers{4, 5, 6, 4, 5, 6}));
}

TEST(Evaluate, SelectsAndDisplacesEntries) {
  Builder b;
  const ValueId x = b.input({2, 3});
  const ValueId places = b.program.add_entries({2}, {2, -3});
  const ValueId each = b.program.add_entries({2, 1}, {2, 0});
  const verigrad::Point point{{1, 2, 3, 4, 5, 6}};
  const std::int64_t zero = 0, one = 1, two = 2, five = 5, back = -3;
  EXPECT_EQ(values(b, point, b.apply("slice", {x}, {one, zero, five, two})), (Numbers{1, 3, 4, 6}));
  EXPECT_EQ(values(b, point, b.apply("slice", {x}, {one, back, two, one})), (Numbers{1, 2, 4, 5}));
  EXPECT_EQ(values(b, point, b.apply("index_select", {x, places}, {one})), (Numbers{3, 1, 6, 4}));
  EXPECT_EQ(values(b, point, b.apply("gather", {x, each}, {one})), (Numbers{3, 4}));
  EXPECT_EQ(values(b, point, b.apply("roll", {x}, {Integers{1}, Integers{1}})),
            (Numbers{3, 1, 2, 6, 4, 5}));
  EXPECT_EQ(values(b, point, b.apply("roll", {x}, {Integers{-1}, std::monostate{}})),
            (Numbers{2, 3, 4, 5, 6, 1}));
  EXPECT_EQ(values(b, point, b.apply("repeat", {x}, {Integers{1, 2}})),
            (Numbers{1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6}));
  const ValueId nine = b.number("9");
  const auto padded = [&](const char* mode) {
    return values(b, point, b.apply("pad", {x, nine}, {Integers{1, 2, 0, 0}, std::string(mode)}));
  };
  EXPECT_EQ(padded("constant"), (Numbers{9, 1, 2, 3, 9, 9, 9, 4, 5, 6, 9, 9}));
  EXPECT_EQ(padded("reflect"), (Numbers{2, 1, 2, 3, 2, 1, 5, 4, 5, 6, 5, 4}));
  EXPECT_EQ(padded("replicate"), (Numbers{1, 1, 2, 3, 3, 3, 4, 4, 5, 6, 6, 6}));
  EXPECT_EQ(padded("circular"), (Numbers{3, 1, 2, 3, 1, 2, 6, 4, 5, 6, 4, 5}));
  EXPECT_EQ(values(b, point, b.apply("diag", {x}, {one})), (Numbers{2, 6}));
}

TEST(Evaluate, DeterminantsAndInverses) {
  Builder b;
  const ValueId x = b.input({3, 3});
  const verigrad::Point point{{0, 2, 1, 1, 0, 0, 3, 0, 1}};
  const ValueId det = b.apply("det", {x});
  EXPECT_EQ(values(b, point, det), Numbers{-2});
  const Numbers inverse = values(b, point, b.apply("inverse", {x}));
  const Numbers expected{0, 1, 0, 0.5, 1.5, -0.5, 0, -3, 1};
  for (std::size_t i = 0; i < 9; ++i) EXPECT_NEAR(inverse[i], expected[i], 1e-30);
  EXPECT_TRUE(derivatives(b.program, point, det, {.leaf = 0, .entry = 6})[0].derivative.is(0));
  // The cofactor of a singular matrix.
  const verigrad::Point singular{{1, 2, 3, 4, 5, 6, 7, 8, 9}};
  EXPECT_TRUE(derivatives(b.program, singular, det, {})[0].derivative.is(-3));
  EXPECT_EQ(
      derivatives(b.program, {{1, 2, 0, 2, 4, 0, 0, 0, 1}}, b.apply("inverse", {x}), {})[0].outcome,
      Outcome::outside);
}

TEST(Evaluate, SolutionsAndFactors) {
  Builder b;
  const ValueId a = b.input({2, 2}), right = b.input({2});
  const verigrad::Point point{{4, 2, 2, 5}, {8, 12}};
  const auto near = [&](ValueId root, const Numbers& expected) {
    const Numbers computed = values(b, point, root);
    ASSERT_EQ(computed.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(computed[i], expected[i], 1e-30);
  };
  near(b.apply("solve", {a, right}), {1, 2});
  near(b.apply("cholesky", {a}, {false}), {2, 0, 1, 2});
  near(b.apply("cholesky", {a}, {true}), {2, 1, 0, 2});
  const ValueId column = b.apply("unsqueeze", {right}, {std::int64_t{1}});
  const auto triangular = [&](bool upper, bool transposes, bool unit) {
    return b.apply("triangular_solve", {column, a}, {upper, transposes, unit});
  };
  near(triangular(true, false, true), {-16, 12});
  near(triangular(false, false, false), {2, 1.6});
  near(triangular(true, true, true), {8, -4});
}

TEST(Evaluate, SoftmaxAndItsKin) {
  Builder b;
  const ValueId x = b.input({1, 3});
  const verigrad::Point point{{1000, 1000, 1000}};
  const std::int64_t dim = 1;
  for (const double share : values(b, point, b.apply("softmax", {x}, {dim})))
    EXPECT_DOUBLE_EQ(share, 1.0 / 3);
  for (const double share : values(b, point, b.apply("log_softmax", {x}, {dim})))
    EXPECT_DOUBLE_EQ(share, -std::log(3.0));
  EXPECT_DOUBLE_EQ(values(b, point, b.apply("logsumexp", {x}, {Integers{1}, false}))[0],
                   1000 + std::log(3.0));
  const std::vector<Enclosure> slopes =
      derivatives(b.program, point, b.apply("softmax", {x}, {dim}), {.leaf = 0, .entry = 0});
  EXPECT_DOUBLE_EQ(slopes[0].derivative.midpoint(), 2.0 / 9);
  EXPECT_DOUBLE_EQ(slopes[1].derivative.midpoint(), -1.0 / 9);
}

/// Losses at input 0.25 and 0.5, targets 1 and 0, by the first input.
TEST(Evaluate, Losses) {
  Builder b;
  const ValueId x = b.input({2}), target = b.input({2}), one = b.number("1");
  const verigrad::Point point{{0.25, 0.5}, {1, 0}};
  const auto slope = [&](ValueId root) {
    return derivatives(b.program, point, root, {})[0].derivative.midpoint();
  };
  const AttributeValue mean = std::string("mean"), sum = std::string("sum");
  const ValueId bce = b.apply("bce", {x, target, one}, {mean});
  EXPECT_DOUBLE_EQ(values(b, point, bce)[0], -(std::log(0.25) + std::log(0.5)) / 2);
  EXPECT_DOUBLE_EQ(slope(bce), -2);
  const ValueId mse = b.apply("mse", {x, target}, {sum});
  EXPECT_EQ(values(b, point, mse), Numbers{0.8125});
  EXPECT_EQ(slope(mse), -1.5);
  const ValueId logits = b.apply("bce_with_logits", {x, target, one, one}, {mean});
  EXPECT_DOUBLE_EQ(values(b, point, logits)[0],
                   (std::log1p(std::exp(-0.25)) + std::log1p(std::exp(0.5))) / 2);
  EXPECT_DOUBLE_EQ(slope(logits), -0.5 / (1 + std::exp(0.25)));
}

TEST(Evaluate, GreatestOfEqualEntriesHasAHull) {
  Builder b;
  const ValueId x = b.input({2});
  const ValueId y = b.apply("amax", {x}, {std::monostate{}, false});
  const Enclosure tie = derivatives(b.program, {{2, 2}}, y, {})[0];
  ASSERT_EQ(tie.outcome, Outcome::enclosed);
  EXPECT_TRUE(arb_contains_si(tie.derivative.get(), 0) && arb_contains_si(tie.derivative.get(), 1));
}

}  // namespace
}  // namespace verigrad::proof
