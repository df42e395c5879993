#include "expressions/lexer.hpp"
#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// Parses a text that must be free of errors.
Parsed good(const std::string& text) {
  Parsed parsed = parse_text(text);
  EXPECT_THAT(parsed.codes(), IsEmpty()) << parsed.report();
  return parsed;
}

std::vector<std::string> codes(const std::string& text) { return parse_text(text).codes(); }

TEST(Statement, Dtype) {
  const Parsed p = good("dtype f32\n");
  EXPECT_EQ(p.get<DtypeStatement>().dtype.text, "f32");
  good("use \"a\"\nset seed = 1\ndtype f64\ninput x");
  EXPECT_THAT(codes("dtype f16"), ElementsAre("E038"));
  EXPECT_THAT(codes("dim n = 1\ndtype f32"), ElementsAre("E038"));
  EXPECT_THAT(codes("y = 1\ndtype f32"), ElementsAre("E038"));
  EXPECT_THAT(codes("dtype"), ElementsAre("E008"));
}

TEST(Statement, Dim) {
  const Parsed p = good("dim n = 4\ndim n in 1..8, m in 0..2 * n, k = 3");
  ASSERT_EQ(p.get<DimStatement>(0).entries.size(), 1u);
  EXPECT_EQ(grouping(p.get<DimStatement>(0).entries[0].value), "4");
  const auto& entries = p.get<DimStatement>(1).entries;
  ASSERT_EQ(entries.size(), 3u);
  EXPECT_EQ(entries[0].name.text, "n");
  EXPECT_EQ(grouping(entries[0].value), "(.. 1 8)");
  EXPECT_EQ(grouping(entries[1].value), "(.. 0 (* 2 n))");
  EXPECT_EQ(grouping(entries[2].value), "3");
  EXPECT_THAT(codes("dim n in [1, 8]"), ElementsAre("E008"));
  EXPECT_THAT(codes("dim n in 3"), ElementsAre("E008"));
  EXPECT_THAT(codes("dim n"), ElementsAre("E008"));
}

TEST(Statement, InputAndConst) {
  const Parsed p = good(
      "input x\nconst y : [n, 2 * d + 1]\ninput z in [0, 1] = 0.5\nconst w = load(\"f.csv\")\n"
      "input s : [] in {1} = 1");
  EXPECT_TRUE(p.get<LeafStatement>(0).is_input);
  EXPECT_EQ(p.get<LeafStatement>(0).name.text, "x");
  EXPECT_FALSE(p.get<LeafStatement>(0).has_shape);
  EXPECT_EQ(p.get<LeafStatement>(0).domain, nullptr);
  EXPECT_EQ(p.get<LeafStatement>(0).value, nullptr);
  EXPECT_FALSE(p.get<LeafStatement>(1).is_input);
  ASSERT_EQ(p.get<LeafStatement>(1).shape.size(), 2u);
  EXPECT_EQ(grouping(p.get<LeafStatement>(1).shape[1]), "(+ (* 2 d) 1)");
  EXPECT_EQ(p.tree.source->text(p.get<LeafStatement>(1).shape_span), "[n, 2 * d + 1]");
  EXPECT_EQ(grouping(p.get<LeafStatement>(2).value), "0.5");
  EXPECT_EQ(grouping(p.get<LeafStatement>(3).value), "(call load \"f.csv\")");
  EXPECT_TRUE(p.get<LeafStatement>(4).has_shape);
  EXPECT_TRUE(p.get<LeafStatement>(4).shape.empty());
  EXPECT_THAT(codes("input x : [3 / 2]"), ElementsAre("E036"));
  EXPECT_THAT(codes("input x : [-1]"), ElementsAre("E036"));
  EXPECT_THAT(codes("input x : [f(n)]"), ElementsAre("E036"));
  EXPECT_THAT(codes("input x : 3"), ElementsAre("E036"));
  EXPECT_THAT(codes("input a, b"), ElementsAre("E008"));
  EXPECT_THAT(codes("input x = 1 in [0, 1]"), ElementsAre("E008"));
}

