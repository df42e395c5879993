#include "expressions/fpcore.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "expressions/parser.hpp"
#include "expressions/print.hpp"
#include "tests/expressions/elaborate_helpers.hpp"
#include "tests/expressions/fpcore_support.hpp"
#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

using ::testing::ElementsAre;
using testing::Evaluator;
using ::testing::HasSubstr;
using testing::Variables;

struct Imported {
  Arena arena;
  FpcoreFile file;

  explicit Imported(const std::string& text)
      : file(read_fpcore(SourceFile::from_text("test.fpcore", text), arena)) {}

  [[nodiscard]] const FpcoreCore& core(std::size_t i = 0) const { return file.cores.at(i); }
  [[nodiscard]] double value(const Variables& at, std::size_t i = 0) const {
    return Evaluator(at, &file)(core(i).body);
  }
};

Imported sample() { return Imported(read_bytes(test_data("expressions/data/conversions.fpcore"))); }

/// The body of a core with the arguments x, y, z as text of the language.
std::string body(const std::string& text, const std::string& properties = "") {
  const Imported in("(FPCore (x y z) " + properties + " " + text + ")");
  if (in.core().unsupported) return "unsupported: " + *in.core().unsupported;
  return to_text(in.core().body);
}

std::string domain(const FpcoreArgument& argument) {
  if (!argument.domain) return "none";
  return fmt::format("{}{}, {}{}", argument.domain->open_low ? '(' : '[',
                     to_text(argument.domain->values[0]), to_text(argument.domain->values[1]),
                     argument.domain->open_high ? ')' : ']');
}

/// The domains of x, y, z and the other conditions.
std::vector<std::string> precondition(const std::string& text) {
  const Imported in("(FPCore (x y z) :pre " + text + " x)");
  if (in.core().unsupported) return {"unsupported: " + *in.core().unsupported};
  std::vector<std::string> all;
  for (const FpcoreArgument& argument : in.core().arguments) all.push_back(domain(argument));
  for (const Expr* condition : in.core().conditions)
    all.push_back(to_text(condition->children[0]) +
                  fmt::format(" {} ", spelling(condition->compare_op)) +
                  to_text(condition->children[1]));
  return all;
}

std::string error(const std::string& text) {
  const SourcePtr source = SourceFile::from_text("bad.fpcore", text);
  Arena arena;
  try {
    read_fpcore(source, arena);
  } catch (const FpcoreError& e) {
    return source->where(e.span()) + ": " + e.what();
  }
  return "no error";
}

TEST(Fpcore, ArithmeticKeepsItsGrouping) {
  EXPECT_EQ(body("(- (+ x y) z)"), "x + y - z");
  EXPECT_EQ(body("(- x (+ y z))"), "x - (y + z)");
  EXPECT_EQ(body("(/ (* x y) z)"), "x * y / z");
  EXPECT_EQ(body("(- (pow x 2))"), "-x ** 2");
  EXPECT_EQ(body("(pow (- x) (pow y z))"), "(-x) ** y ** z");
}

TEST(Fpcore, NumbersKeepTheirValue) {
  EXPECT_EQ(body("-3/8"), "-3 / 8");
  EXPECT_EQ(body("(* 3/8 x)"), "3 / 8 * x");
  EXPECT_EQ(body("+.5e-2"), ".5e-2");
  EXPECT_EQ(body("0x1.8p-3"), "0x1.8p-3");
  EXPECT_EQ(body("(digits -15 -1 10)"), "-15e-1");
  EXPECT_EQ(body("(digits 3 -2 2)"), "3 * 2 ** -2");
  const Imported in("(FPCore () (digits 7 -4 16))");
  EXPECT_EQ(in.value({}), 7.0 / 65536);
}

