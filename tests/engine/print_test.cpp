// The printed form of tensors; each expectation is what PyTorch 1.13 prints (less `torch.`).
#include "engine/print.hpp"

#include <gtest/gtest.h>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

constexpr float inf = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

std::string printed(const Nested<float>& entries) { return to_string(tensor<float>(entries)); }

std::string printed64(const Nested<double>& entries) {
  return to_string(tensor<double>(entries), {.default_dtype = "float64"});
}

TEST(Print, IntegralEntriesEndInAPoint) {
  EXPECT_EQ(printed(3), "tensor(3.)");
  EXPECT_EQ(printed(0), "tensor(0.)");
  EXPECT_EQ(printed(-2), "tensor(-2.)");
  EXPECT_EQ(printed({1, 2, 3}), "tensor([1., 2., 3.])");
  EXPECT_EQ(printed({0, 0}), "tensor([0., 0.])");
}

TEST(Print, OtherEntriesHaveFourDecimals) {
  EXPECT_EQ(printed(0.41211849), "tensor(0.4121)");
  EXPECT_EQ(printed({2. / 3, 4. / 3, 2}), "tensor([0.6667, 1.3333, 2.0000])");
  EXPECT_EQ(printed({3.8010, 9.1412, 6.1965}), "tensor([3.8010, 9.1412, 6.1965])");
  EXPECT_EQ(printed({0, 0.5}), "tensor([0.0000, 0.5000])");
}

TEST(Print, TiesRoundToEven) {
  EXPECT_EQ(printed(0.03125), "tensor(0.0312)");
  EXPECT_EQ(printed(0.09375), "tensor(0.0938)");
}

TEST(Print, EntriesShareOneWidth) {
  EXPECT_EQ(printed({-1, 2}), "tensor([-1.,  2.])");
  EXPECT_EQ(printed({1, 100}), "tensor([  1., 100.])");
  EXPECT_EQ(printed({-0.5, 0.25}), "tensor([-0.5000,  0.2500])");
  EXPECT_EQ(printed({9.6172, 5.8754, 42.9378}), "tensor([ 9.6172,  5.8754, 42.9378])");
}

TEST(Print, NegativeZeroKeepsItsSignAndDoesNotWiden) {
  EXPECT_EQ(printed({-0.0, 1}), "tensor([-0., 1.])");
  EXPECT_EQ(printed({-0.0, 0.5}), "tensor([-0.0000, 0.5000])");
}

TEST(Print, NonFiniteEntriesDoNotChooseTheNotation) {
  EXPECT_EQ(printed(nan), "tensor(nan)");
  EXPECT_EQ(printed(-nan), "tensor(nan)");
  EXPECT_EQ(printed({1, inf, nan}), "tensor([1., inf, nan])");
  EXPECT_EQ(printed({-inf, 0}), "tensor([-inf, 0.])");
  EXPECT_EQ(printed({1.5, inf}), "tensor([1.5000,    inf])");
  EXPECT_EQ(printed({1e-5, inf, -nan}), "tensor([1.0000e-05,        inf,        nan])");
}

TEST(Print, AFactorAbove1000MakesEntriesScientific) {
  EXPECT_EQ(printed({1, 1000}), "tensor([   1., 1000.])");
  EXPECT_EQ(printed({1, 1001}), "tensor([1.0000e+00, 1.0010e+03])");
  EXPECT_EQ(printed({0.5, 500}), "tensor([  0.5000, 500.0000])");
  EXPECT_EQ(printed({0.5, 501}), "tensor([5.0000e-01, 5.0100e+02])");
  EXPECT_EQ(printed({0, -1, 2000}), "tensor([ 0.0000e+00, -1.0000e+00,  2.0000e+03])");
}

TEST(Print, EntriesAbove1e8AreScientific) {
  EXPECT_EQ(printed(1e8), "tensor(100000000.)");
  EXPECT_EQ(printed(1.00000008e8), "tensor(1.0000e+08)");
  EXPECT_EQ(printed(-1e9), "tensor(-1.0000e+09)");
  EXPECT_EQ(printed64(123456789.5), "tensor(1.2346e+08)");
  EXPECT_EQ(printed64(1e300), "tensor(1.0000e+300)");
}