struct DomainCase {
  const char* text;
  DomainKind kind;
  bool open_low, open_high;
  std::size_t values;
};

TEST(Statement, EveryDomain) {
  const DomainCase cases[] = {
      {"[a, b]", DomainKind::interval, false, false, 2},
      {"(a, b)", DomainKind::interval, true, true, 2},
      {"[a, b)", DomainKind::interval, false, true, 2},
      {"(a, b]", DomainKind::interval, true, false, 2},
      {"[-inf, 2 * (1 + 1)]", DomainKind::interval, false, false, 2},
      {"{0, 1, -1}", DomainKind::finite_set, false, false, 3},
      {"{7}", DomainKind::finite_set, false, false, 1},
      {"normal(0, 1)", DomainKind::normal, false, false, 2},
      {"logrange(1e-3, 1)", DomainKind::logrange, false, false, 2},
      {"signed_logrange(1, 2)", DomainKind::signed_logrange, false, false, 2}};
  for (const DomainCase& c : cases) {
    const Parsed p = good(std::string("input x in ") + c.text + "  # comment\n");
    const Domain* domain = p.get<LeafStatement>().domain;
    ASSERT_NE(domain, nullptr);
    EXPECT_EQ(domain->kind, c.kind) << c.text;
    EXPECT_EQ(domain->open_low, c.open_low) << c.text;
    EXPECT_EQ(domain->open_high, c.open_high) << c.text;
    EXPECT_EQ(domain->values.size(), c.values) << c.text;
    EXPECT_EQ(p.tree.source->text(domain->span), c.text);
  }
}

TEST(Statement, RefusesDataAndNonsenseAfterIn) {
  for (const char* data : {"[1, 2, 3]", "[1]", "[]", "[[1, 2], [3, 4]]"})
    EXPECT_THAT(codes(std::string("input x in ") + data), ElementsAre("E034")) << data;
  EXPECT_THAT(parse_text("input x in [1, 2, 3]").report(), testing::HasSubstr("x = [1, 2, 3]"));
  for (const char* bad : {"(1)", "(1, 2, 3)", "{}", "uniform(0, 1)", "0..1", "3", "normal(0)", ""})
    EXPECT_THAT(codes(std::string("input x in ") + bad), ElementsAre("E035")) << bad;
}

TEST(Statement, Def) {
  const Parsed p = good("def f(a, b) = a ** b\ndef one() = 1");
  const auto& def = p.get<DefStatement>(0);
  EXPECT_EQ(def.name.text, "f");
  ASSERT_EQ(def.parameters.size(), 2u);
  EXPECT_EQ(def.parameters[1].text, "b");
  EXPECT_EQ(grouping(def.body), "(** a b)");
  EXPECT_TRUE(p.get<DefStatement>(1).parameters.empty());
  EXPECT_THAT(codes("def f(a, a) = a"), ElementsAre("E040"));
  EXPECT_THAT(codes("def f(a): a"), ElementsAre("E008"));
  EXPECT_THAT(codes("def f(pi) = 1"), ElementsAre("E031"));
}

TEST(Statement, BindingAndOutput) {
  const Parsed p = good("p = sigmoid(x)\noutput p");
  EXPECT_EQ(p.get<BindingStatement>(0).name.text, "p");
  EXPECT_EQ(grouping(p.get<BindingStatement>(0).value), "(call sigmoid x)");
  EXPECT_EQ(p.get<OutputStatement>(1).name.text, "p");
}

TEST(Statement, WordsOfStatementsAreNamesBeforeAnEqualsSign) {
  for (const char* word :
       {"dtype", "dim", "input", "const",  "def", "output", "check", "grad",  "jacobian", "hessian",
        "vjp",   "jvp", "hvp",   "expect", "set", "use",    "test",  "print", "with",     "for"}) {
    const Parsed p = good(std::string(word) + " = 3");
    EXPECT_EQ(p.get<BindingStatement>().name.text, word);
  }
  good("output = a + b\ny = mean(x, dim=0) + dim + grad(1) * input.test");
}