TEST(Fpcore, EveryConstantHasItsValue) {
  const std::vector<std::pair<std::string, double>> constants = {
      {"E", 2.718281828459045},           {"LOG2E", 1.4426950408889634},
      {"LOG10E", 0.4342944819032518},     {"LN2", 0.6931471805599453},
      {"LN10", 2.302585092994046},        {"PI", 3.141592653589793},
      {"PI_2", 1.5707963267948966},       {"PI_4", 0.7853981633974483},
      {"M_1_PI", 0.3183098861837907},     {"M_2_PI", 0.6366197723675814},
      {"M_2_SQRTPI", 1.1283791670955126}, {"SQRT2", 1.4142135623730951},
      {"SQRT1_2", 0.7071067811865476},    {"INFINITY", HUGE_VAL}};
  for (const auto& [name, value] : constants) {
    const Imported in("(FPCore (x) :pre (>= " + name + " x) " + name + ")");
    EXPECT_DOUBLE_EQ(in.value({}), value) << name;
    if (std::isinf(value)) continue;
    const FpcoreArgument& x = in.core().arguments.at(0);
    ASSERT_NE(x.domain, nullptr) << name;
    EXPECT_DOUBLE_EQ(Evaluator({})(x.domain->values[1]), value) << name;
  }
  EXPECT_EQ(Imported("(FPCore (x) :pre (<= INFINITY x) x)").core().unsupported,
            "a ':pre' that leaves no value for 'x'");
}

TEST(Fpcore, FunctionsBecomeTheLanguagesOwn) {
  EXPECT_EQ(body("(fabs (sin x))"), "abs(sin(x))");
  EXPECT_EQ(body("(fmin (fmax x y) z)"), "minimum(maximum(x, y), z)");
  EXPECT_EQ(body("(atan2 y x)"), "atan2(y, x)");
  EXPECT_EQ(body("(nearbyint x)"), "round(x)");
}

TEST(Fpcore, FunctionsThatTheLanguageLacksAreWrittenOutWhereThatIsExact) {
  EXPECT_EQ(body("(fma x y z)"), "x * y + z");
  EXPECT_EQ(body("(fdim x y)"), "maximum(x - y, 0)");
}

/// C's functions, which FPCore's operators are (FPCore 2.0, table of operators).
TEST(Fpcore, TheEnginesFunctionsComputeWhatCsDo) {
  const auto in_engine = [](const std::string& text) {
    return value_of("input x = -7.5\ninput z = 2\ny = " + body(text) + "\n").at(0);
  };
  EXPECT_DOUBLE_EQ(in_engine("(cbrt x)"), std::cbrt(-7.5));
  EXPECT_DOUBLE_EQ(in_engine("(erfc x)"), std::erfc(-7.5));
  EXPECT_DOUBLE_EQ(in_engine("(erfc z)"), std::erfc(2.0));
  EXPECT_DOUBLE_EQ(in_engine("(lgamma x)"), std::lgamma(-7.5));
  EXPECT_DOUBLE_EQ(in_engine("(exp2 x)"), std::exp2(-7.5));
  EXPECT_DOUBLE_EQ(in_engine("(hypot x z)"), std::hypot(-7.5, 2.0));
  EXPECT_EQ(in_engine("(hypot (* x 1e300) 0)"), 7.5e300);
  EXPECT_EQ(in_engine("(fmod x z)"), -1.5);
  EXPECT_EQ(in_engine("(fmod x (- z))"), -1.5);
  EXPECT_EQ(in_engine("(fmod (- x) (- z))"), 1.5);
}

TEST(Fpcore, WhatCannotBeTranslatedIsNamed) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"(tgamma x)", "the operator 'tgamma'"},
      {"(remainder x y)", "the operator 'remainder'"},
      {"(round x)", "the operator 'round'"},
      {"(while* (< x 1) ([x 0 (+ x 1)]) x)", "'while*' loops"},
      {"(for ([i 3]) ([x 0 (+ x 1)]) x)", "'for' loops"},
      {"(array x y)", "tensors ('array')"},
      {"(! :precision binary32 (+ x y))", "the precision 'binary32'"},
      {"(! :round toZero (+ x y))", "the rounding mode 'toZero'"},
      {"(sine x)", "unknown operator 'sine'"},
      {"(+ x w)", "unknown variable 'w'"},
      {"(+ x 1.)", "malformed number or symbol '1.'"},
      {"(+ x 1e999)", "the number '1e999', too large for a double"},
      {"(+ x y z)", "'+' with 3 arguments"},
      {"(sin x y)", "'sin' with 2 arguments"},
      {"(+ 1 (< x y))", "a truth value used as a number ('<')"},
      {"(if x y z)", "a condition that is not a comparison"},
      {"(let x y)", "'let' without a list of bindings"},
      {"()", "a list without an operator"},
      {"\"x\"", "a string as a value"}};
  for (const auto& [text, reason] : cases) EXPECT_EQ(body(text), "unsupported: " + reason) << text;
  EXPECT_EQ(body("x", ":precision posit16"), "unsupported: the precision 'posit16'");
  EXPECT_EQ(body("x", ":round toPositive"), "unsupported: the rounding mode 'toPositive'");
}