TEST(Print, EntriesBelow1e4thAreScientific) {
  EXPECT_EQ(printed64(1e-4), "tensor(0.0001)");
  EXPECT_EQ(printed(1e-4), "tensor(1.0000e-04)") << "the nearest float is below 1e-4";
  EXPECT_EQ(printed({0, 1e-5}), "tensor([0.0000e+00, 1.0000e-05])");
}

TEST(Print, MatricesStartEachRowOnItsOwnLine) {
  EXPECT_EQ(printed({{1, 2}, {3, 4}}),
            "tensor([[1., 2.],\n"
            "        [3., 4.]])");
  EXPECT_EQ(printed({{1}, {2}}), "tensor([[1.],\n        [2.]])");
}

TEST(Print, OuterBlocksAreSetApartByBlankLines) {
  EXPECT_EQ(to_string(zeros<float>({2, 2, 2})),
            "tensor([[[0., 0.],\n"
            "         [0., 0.]],\n"
            "\n"
            "        [[0., 0.],\n"
            "         [0., 0.]]])");
  EXPECT_EQ(to_string(zeros<float>({2, 1, 1, 1})), "tensor([[[[0.]]],\n\n\n        [[[0.]]]])");
}

TEST(Print, VectorsWrapAt80Columns) {
  EXPECT_EQ(to_string(arange<float>(20)),
            "tensor([ 0.,  1.,  2.,  3.,  4.,  5.,  6.,  7.,  8.,  9., 10., 11., 12., 13.,\n"
            "        14., 15., 16., 17., 18., 19.])");
}

TEST(Print, ZerosAreCountedOneColumnNarrowerThanTheyAre) {
  const std::string zeros24 =
      "0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., "
      "0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0.";
  EXPECT_EQ(to_string(zeros<float>({25})), "tensor([" + zeros24 + ",\n        0.])");
}

TEST(Print, RowsOfAMatrixWrapWithADeeperIndent) {
  EXPECT_EQ(to_string(ones<float>({1, 19})),
            "tensor([[1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1.,\n"
            "         1.]])");
}

TEST(Print, MoreThan1000EntriesAreSummarised) {
  EXPECT_EQ(to_string(arange<float>(1001)),
            "tensor([   0.,    1.,    2.,  ...,  998.,  999., 1000.])");
  EXPECT_EQ(to_string(arange<float>(1000)).find("..."), std::string::npos);
  EXPECT_EQ(to_string(zeros<float>({100, 100})),
            "tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        ...,\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.]])");
}

TEST(Print, ShortDimsOfALargeTensorAreShownInFull) {
  EXPECT_EQ(to_string(zeros<float>({2, 600})),
            "tensor([[0., 0., 0.,  ..., 0., 0., 0.],\n"
            "        [0., 0., 0.,  ..., 0., 0., 0.]])");
  EXPECT_EQ(to_string(zeros<float>({1001, 1, 1})),
            "tensor([[[0.]],\n\n        [[0.]],\n\n        [[0.]],\n\n        ...,\n\n"
            "        [[0.]],\n\n        [[0.]],\n\n        [[0.]]])");
}

TEST(Print, EntriesLeftOutDoNotChooseTheNotation) {
  Tensor<float> x = zeros<float>({2000});
  x.mutable_data()[1000] = 1.5e9f;
  EXPECT_EQ(to_string(x), "tensor([0., 0., 0.,  ..., 0., 0., 0.])");
}

TEST(Print, EmptyTensorsShowTheirSize) {
  EXPECT_EQ(to_string(zeros<float>({0})), "tensor([])");
  EXPECT_EQ(to_string(zeros<float>({0, 3})), "tensor([], size=(0, 3))");
  EXPECT_EQ(to_string(zeros<double>({2, 0, 1})), "tensor([], size=(2, 0, 1), dtype=float64)");
  EXPECT_EQ(to_string(zeros<float>({0}).requires_grad_()), "tensor([], requires_grad=True)");
}

TEST(Print, OnlyADtypeOtherThanTheDefaultIsShown) {
  const Tensor<float> single = tensor<float>(3);
  const Tensor<double> twofold = tensor<double>(3);
  EXPECT_EQ(to_string(single), "tensor(3.)");
  EXPECT_EQ(to_string(twofold), "tensor(3., dtype=float64)");
  EXPECT_EQ(to_string(single, {.default_dtype = "float64"}), "tensor(3., dtype=float32)");
  EXPECT_EQ(to_string(twofold, {.default_dtype = "float64"}), "tensor(3.)");
}