TEST(Statement, ConstantsAndReservedWordsCannotBeAssigned) {
  for (const char* word : {"pi", "inf", "nan", "True", "False", "None", "in", "wrt", "within"}) {
    const std::string w = word;
    EXPECT_THAT(codes(w + " = 1"), ElementsAre("E031")) << word;
    EXPECT_THAT(codes("input " + w), ElementsAre("E031")) << word;
    EXPECT_THAT(codes("dim " + w + " = 1"), ElementsAre("E031")) << word;
    EXPECT_THAT(codes("def f(" + w + ") = 1"), ElementsAre("E031")) << word;
    EXPECT_THAT(codes("test \"t\":\n    " + w + " = 1"), ElementsAre("E031")) << word;
    EXPECT_THAT(codes("test \"t\":\n    for " + w + " in 1..2:\n        f()"), ElementsAre("E031"));
  }
}

TEST(Statement, Check) {
  const Parsed p = good("check\ncheck y\ncheck wrt a, b\ncheck y wrt a");
  EXPECT_EQ(p.get<CheckStatement>(0).output, nullptr);
  EXPECT_EQ(grouping(p.get<CheckStatement>(1).output), "y");
  EXPECT_EQ(p.get<CheckStatement>(2).output, nullptr);
  ASSERT_EQ(p.get<CheckStatement>(2).wrt.size(), 2u);
  EXPECT_EQ(p.get<CheckStatement>(2).wrt[1].text, "b");
  EXPECT_EQ(p.get<CheckStatement>(3).wrt[0].text, "a");
  EXPECT_THAT(codes("check y, z"), ElementsAre("E008"));
  EXPECT_THAT(codes("check wrt"), ElementsAre("E008"));
}

TEST(Statement, EveryClaim) {
  const Parsed p = good(
      "grad x = 2 * x\ngrad(y, x) = 1 within 1e-3\njacobian(y, x) = J\nhessian(y, x) = H\n"
      "vjp(y, x, v) = a\njvp(y, x, ones(3)) = b\nhvp(y, x, u,) = c");
  EXPECT_EQ(p.get<ClaimStatement>(0).output, nullptr);
  EXPECT_EQ(p.get<ClaimStatement>(0).wrt.text, "x");
  EXPECT_EQ(p.get<ClaimStatement>(0).tolerance, nullptr);
  EXPECT_EQ(grouping(p.get<ClaimStatement>(1).output), "y");
  EXPECT_EQ(grouping(p.get<ClaimStatement>(1).tolerance), "1e-3");
  const ClaimKind kinds[] = {ClaimKind::grad,    ClaimKind::grad, ClaimKind::jacobian,
                             ClaimKind::hessian, ClaimKind::vjp,  ClaimKind::jvp,
                             ClaimKind::hvp};
  for (std::size_t i = 0; i < 7; ++i) {
    EXPECT_EQ(p.get<ClaimStatement>(i).kind, kinds[i]);
    EXPECT_EQ(p.get<ClaimStatement>(i).vector != nullptr, i >= 4);
  }
  EXPECT_EQ(grouping(p.get<ClaimStatement>(5).vector), "(call ones 3)");
  EXPECT_EQ(p.tree.source->text(p.tree.statements[1]->span), "grad(y, x) = 1 within 1e-3");
  EXPECT_THAT(codes("grad(y) = 1"), ElementsAre("E040"));
  EXPECT_THAT(codes("grad() = 1"), ElementsAre("E040"));
  EXPECT_THAT(codes("grad(y, x, v) = 1"), ElementsAre("E040"));
  EXPECT_THAT(codes("vjp(y, x) = 1"), ElementsAre("E040"));
  EXPECT_THAT(codes("jacobian x = 1"), ElementsAre("E008"));
  EXPECT_THAT(codes("grad(y, x)"), ElementsAre("E008"));
  EXPECT_THAT(codes("grad(y, 2 * x) = 1"), ElementsAre("E008"));
}

