// Files become Programs with what must be true of them.
#include "tests/expressions/elaborate_helpers.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;

const std::string logistic = R"(dim n in 1..8, d in 1..4

const X : [n, d] in normal(0, 1)
const y : [n]    in {0, 1}
input w : [d]    in [-2, 2]
input b          in [-1, 1]

p    = sigmoid(X @ w + b)
loss = bce(p, y)

check loss                        # reverse mode against the reference, for every input
grad w = X.T @ (p - y) / n        # a claim: this is the gradient of the output
grad b = mean(p - y)
)";

TEST(Elaborate, TheLogisticExampleHasItsShapes) {
  Diagnostics diagnostics;
  const Document document =
      Document::load(SourceFile::from_text("logistic.grad", logistic), diagnostics);
  ASSERT_EQ(document.dims().size(), 2u);
  EXPECT_EQ(document.dims()[0].last, 8);
  for (std::int64_t n = 1; n <= 8; ++n) {
    const auto instance = document.instantiate(std::vector<std::int64_t>{n, 3}, diagnostics);
    ASSERT_TRUE(instance) << diagnostics.render_all();
    const Program& program = instance->program;
    EXPECT_EQ(program.leaves()[0].shape, (Shape{n, 3}));
    EXPECT_EQ(program.shape(instance->bindings[0].value), (Shape{n}));
    EXPECT_EQ(program.shape(instance->output), Shape{});
    EXPECT_EQ(instance->output_name, "loss");
    EXPECT_THAT(instance->inputs, ElementsAre(2, 3));
    ASSERT_EQ(instance->judgements.size(), 3u);
    EXPECT_EQ(program.shape(instance->judgements[1].claimed), (Shape{3}));
    EXPECT_EQ(program.shape(instance->judgements[2].claimed), Shape{});
  }
}

TEST(Elaborate, JudgementsSayWhereTheyStand) {
  const Elaborated result = elaborate_text(logistic);
  const auto& judgements = result.instance->judgements;
  EXPECT_EQ(judgements[0].kind, Judgement::Kind::check);
  EXPECT_EQ(judgements[0].line, 11u);
  EXPECT_THAT(judgements[0].wrt, ElementsAre(2, 3));
  EXPECT_EQ(judgements[0].output_name, "loss");
  EXPECT_EQ(judgements[1].kind, Judgement::Kind::grad);
  EXPECT_EQ(judgements[1].where.line, 12u);
  EXPECT_EQ(judgements[1].where.column, 10u);
  EXPECT_EQ(judgements[1].where.length, 17u);
  EXPECT_EQ(judgements[1].claim_text, "X.T @ (p - y) / n");
  EXPECT_THAT(judgements[1].wrt, ElementsAre(2));
}

TEST(Elaborate, LeavesHaveDomainsAndTheDefaultIsNormal) {
  const Elaborated result = elaborate_text(
      "input a\ninput b in (0, 1]\ninput c in {1, 2}\ninput d in logrange(1e-3, 10)\n"
      "input e in signed_logrange(1, 2)\ninput f in normal(1, 2)\ninput g in [0, inf)\n"
      "y = a + b + c + d + e + f + g\n");
  std::vector<std::string> domains;
  for (const Leaf& leaf : result.instance->program.leaves())
    domains.push_back(leaf.domain.to_string());
  EXPECT_THAT(domains, ElementsAre("normal(0, 1)", "(0, 1]", "{1, 2}", "logrange(0.001, 10)",
                                   "signed_logrange(1, 2)", "normal(1, 2)", "[0, inf)"));
}

TEST(Elaborate, ALeafTakesTheShapeOfItsValueOrBroadcastsIt) {
  const Elaborated result =
      elaborate_text("input a = [1, 2]\ninput b : [2, 3] = 4\ninput c = a * 2\ny = sum(b)\n");
  EXPECT_EQ(result.shape("a"), (Shape{2}));
  EXPECT_EQ(result.shape("b"), (Shape{2, 3}));
  EXPECT_THAT(result.entries("c"), ElementsAre(2, 4));
  EXPECT_TRUE(result.instance->single_point);
  const Program& program = result.instance->program;
  for (const Leaf& leaf : program.leaves())
    EXPECT_EQ(program.shape(leaf.initial), leaf.shape) << leaf.name;
}