TEST(Print, IntegersHaveNoPointAndNoDtype) {
  EXPECT_EQ(to_string(tensor<std::int64_t>(3)), "tensor(3)");
  EXPECT_EQ(to_string(tensor<std::int64_t>({1, 2})), "tensor([1, 2])");
  EXPECT_EQ(to_string(tensor<std::int64_t>({-1, 10, 0})), "tensor([-1, 10,  0])");
  EXPECT_EQ(to_string(tensor<std::int64_t>({1000000000000, 1})),
            "tensor([1000000000000,             1])");
  EXPECT_EQ(to_string(zeros<std::int64_t>({0})), "tensor([], dtype=int64)");
}

TEST(Print, TheUndefinedTensorIsNone) { EXPECT_EQ(to_string(Tensor<float>()), "None"); }

TEST(Print, LeavesSayThatTheyRequireGradients) {
  Tensor<float> x = tensor<float>(3).requires_grad_();
  EXPECT_EQ(to_string(x), "tensor(3., requires_grad=True)");
  EXPECT_EQ(to_string(x.detach()), "tensor(3.)");
  EXPECT_EQ(to_string(tensor<double>({1, 2}).requires_grad_()),
            "tensor([1., 2.], dtype=float64, requires_grad=True)");
}

TEST(Print, ResultsNameTheirOperation) {
  Tensor<float> x = tensor<float>(3).requires_grad_();
  EXPECT_EQ(to_string(pow(x, 2)), "tensor(9., grad_fn=<PowBackward0>)");
  EXPECT_EQ(to_string(sin(pow(x, 2))), "tensor(0.4121, grad_fn=<SinBackward0>)");
  EXPECT_EQ(to_string(sin(pow(tensor<float>(4).requires_grad_(), 2))),
            "tensor(-0.2879, grad_fn=<SinBackward0>)");
  Tensor<float> v = tensor<float>({1, 2, 3}).requires_grad_();
  EXPECT_EQ(to_string(mean(pow(v, 2))), "tensor(4.6667, grad_fn=<MeanBackward0>)");
}

TEST(Print, TheVectorJacobianTutorialPrintsAsItDoesInPyTorch) {
  Tensor<float> x = tensor<float>({0.192857, -0.286028, 2.633454}).requires_grad_();
  EXPECT_EQ(to_string(x), "tensor([ 0.1929, -0.2860,  2.6335], requires_grad=True)");
  const Tensor<float> y = x + 2, z = y * y * 2;
  EXPECT_EQ(to_string(y), "tensor([2.1929, 1.7140, 4.6335], grad_fn=<AddBackward0>)");
  EXPECT_EQ(to_string(z), "tensor([ 9.6172,  5.8754, 42.9378], grad_fn=<MulBackward0>)");
  EXPECT_EQ(to_string(mean(z)), "tensor(19.4768, grad_fn=<MeanBackward0>)");
  mean(z).backward(Tensor<float>(), {.retain_graph = true});
  EXPECT_EQ(to_string(x.grad()), "tensor([2.9238, 2.2853, 6.1779])");
  z.backward(tensor<float>({0.1, 1.0, 0.001}));
  EXPECT_EQ(to_string(x.grad()), "tensor([3.8010, 9.1412, 6.1965])");
}

TEST(Print, SuffixesGoToANewLineWhereTheyDoNotFit) {
  EXPECT_EQ(to_string(full<float>({8}, 0.5f).requires_grad_()),
            "tensor([0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000, 0.5000],\n"
            "       requires_grad=True)");
}

TEST(Print, SuffixesFillTheLineToTheLastColumn) {
  const std::string fourteen = "tensor([1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1.";
  EXPECT_EQ(to_string(ones<double>({14})), fourteen + "], dtype=float64)");
  EXPECT_EQ(to_string(ones<double>({15})), fourteen + ", 1.],\n       dtype=float64)");
  EXPECT_EQ(to_string(ones<double>({14}).requires_grad_()),
            fourteen + "], dtype=float64,\n       requires_grad=True)");
}

TEST(Print, SuffixesFollowTheLastLineOfAWrappedVector) {
  EXPECT_EQ(to_string(ones<float>({19}).requires_grad_()),
            "tensor([1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1., 1.,\n"
            "        1.], requires_grad=True)");
}

}  // namespace
}  // namespace verigrad