TEST(Statement, ExpectComparesOnce) {
  const Parsed p = good(
      "expect a\nexpect a == b + 1\nexpect a ~= b\nexpect a ~= b within 1e-6\nexpect a != b\n"
      "expect a < b\nexpect a <= b\nexpect a > b\nexpect a >= b\nexpect (a < b)\n"
      "expect error == 1\nexpect fail < 2");
  EXPECT_FALSE(p.get<ExpectStatement>(0).op.has_value());
  EXPECT_EQ(grouping(p.get<ExpectStatement>(1).right), "(+ b 1)");
  EXPECT_EQ(grouping(p.get<ExpectStatement>(3).tolerance), "1e-6");
  const CompareOp ops[] = {CompareOp::eq, CompareOp::approx, CompareOp::approx, CompareOp::ne,
                           CompareOp::lt, CompareOp::le,     CompareOp::gt,     CompareOp::ge};
  for (std::size_t i = 0; i < 8; ++i) EXPECT_EQ(p.get<ExpectStatement>(i + 1).op, ops[i]) << i;
  EXPECT_EQ(grouping(p.get<ExpectStatement>(9).left), "(< a b)");
  EXPECT_EQ(grouping(p.get<ExpectStatement>(10).left), "error");
  EXPECT_THAT(codes("expect a == b == c"), ElementsAre("E032"));
  EXPECT_THAT(codes("expect a = b"), ElementsAre("E008"));
  EXPECT_THAT(parse_text("expect a = b").report(), testing::HasSubstr("equality is written =="));
  EXPECT_THAT(codes("expect a == b within 1"), ElementsAre("E039"));
  EXPECT_THAT(codes("expect a is None"), ElementsAre("E008"));
}

TEST(Statement, ExpectErrorAndWarningTakeAStatement) {
  const Parsed p = good(
      "expect error \"no \\\"X\\\"\": y = X @ 1\nexpect warning \"w\": check y\n"
      "expect error \"dim\": sum(x, dim=9)\nexpect error \"s\": input z : [3]");
  EXPECT_TRUE(p.get<ExpectMessageStatement>(0).is_error);
  EXPECT_EQ(p.get<ExpectMessageStatement>(0).text, "no \"X\"");
  EXPECT_TRUE(
      std::holds_alternative<BindingStatement>(p.get<ExpectMessageStatement>(0).statement->node));
  EXPECT_FALSE(p.get<ExpectMessageStatement>(1).is_error);
  EXPECT_TRUE(
      std::holds_alternative<CheckStatement>(p.get<ExpectMessageStatement>(1).statement->node));
  EXPECT_TRUE(std::holds_alternative<ExpressionStatement>(
      p.get<ExpectMessageStatement>(2).statement->node));
  EXPECT_EQ(p.tree.source->text(p.get<ExpectMessageStatement>(3).statement->span), "input z : [3]");
  EXPECT_THAT(codes("expect error: y = 1"), ElementsAre("E008"));
  EXPECT_THAT(codes("expect error \"a\": "), ElementsAre("E008"));
  EXPECT_THAT(codes("expect error \"a\": test \"b\":"), ElementsAre("E037"));
}