TEST(Elaborate, ThereIsOnePointOnlyWhenEverythingHasAValue) {
  EXPECT_TRUE(elaborate_text("dim n in 3..3\ninput x : [n] = 1\ny = x\n").instance->single_point);
  EXPECT_FALSE(elaborate_text("input x in [0, 1]\ny = x\n").instance->single_point);
  EXPECT_FALSE(elaborate_text("dim n in 3..4\ninput x : [n] = 1\ny = x\n").instance->single_point);
}

TEST(Elaborate, TheOutputIsTheLastBindingOrTheOneNamed) {
  EXPECT_EQ(elaborate_text("input x\na = x\nb = x + 1\n").instance->output_name, "b");
  EXPECT_EQ(elaborate_text("input x\na = x * 2\nb = x + 1\noutput a\n").instance->output_name, "a");
  EXPECT_EQ(elaborate_text("output = 3\n").instance->output_name, "output");
}

TEST(Elaborate, DataIsRoundedToTheDtypeAndLiteralsAreNot) {
  const Elaborated result = elaborate_text("dtype f32\nconst x = [0.1]\ny = x * 0.1\n");
  const Program& program = result.instance->program;
  EXPECT_EQ(program.dtype, DType::f32);
  EXPECT_EQ(program[program.leaves()[0].initial].entries[0], static_cast<double>(0.1f));
  EXPECT_EQ(program[program[result.named("y")].operands[1]].number, 0.1);
}

TEST(Elaborate, DimsAreNumbersAndMayDependOnEarlierOnes) {
  const Elaborated result =
      elaborate_text("dim n in 2..4, m = 2 * n + 1\ninput x : [m]\ny = sum(x) / m\n");
  EXPECT_EQ(result.shape("x"), (Shape{5}));
  EXPECT_EQ(result.instance->dims[1].second, 5);
}

TEST(Elaborate, EmptyTensorsAreAllowed) {
  EXPECT_EQ(elaborate_text("dim m = 0\ninput x : [m, 3]\ny = sum(x)\n").shape("x"), (Shape{0, 3}));
}

TEST(Elaborate, AFileWithoutChecksIsCheckedOnce) {
  const Elaborated result = elaborate_text("input x\nconst c\ny = x * c\n");
  ASSERT_EQ(result.instance->judgements.size(), 1u);
  EXPECT_EQ(result.instance->judgements[0].line, 0u);
  EXPECT_THAT(result.instance->judgements[0].wrt, ElementsAre(0));
  EXPECT_TRUE(elaborate_text("input x\ny = x\ntest \"t\":\n    expect y == x\n")
                  .instance->judgements.empty());
}

TEST(Elaborate, SettingsHoldForTheStatementsBelowThem) {
  const Elaborated result = elaborate_text(
      "input x\ny = x\ncheck\nset samples = 5, method = finite-difference\ncheck y\n"
      "set rtol = 1e-3, seed = 18446744073709551615\ngrad x = 1\n");
  const auto& judgements = result.instance->judgements;
  EXPECT_FALSE(judgements[0].settings.samples);
  EXPECT_EQ(judgements[1].settings.samples, 5);
  EXPECT_EQ(judgements[1].settings.method, "finite-difference");
  EXPECT_FALSE(judgements[1].settings.rtol);
  EXPECT_EQ(judgements[2].settings.rtol, 1e-3);
  EXPECT_EQ(judgements[2].settings.seed, 18446744073709551615u);
}

