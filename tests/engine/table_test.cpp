// The table of operations: complete, consistent, and sufficient for its own derivative rules.
#include <algorithm>
#include <set>

#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(Table, EveryOperationSaysWhatItIs) {
  for (const Operation* operation : operations()) {
    const OperationInfo& info = operation->info;
    EXPECT_FALSE(operation->name().empty());
    EXPECT_FALSE(info.signature.empty()) << operation->name();
    EXPECT_FALSE(info.value.empty()) << operation->name();
    EXPECT_FALSE(info.latex.empty()) << operation->name();
    EXPECT_EQ(info.grad_fn.empty(), !operation->differentiable()) << operation->name();
    EXPECT_EQ(info.signature.substr(0, operation->name().size()), operation->name());
    EXPECT_NE(operation->shape, nullptr);
    for (const auto forward :
         {operation->f64.forward != nullptr, operation->f32.forward != nullptr})
      EXPECT_TRUE(forward) << operation->name();
    if (operation->differentiable()) {
      EXPECT_NE(operation->f64.vjp, nullptr) << operation->name();
      EXPECT_NE(operation->f32.vjp, nullptr) << operation->name();
      EXPECT_TRUE(info.grad_fn.find("Backward") != std::string_view::npos) << operation->name();
    }
  }
}

TEST(Table, TextsNameOnlyOperandsThatExist) {
  for (const Operation* operation : operations()) {
    const std::size_t arity =
        operation->signature.variadic() ? 1 : operation->signature.operand_count();
    for (std::size_t i = arity; i < 4; ++i) {
      EXPECT_TRUE(operation->info.derivative[i].empty()) << operation->name() << " operand " << i;
      EXPECT_EQ(operation->info.needs[i], nothing) << operation->name() << " operand " << i;
    }
    for (std::size_t i = 0; i < arity; ++i) {
      const unsigned readable = operation->signature.variadic()
                                    ? others | result
                                    : (1U << std::min<std::size_t>(arity, 4)) - 1U + result;
      EXPECT_EQ(operation->info.needs[i] & ~readable, 0U) << operation->name();
      if (operation->info.derivative[i].empty()) {
        EXPECT_EQ(operation->info.needs[i], nothing) << operation->name();
      }
    }
  }
}

TEST(Table, KinksAreReportedAndReportedKinksAreDocumented) {
  for (const Operation* operation : operations())
    EXPECT_EQ(operation->f64.branch != nullptr, !operation->info.kinks.empty())
        << operation->name();
}

TEST(Table, NamesAreUniqueAndFound) {
  std::set<std::string_view> seen;
  for (const Operation* operation : operations()) {
    EXPECT_TRUE(seen.insert(operation->name()).second) << operation->name();
    EXPECT_EQ(find_operation(operation->name()), operation);
  }
  for (const auto& [alias, name] : operation_aliases()) {
    EXPECT_TRUE(seen.insert(alias).second) << alias << " is another operation's name";
    ASSERT_NE(find_operation(alias), nullptr) << alias;
    EXPECT_EQ(find_operation(alias)->name(), name);
  }
  EXPECT_EQ(find_operation("sigmod"), nullptr);
  EXPECT_EQ(find_operation(""), nullptr);
}

void expect_offered(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    ASSERT_NE(find_operation(name), nullptr) << name;
    EXPECT_FALSE(find_operation(name)->info.internal) << name;
  }
}