TEST(Statement, ExpectAVerdictTakesAClaimOrACheck) {
  const Parsed p = good(
      "expect fail: grad x = 3 * x within 1\nexpect inaccurate: check y\n"
      "expect inconclusive: hvp(y, x, u) = 1\nexpect pass: check");
  const ExpectedVerdict verdicts[] = {ExpectedVerdict::fail, ExpectedVerdict::inaccurate,
                                      ExpectedVerdict::inconclusive, ExpectedVerdict::pass};
  for (std::size_t i = 0; i < 4; ++i)
    EXPECT_EQ(p.get<ExpectVerdictStatement>(i).verdict, verdicts[i]);
  EXPECT_NE(std::get<ClaimStatement>(p.get<ExpectVerdictStatement>(0).statement->node).tolerance,
            nullptr);
  EXPECT_THAT(codes("expect fail: y = 1"), ElementsAre("E008"));
  EXPECT_THAT(codes("expect fail: grad = 1"), ElementsAre("E008"));
  EXPECT_THAT(codes("expect fails: check"), ElementsAre("E008"));
  EXPECT_THAT(parse_text("expect fails: check").report(), testing::HasSubstr("mean 'fail'"));
  EXPECT_THAT(codes("test \"t\":\n    expect fail: check"), ElementsAre("E037"));
}

TEST(Statement, Set) {
  const Parsed p = good("set samples = 50, method = finite-difference, rtol = -1e-6, seed = 0x10");
  const auto& settings = p.get<SetStatement>().settings;
  ASSERT_EQ(settings.size(), 4u);
  EXPECT_EQ(settings[0].key.text, "samples");
  EXPECT_TRUE(settings[0].is_number);
  EXPECT_EQ(settings[0].number, 50);
  EXPECT_EQ(settings[1].value.text, "finite-difference");
  EXPECT_FALSE(settings[1].is_number);
  EXPECT_EQ(settings[2].number, -1e-6);
  EXPECT_EQ(settings[3].number, 16);
  EXPECT_THAT(codes("set a = \"b\""), ElementsAre("E008"));
  EXPECT_THAT(codes("set a"), ElementsAre("E008"));
  EXPECT_THAT(codes("set a = finite - difference"), ElementsAre("E008"));
  EXPECT_THAT(codes("set a = -b"), ElementsAre("E008"));
}

TEST(Statement, Use) {
  const Parsed p = good("use \"lib.grad\"\nuse fpcore \"f\"\nuse fpcore \"f\" name \"n\\\\m\"");
  EXPECT_FALSE(p.get<UseStatement>(0).is_fpcore);
  EXPECT_EQ(p.get<UseStatement>(0).file, "lib.grad");
  EXPECT_TRUE(p.get<UseStatement>(1).is_fpcore);
  EXPECT_FALSE(p.get<UseStatement>(1).has_name);
  EXPECT_TRUE(p.get<UseStatement>(2).has_name);
  EXPECT_EQ(p.get<UseStatement>(2).name, "n\\m");
  EXPECT_THAT(codes("use lib"), ElementsAre("E008"));
  EXPECT_THAT(codes("use \"lib\" name \"n\""), ElementsAre("E008"));
}

TEST(TestBlock, HoldsItsStatements) {
  const Parsed p = good(
      "test \"a name\":\n"
      "    a = x * 2\n"
      "\n"
      "# a comment at the margin\n"
      "    a = a + [\n"
      "1]\n"
      "    a.backward()\n"
      "    expect x.grad == 2\n"
      "    print a\n"
      "    with no_grad():\n"
      "      x.sub_(1)\n"
      "      for i in 0..n - 1:\n"
      "         f(i)\n"
      "         g(i)\n"
      "    expect error \"e\": y.backward()\n"
      "    grad(y, x)\n"
      "    input = 3\n"
      "    output.backward()\n"
      "y = 3\n");
  const auto& test = p.get<TestStatement>();
  EXPECT_EQ(test.name, "a name");
  ASSERT_EQ(test.body.size(), 10u);
  const auto is = [&]<class T>(std::size_t i, T) {
    return std::holds_alternative<T>(test.body[i]->node);
  };
  EXPECT_TRUE(is(0, BindingStatement{}));
  EXPECT_TRUE(is(1, BindingStatement{}));
  EXPECT_TRUE(is(2, ExpressionStatement{}));
  EXPECT_TRUE(is(3, ExpectStatement{}));
  EXPECT_TRUE(is(4, PrintStatement{}));
  EXPECT_TRUE(is(6, ExpectMessageStatement{}));
  EXPECT_TRUE(is(7, ExpressionStatement{}));
  EXPECT_TRUE(is(8, BindingStatement{}));
  EXPECT_TRUE(is(9, ExpressionStatement{}));
  const auto& no_grad = std::get<NoGradStatement>(test.body[5]->node);
  ASSERT_EQ(no_grad.body.size(), 2u);
  const auto& loop = std::get<ForStatement>(no_grad.body[1]->node);
  EXPECT_EQ(loop.variable.text, "i");
  EXPECT_EQ(grouping(loop.range), "(.. 0 (- n 1))");
  EXPECT_EQ(loop.body.size(), 2u);
  EXPECT_EQ(p.tree.source->text(no_grad.body[1]->span), "for i in 0..n - 1:");
  EXPECT_EQ(p.get<BindingStatement>(1).name.text, "y");
}