TEST(Fpcore, AnUnsupportedConstructHasItsPlace) {
  const Imported in("(FPCore (x)\n  (+ x\n     (tgamma x)))");
  const Position at = in.file.source->position(in.core().unsupported_span.begin);
  EXPECT_EQ(at, (Position{3, 6}));
}

TEST(Fpcore, TensorArgumentsAreUnsupported) {
  EXPECT_EQ(Imported("(FPCore ((a n)) 1)").core().unsupported, "tensors (the argument 'a')");
  EXPECT_EQ(Imported("(FPCore ((! :precision integer n)) n)").core().unsupported,
            "the precision 'integer'");
  EXPECT_FALSE(Imported("(FPCore ((! :precision binary64 n)) n)").core().unsupported);
}

TEST(Fpcore, AnnotationsThatChangeNothingAreAllowed) {
  EXPECT_EQ(body("(! :precision binary64 :round nearestEven (+ x y))"), "x + y");
  EXPECT_EQ(body("(cast (+ x y))", ":precision (float 11 64)"), "x + y");
}

TEST(Fpcore, LetBindsSimultaneouslyAndLetStarInTurn) {
  EXPECT_EQ(body("(let ([x y] [y x]) (- x y))"), "y - x");
  EXPECT_EQ(body("(let* ([x y] [y x]) (- x y))"), "y - y");
  EXPECT_EQ(body("(+ (let ([x 1]) x) x)"), "1 + x");
}

TEST(Fpcore, ABoundValueIsOneNodeHoweverOftenItIsUsed) {
  const Imported in("(FPCore (x) (let ([s (+ x 1)]) (* (sin s) (- s (cos s)))))");
  const Expr* product = in.core().body;
  const Expr* first = product->children[0]->children[0];
  const Expr* difference = product->children[1];
  EXPECT_EQ(difference->children[1]->children[0], first);
  ASSERT_EQ(difference->children[0]->kind, ExprKind::unary);
  EXPECT_EQ(difference->children[0]->children[0], first);
  EXPECT_EQ(in.value({{"x", 2}}), std::sin(3.0) * (3 - std::cos(3.0)));
}

TEST(Fpcore, DoublingLetsStayLinear) {
  std::string text = "x";
  for (int i = 0; i < 60; ++i) text = "(let ([x (* x x)]) " + text + ")";
  const Imported in("(FPCore (x) " + text + ")");
  ASSERT_FALSE(in.core().unsupported);
  EXPECT_EQ(in.value({{"x", 1}}), 1);
  EXPECT_EQ(in.core().body->depth, 120);
}

TEST(Fpcore, ConditionsBecomeNestedWhere) {
  EXPECT_EQ(body("(if (< x y) x z)"), "where(x < y, x, z)");
  EXPECT_EQ(body("(if (< x y z) 1 0)"), "where(x < y, where(y < z, 1, 0), 0)");
  EXPECT_EQ(body("(if (or (< x y) (< y z)) 1 0)"), "where(x < y, 1, where(y < z, 1, 0))");
  EXPECT_EQ(body("(if TRUE x y)"), "x");
}