TEST(Claims, HaveTheShapesOfTheirDerivatives) {
  const Elaborated result = elaborate_text(
      "input x : [3]\ny = x ** 2\nf = sum(y)\n"
      "grad(f, x) = 2 * x\njacobian(y, x) = 2 * x * eye(3)\nhessian(f, x) = 2 * eye(3)\n"
      "vjp(y, x, [1, 2, 3]) = 2\njvp(y, x, x) = 2 * x * x\nhvp(f, x, x) = 2 * x within 1e-9\n");
  ASSERT_TRUE(result.instance) << result.report();
  const auto& judgements = result.instance->judgements;
  std::vector<Shape> shapes;
  for (const Judgement& judgement : judgements)
    shapes.push_back(result.instance->program.shape(judgement.claimed));
  EXPECT_THAT(shapes,
              ElementsAre(Shape{3}, Shape{3, 3}, Shape{3, 3}, Shape{3}, Shape{3}, Shape{3}));
  EXPECT_EQ(judgements[3].kind, Judgement::Kind::vjp);
  EXPECT_EQ(result.instance->program.shape(judgements[3].vector), (Shape{3}));
  EXPECT_EQ(judgements[5].tolerance, 1e-9);
}

TEST(Claims, MayUseBindingsBelowThem) {
  EXPECT_TRUE(
      elaborate_text("input x\ny = x * x\ngrad x = slope\nslope = 2 * x\noutput y\n").instance);
}

TEST(Claims, AnExpectedVerdictWrapsAClaimOrACheck) {
  const Elaborated result =
      elaborate_text("input x\ny = x * x\nexpect fail: grad x = x\nexpect pass: check y wrt x\n");
  const auto& judgements = result.instance->judgements;
  EXPECT_EQ(judgements[0].kind, Judgement::Kind::grad);
  EXPECT_EQ(judgements[0].expected, ExpectedVerdict::fail);
  EXPECT_EQ(judgements[0].line, 3u);
  EXPECT_EQ(judgements[1].kind, Judgement::Kind::check);
  EXPECT_EQ(judgements[1].expected, ExpectedVerdict::pass);
}

TEST(Expectations, KeepTheirComparison) {
  const Elaborated result = elaborate_text(
      "input x = [1, 2]\ny = sum(x)\nexpect y == 3\nexpect x ~= [1, 2] within 1e-9\nexpect x > 0\n"
      "expect where(x > 0, 1, 0)\n");
  const auto& judgements = result.instance->judgements;
  ASSERT_EQ(judgements.size(), 4u);
  EXPECT_EQ(judgements[0].op, CompareOp::eq);
  EXPECT_EQ(judgements[1].tolerance, 1e-9);
  EXPECT_EQ(judgements[2].op, CompareOp::gt);
  EXPECT_EQ(judgements[3].op, std::nullopt);
  EXPECT_EQ(judgements[3].right, no_value);
}

TEST(Expectations, OfAnErrorHoldTheMessageOrWhatIsToBeComputed) {
  const Elaborated result = elaborate_text(
      "input a : [2]\ninput b : [3]\ny = sum(a)\nexpect error \"broadcast\": z = a + b\n"
      "expect error \"between 0 and 1\": bce(2 + 0 * a, a)\nexpect error \"x\": grad q = 1\n");
  ASSERT_TRUE(result.instance) << result.report();
  const auto& judgements = result.instance->judgements;
  EXPECT_THAT(*judgements[0].message, testing::HasSubstr("do not broadcast together"));
  EXPECT_FALSE(judgements[1].message);
  EXPECT_EQ(judgements[1].roots.size(), 1u);
  EXPECT_EQ(judgements[2].message, "unknown input 'q'");
}

TEST(Overrides, ReplaceValuesSizesAndPrecision) {
  Overrides overrides;
  overrides.set = {{"x", "[1, 2 * n]"}};
  overrides.dim = {{"n", 3}};
  overrides.dtype = DType::f32;
  const Elaborated result =
      elaborate_text("dtype f64\ndim n in 1..8\ninput x : [2] in [0, 1]\ny = x * n\n", overrides);
  ASSERT_TRUE(result.instance) << result.report();
  EXPECT_EQ(result.instance->program.dtype, DType::f32);
  EXPECT_THAT(result.entries("y"), ElementsAre(3, 18));
  EXPECT_TRUE(result.instance->single_point);
}

}  // namespace
}  // namespace verigrad::expressions
