#include <random>

#include "expressions/lexer.hpp"
#include "expressions/print.hpp"
#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

TEST(Expression, PrecedenceIsPythons) {
  EXPECT_EQ(grouping_of("a + b * c"), "(+ a (* b c))");
  EXPECT_EQ(grouping_of("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(grouping_of("a / b * c @ d"), "(@ (* (/ a b) c) d)");
  EXPECT_EQ(grouping_of("-2 ** 2"), "(- (** 2 2))");
  EXPECT_EQ(grouping_of("2 ** 3 ** 2"), "(** 2 (** 3 2))");
  EXPECT_EQ(grouping_of("2 ** -1"), "(** 2 (- 1))");
  EXPECT_EQ(grouping_of("2 ** -x ** 2"), "(** 2 (- (** x 2)))");
  EXPECT_EQ(grouping_of("-a * -b"), "(* (- a) (- b))");
  EXPECT_EQ(grouping_of("+-+x"), "(+ (- (+ x)))");
  EXPECT_EQ(grouping_of("-x.T ** 2"), "(- (** (.T x) 2))");
  EXPECT_EQ(grouping_of("(a + b) * c"), "(* (+ a b) c)");
  EXPECT_EQ(grouping_of("a - (b - c)"), "(- a (- b c))");
}

TEST(Expression, OperandsOfEveryKind) {
  EXPECT_EQ(grouping_of("[1, [x, \"a\"], True, False, None,]"),
            "(list 1 (list x \"a\") True False None)");
  EXPECT_EQ(grouping_of("[]"), "(list)");
  EXPECT_EQ(grouping_of("f()"), "(call f)");
  EXPECT_EQ(grouping_of("f(a, b, dim=0, keepdim=True,)"), "(call f a b dim=0 keepdim=True)");
  EXPECT_EQ(grouping_of("x.grad.zero_()"), "(call .zero_ (.grad x))");
  EXPECT_EQ(grouping_of("y.backward(v, retain_graph=True)"),
            "(call .backward y v retain_graph=True)");
  EXPECT_EQ(grouping_of("[1, 2].T"), "(.T (list 1 2))");
  EXPECT_EQ(grouping_of("grad(y, [a, b])[0]"), "(index (call grad y (list a b)) 0)");
}

TEST(Expression, IndexesAndSlices) {
  EXPECT_EQ(grouping_of("x[i]"), "(index x i)");
  EXPECT_EQ(grouping_of("x[-1, :]"), "(index x (- 1) (slice _ _ _))");
  EXPECT_EQ(grouping_of("x[a:b]"), "(index x (slice a b _))");
  EXPECT_EQ(grouping_of("x[::2]"), "(index x (slice _ _ 2))");
  EXPECT_EQ(grouping_of("x[1::, :2, None]"), "(index x (slice 1 _ _) (slice _ 2 _) None)");
  EXPECT_EQ(grouping_of("x[0][1:]"), "(index (index x 0) (slice 1 _ _))");
}

TEST(Expression, ComparisonsStandInsideWhereOnly) {
  EXPECT_EQ(grouping_of("where(x > 0, x, -x)"), "(call where (> x 0) x (- x))");
  EXPECT_EQ(grouping_of("where((x + 1 <= y * 2), 1, 0)"), "(call where (<= (+ x 1) (* y 2)) 1 0)");
  EXPECT_THAT(grouping_of("x > 0"), testing::StartsWith("E032"));
  EXPECT_THAT(grouping_of("f(x > 0)"), testing::StartsWith("E032"));
  EXPECT_THAT(grouping_of("where(x > 0, 1, 2) + (x > 0)"), testing::StartsWith("E032"));
  EXPECT_THAT(grouping_of("where(0 < x < 1, 1, 2)"), testing::StartsWith("E032"));
  EXPECT_THAT(grouping_of("where(x ~= 1, 1, 2)"), testing::StartsWith("E032"));
}

TEST(Expression, TheFirstChildOfAChainIsNoChain) {
  EXPECT_EQ(grouping_of("((a + b) - c) + d"), "(+ (- (+ a b) c) d)");
  Arena arena;
  Diagnostics none;
  const auto first = SourceFile::from_text("f", "(a + b) + c");
  const Expr* a = parse_expression(first, arena, none);
  const auto kept = SourceFile::from_text("f", "a + b + c");
  const Expr* b = parse_expression(kept, arena, none);
  ASSERT_TRUE(a && b);
  EXPECT_EQ(b->children.size(), 3u);
  EXPECT_TRUE(same(a, b));
}

TEST(Expression, SpansCoverTheTextOfANode) {
  const std::string text = "f(a, (b + c).T) ** -x[1:2]";
  const SourcePtr source = SourceFile::from_text("f", text);
  Arena arena;
  Diagnostics none;
  const Expr* e = parse_expression(source, arena, none);
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(source->text(e->span), text);
  EXPECT_EQ(source->text(e->child(0).span), "f(a, (b + c).T)");
  EXPECT_EQ(source->text(e->child(0).name_span), "f");
  EXPECT_EQ(source->text(e->child(0).child(1).span), "(b + c).T");
  EXPECT_EQ(source->text(e->child(0).child(1).name_span), "T");
  EXPECT_EQ(source->text(e->child(0).child(1).child(0).span), "b + c");
  EXPECT_EQ(source->text(e->child(1).span), "-x[1:2]");
  EXPECT_EQ(source->text(e->child(1).child(0).child(1).span), "1:2");
}

TEST(Expression, NumbersKeepTheirText) {
  const SourcePtr source = SourceFile::from_text("f", "0.10");
  Arena arena;
  Diagnostics none;
  const Expr* e = parse_expression(source, arena, none);
  ASSERT_NE(e, nullptr);
  EXPECT_EQ(e->text, "0.10");
  EXPECT_EQ(e->number, 0.1);
}

TEST(Expression, MessagesNameWhatWasExpected) {
  EXPECT_EQ(grouping_of("a +"), "E008: expected an expression");
  EXPECT_EQ(grouping_of("f(a b)"), "E008: expected ',' or ')'");
  EXPECT_EQ(grouping_of("(a, b)"), "E008: expected ')'");
  EXPECT_EQ(grouping_of("()"), "E008: expected an expression");
  EXPECT_EQ(grouping_of("x[]"), "E008: expected an index or a slice");
  EXPECT_EQ(grouping_of("x.3"), "E008: expected the end of the expression");
  EXPECT_EQ(grouping_of("a ++"), "E008: expected an expression");
  EXPECT_EQ(grouping_of("f(x)(y)"), "E008: only functions and methods can be called");
  EXPECT_EQ(grouping_of("a\nb"), "E008: expected the end of the expression");
  EXPECT_EQ(grouping_of(""), "E008: expected an expression");
  EXPECT_EQ(grouping_of("a + in"), "E008: expected an expression");
  EXPECT_EQ(grouping_of("f(x=1, x=2)"), "E040: keyword 'x' is given twice");
  EXPECT_EQ(grouping_of("f(x=1, 2)"), "E040: a positional argument after a keyword argument");
}

TEST(Print, UsesAsFewBracketsAsTheMeaningAllows) {
  const auto printed = [](const std::string& text) {
    Arena arena;
    Diagnostics none;
    const SourcePtr source = SourceFile::from_text("f", text);
    return to_text(parse_expression(source, arena, none));
  };
  EXPECT_EQ(printed("((a)+((b*c)))"), "a + b * c");
  EXPECT_EQ(printed("(a+b)*c-(d-e)"), "(a + b) * c - (d - e)");
  EXPECT_EQ(printed("(-2)**2"), "(-2) ** 2");
  EXPECT_EQ(printed("-(2**2)"), "-2 ** 2");
  EXPECT_EQ(printed("(2**3)**2"), "(2 ** 3) ** 2");
  EXPECT_EQ(printed("2**(-1)"), "2 ** -1");
  EXPECT_EQ(printed("a*(b/c)"), "a * (b / c)");
  EXPECT_EQ(printed("(-x).T"), "(-x).T");
  EXPECT_EQ(printed("(1.5).item( )"), "(1.5).item()");
  EXPECT_EQ(printed("x[ 1 : , ::-1 ]"), "x[1:, ::-1]");
  EXPECT_EQ(printed("f(dim = 0)"), "f(dim=0)");
  EXPECT_EQ(printed("where( x==0 ,1,2)"), "where(x == 0, 1, 2)");
  EXPECT_EQ(printed("\"a\\n\\\"\""), "\"a\\n\\\"\"");
}

TEST(Print, NumbersWithoutTextAreShortAndExact) {
  EXPECT_EQ(number_to_text(0.1), "0.1");
  EXPECT_EQ(number_to_text(3.0), "3");
  EXPECT_EQ(literal_value(number_to_text(1.0 / 3)), 1.0 / 3);
  EXPECT_EQ(number_to_text(-HUGE_VAL), "-inf");
}

/// A random tree that keeps the invariants of Expr.
class RandomTrees {
 public:
  explicit RandomTrees(std::uint32_t seed, Arena& arena) : random_(seed), build_(arena) {}

  const Expr* tree(int depth) {
    if (depth == 0) return leaf();
    const auto sub = [&] { return tree(depth - (depth > 1 && pick(2) == 0 ? 2 : 1)); };
    switch (pick(10)) {
      case 0:
        return build_.unary(pick(2) ? UnaryOp::minus : UnaryOp::plus, sub());
      case 1:
      case 2:
      case 3:
      case 4:
        return build_.binary(static_cast<BinaryOp>(pick(6)), sub(), sub());
      case 5: {
        const Expr* arguments[] = {sub(), sub()};
        const Keyword keywords[] = {{{"dim", {}}, sub()}};
        return build_.call({"f", {}}, arguments, std::span(keywords, pick(2)));
      }
      case 6: {
        const Expr* arguments[] = {sub()};
        return build_.method(sub(), {"backward", {}}, std::span(arguments, pick(2)));
      }
      case 7:
        return build_.attribute(sub(), {"T", {}});
      case 8: {
        const Expr* items[] = {build_.slice(pick(2) ? sub() : nullptr, pick(2) ? sub() : nullptr,
                                            pick(2) ? sub() : nullptr),
                               sub()};
        return build_.index(sub(), items);
      }
      default: {
        const Expr* where[] = {build_.compare(static_cast<CompareOp>(pick(6)), sub(), sub()), sub(),
                               sub()};
        return build_.call({"where", {}}, where);
      }
    }
  }

 private:
  std::size_t pick(std::size_t n) { return random_() % n; }
  const Expr* leaf() {
    switch (pick(6)) {
      case 0:
        return build_.number("1.", 1);
      case 1:
        return build_.number("", 0.1);
      case 2:
        return build_.string("a\"\n\\");
      case 3:
        return build_.boolean(pick(2) == 0);
      case 4:
        return build_.list({});
      default:
        return build_.name("x");
    }
  }

  std::mt19937 random_;
  ExprBuilder build_;
};

TEST(Print, ParsingThePrintedTextGivesTheSameTree) {
  for (std::uint32_t seed = 0; seed < 5000; ++seed) {
    Arena arena;
    const Expr* tree = RandomTrees(seed, arena).tree(1 + static_cast<int>(seed % 6));
    const std::string text = to_text(tree);
    const SourcePtr source = SourceFile::from_text("f", text);
    Diagnostics diagnostics;
    const Expr* again = parse_expression(source, arena, diagnostics);
    ASSERT_NE(again, nullptr) << diagnostics.render_all();
    ASSERT_TRUE(same(tree, again)) << text << "\n" << grouping(tree) << "\n" << grouping(again);
  }
}

TEST(Same, TellsTreesApart) {
  Arena arena;
  std::vector<const Expr*> trees;
  std::vector<SourcePtr> kept;
  for (const char* text : {"a",
                           "b",
                           "1",
                           "1.5",
                           "\"a\"",
                           "True",
                           "False",
                           "None",
                           "[a]",
                           "[a, b]",
                           "-a",
                           "+a",
                           "a + b",
                           "a - b",
                           "a ** b",
                           "f(a)",
                           "g(a)",
                           "f(b)",
                           "f(a, x=1)",
                           "f(a, x=2)",
                           "f(a, y=1)",
                           "a.f()",
                           "a.f",
                           "a.g",
                           "a[1]",
                           "a[1:]",
                           "a[:1]",
                           "where(a < b, 1, 2)",
                           "where(a > b, 1, 2)"}) {
    kept.push_back(SourceFile::from_text("f", text));
    Diagnostics none;
    trees.push_back(parse_expression(kept.back(), arena, none));
    ASSERT_NE(trees.back(), nullptr) << text;
  }
  for (std::size_t i = 0; i < trees.size(); ++i)
    for (std::size_t j = 0; j < trees.size(); ++j)
      EXPECT_EQ(same(trees[i], trees[j]), i == j) << i << " " << j;
}

}  // namespace
}  // namespace verigrad::expressions