TEST(Table, OffersTheOperationsThatTheProjectPromises) {
  expect_offered({"add",        "sub",       "mul",          "div",         "pow",
                  "neg",        "exp",       "expm1",        "log",         "log1p",
                  "log2",       "log10",     "sqrt",         "rsqrt",       "square",
                  "reciprocal", "abs",       "sign",         "sin",         "cos",
                  "tan",        "asin",      "acos",         "atan",        "atan2",
                  "sinh",       "cosh",      "tanh",         "asinh",       "acosh",
                  "atanh",      "sigmoid",   "logsigmoid",   "softplus",    "relu",
                  "leaky_relu", "elu",       "erf",          "clamp",       "minimum",
                  "maximum",    "where",     "trunc",        "floor",       "ceil",
                  "round",      "sum",       "mean",         "prod",        "max",
                  "min",        "logsumexp", "softmax",      "log_softmax", "matmul",
                  "dot",        "transpose", "reshape",      "select",      "slice",
                  "concat",     "stack",     "broadcast_to", "bce",         "bce_with_logits",
                  "mse"});
  expect_offered({"var",   "std",    "norm",  "cumsum",  "cumprod", "amax",    "amin", "argmax",
                  "outer", "median", "bmm",   "einsum",  "diag",    "tril",    "triu", "trace",
                  "kron",  "det",    "solve", "inverse", "logdet",  "cholesky"});
  expect_offered({"triangular_solve"});
  expect_offered({"gather", "index_select", "flip", "roll", "squeeze", "unsqueeze", "expand", "pad",
                  "repeat", "nll_loss", "huber", "smooth_l1", "kl_div", "cross_entropy", "linear",
                  "conv1d", "conv2d", "layer_norm", "cosine_similarity"});
}

TEST(Table, TypicalRangesAreBoundedAndInsideTheDomain) {
  for (const Operation* operation : operations())
    for (std::size_t i = 0; i < std::min<std::size_t>(operation->signature.operand_count(), 4);
         ++i) {
      const Interval &typical = operation->info.typical[i], &domain = operation->info.domain[i];
      EXPECT_LT(typical.lower, typical.upper) << operation->name();
      EXPECT_TRUE(std::isfinite(typical.lower) && std::isfinite(typical.upper));
      EXPECT_TRUE(domain.contains(typical.lower)) << operation->name() << " operand " << i;
      EXPECT_TRUE(domain.contains(typical.upper)) << operation->name() << " operand " << i;
    }
}

/// For each operand that has a derivative, entries in the middle of its typical range.
D typical_entry(const Operation& operation, std::size_t operand) {
  const Interval& range = operation.info.typical[operand];
  return vector({range.lower + 0.37 * (range.upper - range.lower)});
}

TEST(Table, RulesReadOnlyWhatTheyDeclare) {
  for (const Operation* operation : operations()) {
    if (!operation->elementwise) continue;
    const std::size_t arity = operation->signature.operand_count();
    for (std::size_t free = 0; free < arity; ++free) {
      if (!operation->differentiable(free)) continue;
      Tensors operands;
      for (std::size_t i = 0; i < arity; ++i) operands.push_back(typical_entry(*operation, i));
      operands[free].requires_grad_();
      const D y = apply<double>(*operation, Operands<double>(operands));
      // An undeclared value is NaN on the fused path and undefined on the recorded one.
      EXPECT_FALSE(std::isnan(gradient_of(y, operands[free], vector({1})).item()))
          << operation->name();
      const D again = apply<double>(*operation, Operands<double>(operands));
      EXPECT_NO_THROW(grad<double>(again, {operands[free]}, {.create_graph = true}))
          << operation->name();
    }
  }
}

/// Changes an operand in place between forward and backward: the backward pass must refuse exactly
/// when the rule declared that it reads this operand.
TEST(Table, OnlyDeclaredOperandsAreSaved) {
  for (const Operation* operation : operations()) {
    if (!operation->elementwise) continue;
    const std::size_t arity = operation->signature.operand_count();
    for (std::size_t free = 0; free < arity; ++free)
      for (std::size_t changed = 0; changed < arity && operation->differentiable(free); ++changed) {
        Tensors operands;
        for (std::size_t i = 0; i < arity; ++i) operands.push_back(typical_entry(*operation, i));
        operands[free].requires_grad_();
        const D y = apply<double>(*operation, Operands<double>(operands));
        {
          NoGrad guard;
          operands[changed].mul_(D(1.25));
        }
        const std::string error = error_of([&] { gradient_of(y, operands[free], vector({1})); });
        const bool declared = (operation->info.needs[free] & (1U << changed)) != 0;
        EXPECT_EQ(error.find("modified by an inplace operation") != std::string::npos, declared)
            << operation->name() << " by " << free << ", changed " << changed << ": " << error;
      }
  }
}

