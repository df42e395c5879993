// Backward passes from several roots, into chosen inputs, and with anomaly detection.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

TEST(Roots, SeveralAddUpInOnePass) {
  D x = leaf({1, 2}), shared = x * x;
  backward<double>({shared * 2, sum(shared)}, {tensor<double>({1, 10}), D()});
  EXPECT_THAT(x.grad().entries(), ElementsAre(2 * 2 + 2, 4 * 20 + 4));
}

TEST(Roots, TheSameOneTwiceCountsTwice) {
  D x = leaf(3), y = x * x;
  backward<double>({y, y});
  EXPECT_EQ(x.grad().item(), 12);
}

TEST(Roots, OneMayDependOnAnother) {
  D x = leaf(2), y = x * x, z = y * y;
  backward<double>({y, z});
  EXPECT_EQ(x.grad().item(), 4 + 4 * 8);
}

TEST(Roots, ALeafIsARootToo) {
  D x = leaf(2);
  backward<double>({x, x * 3});
  EXPECT_EQ(x.grad().item(), 4);
}

TEST(Roots, EachNeedsACotangentOfItsShape) {
  D x = leaf({1, 2});
  EXPECT_THAT(
      [&] {
        backward<double>({sum(x), x * 2});
      },
      ThrowsMessage<Error>(HasSubstr("grad can be implicitly created only for scalar")));
  EXPECT_THAT(
      [&] {
        backward<double>({sum(x), x * 2}, {D(), ones<double>({3})});
      },
      ThrowsMessage<ShapeError>(AllOf(HasSubstr("grad_output[1]"), HasSubstr("[3]"),
                                      HasSubstr("output[1]"), HasSubstr("[2]"))));
  EXPECT_THAT(
      [&] {
        backward<double>({sum(x)}, {D(), D()});
      },
      ThrowsMessage<Error>(HasSubstr("got 1 tensors and 2 gradients")));
  EXPECT_THAT(
      [&] {
        backward<double>({sum(x), tensor<double>(1)});
      },
      ThrowsMessage<Error>(HasSubstr("element 1 of tensors does not require grad")));
  EXPECT_FALSE(x.grad().defined());
}

TEST(BackwardInputs, OnlyTheNamedLeavesCollect) {
  D x = leaf(2), w = leaf(5);
  backward<double>({x * w}, {}, {.retain_graph = true}, {x});
  EXPECT_EQ(x.grad().item(), 5);
  EXPECT_FALSE(w.grad().defined());
}

TEST(BackwardInputs, AResultCollectsAndOthersStayUndefined) {
  D x = leaf(2), y = x * 3, z = y * y;
  backward<double>({z}, {}, {.retain_graph = true}, {y});
  backward<double>({z}, {}, {}, {y});
  y.retain_grad();
  EXPECT_EQ(y.grad().item(), 24) << "added up over two passes";
  EXPECT_FALSE(x.grad().defined());
}

TEST(BackwardInputs, AnInputThatIsNotReachedStaysUndefined) {
  D x = leaf(2), w = leaf(5);
  backward<double>({x * x}, {}, {}, {w});
  EXPECT_FALSE(w.grad().defined());
  EXPECT_FALSE(x.grad().defined());
}

TEST(BackwardInputs, OneThatIsNamedTwiceCollectsOnce) {
  D x = leaf(2);
  backward<double>({x * x}, {}, {}, {x, x});
  EXPECT_EQ(x.grad().item(), 4);
}

TEST(BackwardInputs, HundredsAreToldApart) {
  constexpr int count = 500;
  std::vector<D> inputs, others;
  D total = tensor<double>(0);
  for (int i = 0; i < count; ++i) {
    D x = leaf(2), w = leaf(i);
    const D y = x * w;
    total = total + y * 3;
    inputs.insert(inputs.end(), {x, y, x});
    others.push_back(w);
  }
  const std::vector<D> gradients = grad<double>({&total, 1}, inputs, {}, {.retain_graph = true});
  for (int i = 0; i < count; ++i) {
    const D* const own = gradients.data() + 3 * i;
    EXPECT_THAT((std::vector{own[0].item(), own[1].item(), own[2].item()}),
                ElementsAre(3 * i, 3, 3 * i));
  }
  backward<double>({&total, 1}, {}, {}, inputs);
  for (int i = 0; i < count; ++i) {
    EXPECT_EQ(inputs[static_cast<std::size_t>(3 * i)].grad().item(), 3 * i);
    EXPECT_FALSE(others[static_cast<std::size_t>(i)].grad().defined());
  }
}