TEST(TestBlock, IsIndentedByOneDepthOfSpaces) {
  EXPECT_THAT(codes("test \"t\":\n\tf()"), ElementsAre("E006"));
  EXPECT_THAT(codes("test \"t\":\n\tf()\n\tg()\n    h()"), ElementsAre("E006"));
  EXPECT_THAT(codes("test \"t\":\nf = 1"), ElementsAre("E006"));
  EXPECT_THAT(codes("test \"t\":"), ElementsAre("E006"));
  EXPECT_THAT(codes("test \"t\":\n    f()\n      g()"), ElementsAre("E006"));
  EXPECT_THAT(codes("test \"t\":\n    f()\n  g()"), ElementsAre("E006"));
  EXPECT_THAT(codes("  y = 1"), ElementsAre("E006"));
  EXPECT_THAT(codes("test \"t\":\n    f(1,\n\t2)\n\t\n\t# comment\n    g()"), IsEmpty());
}

TEST(TestBlock, HasItsOwnStatements) {
  for (const char* line :
       {"input z", "const z", "dim n = 3", "dtype f32", "set seed = 1", "use \"a\"", "def f(x) = x",
        "output y", "check", "check y", "grad x = 1", "grad(y, x) = 1", "x[0] = 1",
        "test \"inner\":\n        f()"})
    EXPECT_THAT(codes(std::string("test \"t\":\n    ") + line), ElementsAre("E037")) << line;
  for (const char* line : {"print x", "with no_grad():\n    f()", "for i in 1..2:\n    f()"})
    EXPECT_THAT(codes(line), ElementsAre("E037")) << line;
  for (const char* line : {"x", "x + 1", "x += 1", "x y", "return x"})
    EXPECT_THAT(codes(std::string("test \"t\":\n    ") + line), ElementsAre("E030")) << line;
  EXPECT_THAT(codes("test \"t\":\n    x == 1"), ElementsAre("E032"));
  EXPECT_THAT(codes("test \"t\":\n    for i in range(3):\n        f()"), ElementsAre("E008"));
  EXPECT_THAT(codes("test \"t\":\n    with grad():\n        f()"), ElementsAre("E008"));
  EXPECT_THAT(codes("test \"t\" \n    f()"), ElementsAre("E008"));
  EXPECT_THAT(codes("test t:\n    f()"), ElementsAre("E008"));
}

TEST(Statement, TheRichExamplesParseWithoutAWord) {
  for (const auto& path : grad_files(test_data("expressions/data"))) good(read_bytes(path));
}

TEST(Statement, LineEndsAndByteOrderMarksDoNotMatter) {
  const std::string text = read_bytes(test_data("expressions/data/everything.grad"));
  std::string windows = "\xEF\xBB\xBF";
  for (const char c : text) windows += c == '\n' ? std::string("\r\n") : std::string(1, c);
  EXPECT_TRUE(same(good(text).tree, good(windows).tree));
  EXPECT_THAT(parse_text("\xEF\xBB\xBFy = ^\r\n").report(), testing::HasSubstr(":1:5\n"));
}

}  // namespace
}  // namespace verigrad::expressions