TEST(Fpcore, ConditionsChooseTheRightBranch) {
  struct Case {
    std::string condition;
    bool (*holds)(double, double, double);
  };
  const std::vector<Case> cases = {
      {"(< x y z)", [](double x, double y, double z) { return x < y && y < z; }},
      {"(!= x y z)", [](double x, double y, double z) { return x != y && y != z && x != z; }},
      {"(== x y z)", [](double x, double y, double z) { return x == y && y == z; }},
      {"(not (and (<= x y) (or (> z x) (== z 1))))",
       [](double x, double y, double z) { return !(x <= y && (z > x || z == 1)); }},
      {"(if (< x 1) (>= y 1) (not (!= z 2)))",
       [](double x, double y, double z) { return x < 1 ? y >= 1 : z == 2; }},
      {"(let ([x (+ y z)]) (> x 2))", [](double, double y, double z) { return y + z > 2; }}};
  for (const Case& c : cases) {
    const Imported in("(FPCore (x y z) :pre " + c.condition + " (if " + c.condition + " 5 7))");
    for (int i = 0; i < 27; ++i) {
      const double x = i % 3, y = i / 3 % 3, z = i / 9;
      const Variables at{{"x", x}, {"y", y}, {"z", z}};
      EXPECT_EQ(in.value(at), c.holds(x, y, z) ? 5 : 7) << c.condition << x << y << z;
      bool all = true;
      for (const Expr* condition : in.core().conditions) all = all && Evaluator(at)(condition) != 0;
      EXPECT_EQ(all, c.holds(x, y, z)) << c.condition << x << y << z;
    }
  }
}

TEST(Fpcore, PreconditionsBecomeDomainsAndConditions) {
  EXPECT_THAT(precondition("(and (<= 0 x 3/2) (< -1 y) (> 2 y))"),
              ElementsAre("[0, 3 / 2]", "(-1, 2)", "none"));
  EXPECT_THAT(precondition("(and (>= x 1) (< x 5) (<= 2 x 5))"),
              ElementsAre("[2, 5)", "none", "none"));
  EXPECT_THAT(precondition("(> x 0)"), ElementsAre("(0, inf)", "none", "none"));
  EXPECT_THAT(precondition("(<= x (* 2 PI))"), ElementsAre("(-inf, 2 * pi]", "none", "none"));
  EXPECT_THAT(precondition("(== x 3)"), ElementsAre("[3, 3]", "none", "none"));
  EXPECT_THAT(precondition("(<= 0 x y 1)"), ElementsAre("[0, inf)", "(-inf, 1]", "none", "x <= y"));
  EXPECT_THAT(precondition("(and (!= x 0) (<= 1 y 2) (< (+ x y) z))"),
              ElementsAre("none", "[1, 2]", "none", "x != 0", "x + y < z"));
  EXPECT_THAT(precondition("(or (< x 0) (> y 0))"),
              ElementsAre("none", "none", "none", "where(x < 0, 1, where(y > 0, 1, 0)) > 0"));
  EXPECT_THAT(precondition("(and (< x 1) (> x 1))"),
              ElementsAre("unsupported: a ':pre' that leaves no value for 'x'"));
  EXPECT_THAT(precondition("TRUE"), ElementsAre("none", "none", "none"));
}

TEST(Fpcore, ASampleFileIsReadCoreByCore) {
  const Imported in = sample();
  ASSERT_EQ(in.file.cores.size(), 7u);
  std::vector<std::string> names, identifiers, reasons;
  for (const FpcoreCore& core : in.file.cores) {
    names.push_back(core.name);
    identifiers.emplace_back(core.identifier);
    reasons.push_back(core.unsupported.value_or(""));
  }
  EXPECT_THAT(names, ElementsAre("half-sum", "names, mangled", "ramp", "twice", "newton",
                                 "uses-newton", "core 7"));
  EXPECT_THAT(identifiers, ElementsAre("half_sum", "names__mangled", "ramp", "twice", "newton",
                                       "uses_newton", "core_7"));
  EXPECT_THAT(reasons,
              ElementsAre("", "", "", "", "'while' loops",
                          "a call of 'newton', which is unsupported", "the precision 'binary80'"));
  EXPECT_EQ(in.core(0).dtype, "f64");
  EXPECT_EQ(in.core(1).dtype, "f32");
  EXPECT_EQ(in.value({{"sr_", 4}, {"y_n_", 2}}, 1), 0.25 * 2.25);
}