TEST(BackwardInputs, AResultThatOnlyCollectsKeepsItsGraph) {
  D x = leaf(3), y = x * x, z = sum(y * y);
  const D g = grad(z, {y})[0];
  y.backward(g);
  EXPECT_EQ(x.grad().item(), 4 * 27) << "the pass in two parts, cut at y";
}

TEST(BackwardInputs, HooksOfLeavesAndResultsBothRun) {
  D x = leaf(3), y = x * 1;
  x.register_hook([](const D& gradient) { return gradient * 10; });
  y.register_hook([](const D& gradient) { return gradient * 100; });
  EXPECT_EQ(grad(y * 2, {y})[0].item(), 200);
  EXPECT_EQ(grad(x * 2, {x})[0].item(), 20);
  backward<double>({x * 2}, {}, {}, {x});
  EXPECT_EQ(x.grad().item(), 20);
}

TEST(BackwardInputs, ACollectedGradientIsReadWithoutAWarning) {
  D x = leaf(3), y = x * 1;
  backward<double>({y * 2}, {}, {}, {y});
  int warnings = 0;
  const WarningScope scope([](const std::string&, void* count) { ++*static_cast<int*>(count); },
                           &warnings);
  EXPECT_EQ(y.grad().item(), 2);
  EXPECT_EQ(warnings, 0);
}

TEST(Roots, ALeafsOwnGradientMayBeTheCotangent) {
  for (const bool x_first : {false, true}) {
    D x = leaf(2), w = leaf(5);
    x.set_grad(tensor<double>(1));
    (x_first ? x + w : w + x).backward(x.grad());
    EXPECT_EQ(x.grad().item(), 2);
    EXPECT_EQ(w.grad().item(), 1);
  }
}

TEST(Roots, AnErrorLeavesRetainedGradientsAsTheyWere) {
  D x = leaf({1, 2}), a = exp(x);
  D y = a * 2;
  y.retain_grad();
  const D z = sum(y);
  a.mul_(2);
  EXPECT_THROW(z.backward(), Error);
  EXPECT_FALSE(y.grad().defined());
}

TEST(Roots, ManyOperandsOfOneOperationAreRecorded) {
  std::vector<D> parts;
  for (int i = 0; i < 70; ++i) parts.push_back(leaf({1.0 * i}));
  sum(square(concat<double>(parts))).backward();
  for (int i = 0; i < 70; ++i) EXPECT_EQ(parts[static_cast<std::size_t>(i)].grad().item(), 2.0 * i);
}

TEST(Roots, AFreshGradientHasNotBeenChanged) {
  D x = leaf({1, 2});
  sum(x * 3 + x * 4 + x * 5).backward();
  EXPECT_EQ(x.grad().version(), 0u);
}

TEST(BackwardWithCreateGraph, WarnsOfTheCycle) {
  D x = leaf(2);
  std::vector<std::string> warnings;
  const WarningScope scope(
      [](const std::string& text, void* context) {
        static_cast<std::vector<std::string>*>(context)->push_back(text);
      },
      &warnings);
  (x * x).backward();
  grad(x * x, {x}, {.create_graph = true});
  EXPECT_THAT(warnings, ::testing::IsEmpty());
  (x * x).backward({}, {.create_graph = true});
  backward<double>({x * x}, {}, {.create_graph = true});
  EXPECT_THAT(warnings, ElementsAre(HasSubstr("Using backward() with create_graph=True"),
                                    HasSubstr("reference cycle")));
  x.set_grad({});
}

TEST(Anomaly, TheOperationThatMadeTheFirstNanIsNamed) {
  D x = leaf({4, 0});
  const D y = sum(sqrt(x) * 0);
  const DetectAnomaly detect;
  EXPECT_THAT([&] { y.backward(); },
              ThrowsMessage<Error>(
                  AllOf(HasSubstr("Function 'SqrtBackward0' returned nan values in its 0th output"),
                        HasSubstr("entry 1"), HasSubstr("[2]"))));
  EXPECT_FALSE(x.grad().defined());
}

TEST(Anomaly, ScalarsAreWatchedToo) {
  D x = leaf(0);
  const D y = sqrt(x) * 0;
  const DetectAnomaly detect;
  EXPECT_THAT([&] { y.backward(); }, ThrowsMessage<Error>(HasSubstr("SqrtBackward0")));
}

TEST(Anomaly, WithoutDetectionTheNanArrives) {
  D x = leaf(0);
  {
    const DetectAnomaly detect;
    const DetectAnomaly nested;
  }
  (sqrt(x) * 0).backward();
  EXPECT_TRUE(std::isnan(x.grad().item()));
}

}  // namespace
}  // namespace verigrad