/// A rule whose gradient does not change when a declared value does, at any of several points, need
/// not have declared it.
TEST(Table, DeclaredOperandsOfSmoothRulesMatter) {
  for (const Operation* operation : operations()) {
    if (!operation->elementwise || !operation->info.kinks.empty()) continue;
    const std::size_t arity = operation->signature.operand_count();
    for (std::size_t free = 0; free < arity; ++free)
      for (std::size_t other = 0; other < arity && operation->differentiable(free); ++other) {
        const unsigned needs = operation->info.needs[free];
        if ((needs & (1U << other)) == 0) continue;
        const auto slope_at = [&](double scale) {
          Tensors operands;
          for (std::size_t i = 0; i < arity; ++i) operands.push_back(typical_entry(*operation, i));
          operands[other] = operands[other] * D(scale);
          operands[free].requires_grad_();
          const D y = apply<double>(*operation, Operands<double>(operands));
          return gradient_of(y, operands[free], vector({1})).item();
        };
        EXPECT_TRUE(slope_at(1) != slope_at(0.93) || slope_at(1) != slope_at(0))
            << operation->name() << " by " << free << " does not need " << other;
      }
  }
}

TEST(Table, OnlyOperandsCanBeIndices) {
  int reading_indices = 0;
  for (const Operation* operation : operations()) {
    const std::uint8_t indices = operation->info.indices;
    reading_indices += indices == nothing ? 0 : 1;
    for (std::size_t i = 0; i < 4; ++i)
      if ((indices & (1U << i)) != 0) {
        EXPECT_LT(i, operation->signature.operand_count()) << operation->name();
        EXPECT_FALSE(operation->differentiable(i)) << operation->name();
      }
  }
  EXPECT_GE(reading_indices, 3);
}

TEST(Table, SignaturesParseIntoOperandsAndAttributes) {
  const Signature sum(find_operation("sum")->signature.text());
  EXPECT_EQ(sum.name(), "sum");
  EXPECT_EQ(sum.operand_count(), 1U);
  EXPECT_EQ(sum.attribute_count(), 2U);
  EXPECT_EQ(sum.attribute(0).name, "dim");
  EXPECT_EQ(sum.attribute(0).fallback, "None");
  EXPECT_EQ(sum.attribute(1).kind, Parameter::Kind::flag);
  EXPECT_EQ(sum.find("keepdim")->position, 1U);
  EXPECT_EQ(sum.find("other"), nullptr);
  const Signature loss(find_operation("bce_with_logits")->signature.text());
  EXPECT_EQ(loss.operand_count(), 4U);
  EXPECT_EQ(loss.attribute_count(), 1U);
  EXPECT_EQ(loss.find("pos_weight")->position, 3U);
  EXPECT_EQ(loss.find("reduction")->fallback, "\"mean\"");
  EXPECT_TRUE(find_operation("concat")->signature.variadic());
  EXPECT_FALSE(sum.variadic());
}

TEST(Table, AttributeValuesPrintAsTheLanguageWritesThem) {
  EXPECT_EQ(to_string(AttributeValue{}), "None");
  EXPECT_EQ(to_string(AttributeValue{true}), "True");
  EXPECT_EQ(to_string(AttributeValue{false}), "False");
  EXPECT_EQ(to_string(AttributeValue{std::int64_t{-3}}), "-3");
  EXPECT_EQ(to_string(AttributeValue{Integers{0, -1}}), "[0, -1]");
  EXPECT_EQ(to_string(AttributeValue{std::string("mean")}), "\"mean\"");
}

TEST(Table, IntervalsKnowTheirEnds) {
  const Interval half_open{0, 1, true, false};
  EXPECT_FALSE(half_open.contains(0));
  EXPECT_TRUE(half_open.contains(5e-324));
  EXPECT_TRUE(half_open.contains(1));
  EXPECT_FALSE(half_open.contains(nan));
  EXPECT_TRUE(reals.contains(1e308));
  EXPECT_FALSE(positive.contains(0));
}

TEST(Table, ApplyingToNoneIsAnErrorThatNamesTheOperation) {
  EXPECT_THAT(error_of([] { D() + D(1.0); }), HasSubstr("add"));
  EXPECT_THAT(error_of([] { exp(D()); }), HasSubstr("exp: operand 0 is undefined"));
}

}  // namespace
}  // namespace verigrad