TEST(Fpcore, AnEarlierCoreIsCalledByItsIdentifier) {
  const Imported in = sample();
  EXPECT_EQ(to_text(in.core(3).body), "half_sum(x, half_sum(x, x))");
  EXPECT_EQ(in.value({{"x", 3}}, 3), 3);
  EXPECT_EQ(Imported("(FPCore (x) (later x)) (FPCore later (x) x)").core().unsupported,
            "unknown operator 'later'");
  EXPECT_EQ(Imported("(FPCore f (x) x) (FPCore (x) (f x 1))").core(1).unsupported,
            "'f' with 2 arguments");
  EXPECT_EQ(Imported("(FPCore f (x) :precision binary32 x) (FPCore (x) (f x))").core(1).unsupported,
            "a call of 'f', which has another precision");
}

TEST(Fpcore, SpecAndAlternativesAreKeptWhereTheyCanBeRead) {
  const Imported in = sample();
  EXPECT_EQ(to_text(in.core(2).spec), "maximum(x, 0)");
  ASSERT_EQ(in.core(2).alternatives.size(), 1u);
  EXPECT_EQ(to_text(in.core(2).alternatives[0].body), "where(x > 0, x, 0)");
  EXPECT_EQ(in.file.source->text(in.core(2).alternatives[0].span), "(if (> x 0) x 0)");
}

TEST(Fpcore, CoresAreFoundByNameSymbolOrIdentifier) {
  const Imported in = sample();
  EXPECT_EQ(in.file.find("names, mangled"), &in.core(1));
  EXPECT_EQ(in.file.find("half_sum"), &in.core(0));
  EXPECT_EQ(in.file.find("half-sum"), &in.core(0));
  EXPECT_EQ(in.file.find("third-sum"), nullptr);
}

TEST(Fpcore, NamesBecomeIdentifiersOfTheLanguage) {
  const Imported in(
      "(FPCore a-b (pi x* x+ x_) :name \"n\" x*) (FPCore a*b () 1)"
      "(FPCore () :name \"2nd \xC3\xA9\" 1) (FPCore () :name \"\" 1)"
      "(FPCore () :name \"None\" 1)");
  std::vector<std::string> identifiers, arguments;
  for (const FpcoreCore& core : in.file.cores) identifiers.emplace_back(core.identifier);
  for (const FpcoreArgument& argument : in.core().arguments)
    arguments.emplace_back(argument.name.text);
  EXPECT_THAT(identifiers, ElementsAre("a_b", "a_b_2", "_2nd__", "core_4", "None_"));
  EXPECT_THAT(arguments, ElementsAre("pi_", "x_", "x__2", "x__3"));
}

TEST(Fpcore, MalformedFilesAreReportedAtTheirPlace) {
  EXPECT_EQ(error(""), "bad.fpcore:1:1: the file has no '(FPCore …)'");
  EXPECT_EQ(error("(FPCore (x)\n  (+ x 1)"), "bad.fpcore:1:1: this bracket is not closed");
  EXPECT_EQ(error("(FPCore (x) x))"), "bad.fpcore:1:15: this bracket closes nothing");
  EXPECT_EQ(error("(FPCore (x]\n x)"), "bad.fpcore:1:11: expected ')'");
  EXPECT_EQ(error("(FPCore (x) :name \"a\n x)"), "bad.fpcore:1:19: this string is not closed");
  EXPECT_EQ(error("(define x 1)"), "bad.fpcore:1:1: expected '(FPCore …)'");
  EXPECT_EQ(error("(FPCore f)"), "bad.fpcore:1:1: expected the list of arguments");
  EXPECT_EQ(error("(FPCore (1) x)"), "bad.fpcore:1:10: expected an argument's name");
  EXPECT_EQ(error("(FPCore (x))"), "bad.fpcore:1:1: this core has no body");
  EXPECT_EQ(error("(FPCore (x) :pre)"), "bad.fpcore:1:13: the property ':pre' has no value");
  EXPECT_EQ(error("(FPCore (x)\n x y)"),
            "bad.fpcore:2:4: expected ')': a core has one expression as its body");
  EXPECT_THAT(error("(FPCore (x) \xC3\xA9)"), HasSubstr("bad.fpcore:1:13: unexpected character"));
}

