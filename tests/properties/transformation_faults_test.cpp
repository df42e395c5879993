// Faults that show when a program is written in another way.
#include <gtest/gtest.h>

#include <algorithm>

#include "engine/creation.hpp"
#include "engine/functions.hpp"
#include "properties/search.hpp"
#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

using Cotangent = Tensor<double>;

/// The law fails for the fault with a small program that shows it.
void expect_broken(std::string_view name, const SearchOptions& options, std::string_view shown,
                   std::size_t operations) {
  const Law& tried = law(name);
  const PropertyResult result = try_law(tried, 3000, options);
  ASSERT_TRUE(result.counterexample) << "not found in " << result.cases << " programs";
  const Counterexample& found = *result.counterexample;
  EXPECT_LE(operation_count(found.specimen), operations) << found.text;
  EXPECT_NE(found.text.find(shown), std::string::npos) << found.text;
}

void expect_broken(std::string_view name, const OperationTable& faulty, std::string_view shown,
                   std::size_t operations) {
  expect_broken(name, SearchOptions{.operations = &faulty}, shown, operations);
}

/// An engine that makes something else of its gradients, by the look of the program.
class Misled : public Engine {
 public:
  using Change = void (*)(const Program& program, PerLeaf& gradient);
  explicit Misled(Change change) : change_(change) {}

  std::string_view name() const override { return "misled"; }
  std::string refusal(const Program&, ValueId) const override { return {}; }
  std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                std::span<const ValueId> roots) const override {
    return std::make_unique<MisledGraph>(verigrad_engine().record(program, point, roots), program,
                                         change_);
  }

 private:
  class MisledGraph : public Graph {
   public:
    MisledGraph(std::unique_ptr<Graph> right, const Program& program, Change change)
        : right_(std::move(right)), program_(program), change_(change) {}
    std::vector<double> value(ValueId root) override { return right_->value(root); }
    PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override {
      PerLeaf result = right_->vjp(seeds, pass);
      change_(program_, result);
      return result;
    }
    std::vector<double> jvp(ValueId root, const PerLeaf& u) override {
      return right_->jvp(root, u);
    }
    PerLeaf hvp(ValueId root, const PerLeaf& u) override { return right_->hvp(root, u); }
    void backward(std::span<const Seed> seeds) override { right_->backward(seeds); }
    std::optional<std::vector<double>> gradient(std::size_t leaf) override {
      return right_->gradient(leaf);
    }
    void clear_gradients() override { right_->clear_gradients(); }

   private:
    std::unique_ptr<Graph> right_;
    const Program& program_;
    Change change_;
  };

  Change change_;
};

/// Whether an operation takes the same operand twice.
bool is_square(const Saved<double>& saved) {
  return saved.has_operand(0) && saved.has_operand(1) &&
         saved.operand(0).data() == saved.operand(1).data();
}

TEST(SeparateLeavesLaw, FindsAValueUsedTwiceThatIsCountedOnce) {
  expect_broken("separate leaves",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const Tensor<double> right = right_vjp("mul", saved, v, i);
                                 return i == 1 && is_square(saved) ? right * 0.0 : right;
                               }),
                " * ", 1);
}

TEST(RecomputationLaw, FindsAProductOfOneValueThatIsNotThatOfTwoEqualOnes) {
  expect_broken("recomputation",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const Tensor<double> right = right_vjp("mul", saved, v, i);
                                 return i == 1 && is_square(saved) ? right * 0.0 : right;
                               }),
                " * ", 2);
}

TEST(CheckpointLaw, FindsARuleThatIsNotLinearInItsCotangent) {
  expect_broken(
      "checkpoint",
      wrong_backward("neg", [](const Saved<double>& saved, const Cotangent& v,
                               std::size_t i) { return right_vjp("neg", saved, v, i) + 1.0; }),
      "-", 3);
}

TEST(IdentityOperationsLaw, FindsAFlipThatIsOffByARounding) {
  expect_broken("identity operations",
                wrong_backward("flip",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 return right_vjp("flip", saved, v, i) * (1 + 0x1p-52);
                               }),
                "x", 3);
}

TEST(DeclarationsLaw, FindsAnEngineThatGoesByTheNamesOfLeaves) {
  const Misled engine([](const Program& program, PerLeaf& gradient) {
    if (gradient.size() > 1 && gradient[0].size() == gradient[1].size() &&
        program.leaves()[0].name > program.leaves()[1].name)
      std::swap(gradient[0], gradient[1]);
  });
  expect_broken("declarations", SearchOptions{.engine = &engine}, "input x2", 1);
}

TEST(EvaluationOrderLaw, FindsAnEngineThatForgetsLeavesAfterTheFirstOperation) {
  const Misled engine([](const Program& program, PerLeaf& gradient) {
    bool after = false;
    for (const Value& value : program.values()) {
      after |= value.kind == Value::Kind::operation;
      if (value.kind == Value::Kind::leaf && after)
        for (double& entry : gradient[static_cast<std::size_t>(value.leaf)]) entry = 0;
    }
  });
  expect_broken("evaluation order", SearchOptions{.engine = &engine}, "input x2", 2);
}

TEST(CommutedOperandsLaw, FindsAFactorThatIsMissingForOneOperandOnly) {
  expect_broken("commuted operands",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const Tensor<double> right = right_vjp("mul", saved, v, i);
                                 return i == 1 ? right * 2.0 : right;
                               }),
                " * ", 1);
}

TEST(RepetitionLaw, FindsAGradientThatDependsOnWhatWasComputedBefore) {
  expect_broken("repetition",
                wrong_backward("sin",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 static int calls = 0;
                                 return right_vjp("sin", saved, v, i) * (1 + 0x1p-40 * ++calls);
                               }),
                "sin(", 1);
}

TEST(TranslationLaw, FindsASumThatForgetsItsCotangent) {
  expect_broken("translation",
                wrong_backward("add",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 return right_vjp("add", saved, ones<double>(v.shape()), i);
                               }),
                "x", 1);
}

TEST(ScalingLaw, FindsAProductWithANumberThatIsNotScaled) {
  expect_broken("scaling",
                wrong_backward("mul",
                               [](const Saved<double>& saved, const Cotangent& v, std::size_t i) {
                                 const bool number = saved.operand_shape(1).rank() == 0;
                                 return number && i == 0 ? right_vjp("add", saved, v, i)
                                                         : right_vjp("mul", saved, v, i);
                               }),
                "x", 1);
}

}  // namespace
}  // namespace verigrad::properties