TEST(Fpcore, LimitsAreNamed) {
  EXPECT_THAT(error(std::string(1 << 20, '(')), HasSubstr("brackets nest deeper than 256"));
  std::string many;
  for (std::size_t i = 0; i <= max_fpcore_tokens; ++i) many += "a ";
  EXPECT_THAT(error(many), HasSubstr("the file has more than 1048576 tokens"));
  EXPECT_THAT(error(std::string(max_file_bytes + 1, ' ')), HasSubstr("larger than 16 MiB"));
  std::string lets = "(FPCore (x) (let* (";
  for (int i = 0; i < 100000; ++i) lets += "[x (sin x)]";
  EXPECT_EQ(Imported(lets + ") x))").core().unsupported, "nesting deeper than 256");
}

TEST(Fpcore, LongSumsOfBoundValuesTakeLinearTime) {
  std::string text = "(FPCore (x) (let* (";
  for (int i = 0; i < 100; ++i) text += "[x (+ x 1)]";
  const Imported in(text + ") x))");
  EXPECT_EQ(in.value({{"x", 1}}), 101);
}

TEST(Fpcore, RandomTokensNeverCrashTheReader) {
  const std::vector<std::string> tokens = {"(",
                                           ")",
                                           "[",
                                           "]",
                                           "(",
                                           ")",
                                           "(FPCore (x y)",
                                           "(FPCore",
                                           "x",
                                           "y",
                                           "1",
                                           "-2.5",
                                           "1/3",
                                           "0x1p",
                                           "(let ([x y])",
                                           "(let* ([x (+ x 1)] [y x])",
                                           "(+ x",
                                           "(if (<",
                                           "(and",
                                           "!",
                                           "(!",
                                           ":pre",
                                           ":precision",
                                           "binary32",
                                           "\"s",
                                           "\"",
                                           ";",
                                           "\n",
                                           "(* x",
                                           "while",
                                           "digits",
                                           "(- ",
                                           "\\",
                                           "\xFF",
                                           "(pow 2",
                                           "TRUE",
                                           "(digits 1 2 3)",
                                           "(!= x y 1)",
                                           "(<= 0 x 1)",
                                           "#t",
                                           "'"};
  std::mt19937 random(7);
  std::size_t read = 0, refused = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string text = round % 2 ? "(FPCore (x y) " : "";
    for (auto n = random() % 30; n > 0; --n) text += tokens[random() % tokens.size()] + " ";
    if (round % 3) {
      std::string closing;
      for (const char c : text) {
        if (c == '(' || c == '[') closing.insert(0, 1, c == '(' ? ')' : ']');
        if (!closing.empty() && c == closing[0]) closing.erase(0, 1);
      }
      text += closing;
    }
    Arena arena;
    try {
      read += read_fpcore(SourceFile::from_text("soup", text), arena).cores.size();
    } catch (const FpcoreError&) {
      ++refused;
    }
  }
  EXPECT_GT(read, 100u);
  EXPECT_GT(refused, 1000u);
}

TEST(Fpcore, RandomBytesNeverCrashTheReader) {
  std::mt19937 random(11);
  const std::string good = read_bytes(test_data("expressions/data/conversions.fpcore"));
  std::size_t read = 0;
  for (int round = 0; round < 3000; ++round) {
    std::string text = good;
    for (auto n = 1 + random() % 4; n > 0; --n) {
      const std::size_t at = random() % text.size();
      if (random() % 2)
        text[at] = static_cast<char>(random() % 256);
      else
        text.erase(at, random() % 9);
    }
    Arena arena;
    try {
      read += read_fpcore(SourceFile::from_text("bytes", text), arena).cores.size();
    } catch (const FpcoreError& e) {
      EXPECT_LE(e.span().begin, text.size());
    }
  }
  EXPECT_GT(read, 1000u);
}

}  // namespace
}  // namespace verigrad::expressions
