// pad in its four modes, against entries worked out one by one by the modes' definitions.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::AllOf;
using testing::HasSubstr;

/// Walks from 0 to k one step at a time over a line of n entries: the mirror turns at its ends, the
/// circle starts anew, the replicated edge stays.
std::int64_t walked(const std::string& mode, std::int64_t k, std::int64_t n) {
  std::int64_t at = 0;
  int forward = k < 0 ? -1 : 1;
  for (std::int64_t step = 0; step < std::abs(k); ++step) {
    std::int64_t next = at + forward;
    if (next < 0 || next >= n) {
      if (mode == "reflect") forward = -forward;
      next = mode == "reflect" ? at + forward : mode == "circular" ? (next + n) % n : at;
    }
    at = next;
  }
  return at;
}

/// Pads the last two dims of a matrix entry by entry.
std::vector<double> padded_by_hand(const D& x, const Integers& pads, const std::string& mode,
                                   double value) {
  const std::int64_t rows = x.shape()[0], columns = x.shape()[1];
  std::vector<double> result;
  for (std::int64_t i = -pads[2]; i < rows + pads[3]; ++i)
    for (std::int64_t j = -pads[0]; j < columns + pads[1]; ++j) {
      const bool inside = i >= 0 && i < rows && j >= 0 && j < columns;
      result.push_back(mode == "constant"
                           ? inside ? x[i * columns + j] : value
                           : x[walked(mode, i, rows) * columns + walked(mode, j, columns)]);
    }
  return result;
}

TEST(Pad, CountsFromTheLastDim) {
  const D x = counted(Shape{1, 2});
  expect_equal(pad(x, {1, 0}), Shape{1, 3}, {0, 0, 1});
  expect_equal(pad(x, {0, 0, 0, 1}, "constant", 7.0), Shape{2, 2}, {0, 1, 7, 7});
  expect_equal(pad(x, {}), Shape{1, 2}, {0, 1});
  expect_equal(pad(counted(Shape{3}), {-1, 2}, "constant", -0.5), Shape{4}, {1, 2, -0.5, -0.5});
  expect_equal(pad(counted(Shape{3}), {-1, -1}), Shape{1}, {1});
  expect_equal(pad(counted(Shape{2}), {-5, 4}, "constant", 3.0), Shape{1}, {3});
  EXPECT_EQ(pad(varied(Shape{3}), {-1, -2}).shape(), Shape{0});
  expect_equal(pad(D(Shape{0}, {}), {1, 1}, "constant", 2.0), Shape{2}, {2, 2});
  EXPECT_TRUE(std::isnan(pad(x, {1, 0}, "constant", nan)[0]));
}

TEST(Pad, EveryModeAgreesWithItsDefinition) {
  const D x = varied(Shape{3, 4});
  for (const char* mode : {"constant", "reflect", "replicate", "circular"})
    for (const Integers& pads : {Integers{1, 2, 2, 1}, Integers{3, 0, 0, 2}, Integers{0, 3, 1, 1},
                                 Integers{-1, 2, 1, -1}, Integers{0, 0, 0, 0}}) {
      const double value = std::string(mode) == "constant" ? 0.25 : 0;
      const D y = pad(x, pads, mode, value);
      EXPECT_EQ(y.shape(), (Shape{3 + pads[2] + pads[3], 4 + pads[0] + pads[1]}));
      EXPECT_THAT(y.entries(), testing::ElementsAreArray(padded_by_hand(x, pads, mode, value)))
          << mode;
    }
  expect_equal(pad(counted(Shape{1}), {2, 3}, "replicate"), Shape{6}, {0, 0, 0, 0, 0, 0});
  expect_equal(pad(counted(Shape{2}), {2, 2}, "circular"), Shape{6}, {0, 1, 0, 1, 0, 1});
}

TEST(Pad, DerivativesMatchDifferences) {
  const D x = varied(Shape{2, 3, 4});
  for (const Integers& pads :
       {Integers{1, 2}, Integers{2, 1, 1, 2}, Integers{-1, 2, 1, -1}, Integers{1, 1, 1, 1, 1, 1}}) {
    expect_derivatives([&](const Tensors& at) { return pad(at[0], pads, "constant", at[1]); },
                       {x, D(0.7)});
    expect_derivatives(
        [&](const Tensors& at) { return square(pad(sin(at[0]), pads, "constant", exp(at[1]))); },
        {x, D(0.7)});
    for (const char* mode : {"reflect", "replicate", "circular"}) {
      expect_derivatives([&](const Tensors& at) { return pad(at[0], pads, mode); }, {x});
      expect_derivatives([&](const Tensors& at) { return square(pad(sin(at[0]), pads, mode)); },
                         {x});
    }
  }
}

TEST(Pad, RecordsPyTorchsNames) {
  const D x = leaf(Shape{2, 3, 4, 5});
  EXPECT_EQ(pad(x, {1, 1}).grad_fn(), "ConstantPadNdBackward0");
  EXPECT_EQ(pad(x, {1, 1}, "reflect").grad_fn(), "ReflectionPad1DBackward0");
  EXPECT_EQ(pad(x, {1, 1, 1, 1}, "replicate").grad_fn(), "ReplicationPad2DBackward0");
  EXPECT_EQ(pad(x, {1, 1, 1, 1, 1, 1}, "reflect").grad_fn(), "ReflectionPad3DBackward0");
  EXPECT_EQ(pad(x, {1, 1}, "circular").grad_fn(), "CopySlices");
}

TEST(Pad, RefusesWhatDoesNotFit) {
  const D x = varied(Shape{2, 3});
  EXPECT_THAT(error_of([&] { pad(x, {1}); }),
              AllOf(HasSubstr("pad: Padding length must be divisible by 2"), HasSubstr("[1]"),
                    HasSubstr("[2, 3]")));
  EXPECT_THAT(error_of([&] { pad(x, {1, 1, 1, 1, 1, 1}); }), HasSubstr("Padding length too large"));
  EXPECT_THAT(error_of([&] { pad(x, {-2, -2}); }), HasSubstr("resulted in a negative output size"));
  EXPECT_THAT(error_of([&] {
                pad(x, {3, 0}, "reflect");
              }),
              AllOf(HasSubstr("Padding size should be less than the corresponding input dimension"),
                    HasSubstr("padding (3, 0) at dimension 1")));
  EXPECT_THAT(error_of([&] {
                pad(x, {4, 0}, "circular");
              }),
              HasSubstr("wrapping around more than once"));
  EXPECT_THAT(error_of([&] { pad(D(Shape{0}, {}), {1, 0}, "replicate"); }), HasSubstr("[0]"));
  EXPECT_THAT(error_of([&] {
                pad(x, {1, 0}, "mirror");
              }),
              HasSubstr("Unrecognised padding mode mirror"));
  EXPECT_THAT(error_of([&] {
                pad(x, {1, 0}, "reflect", 2.0);
              }),
              HasSubstr("doesn't take in value argument"));
  EXPECT_THAT(error_of([&] { pad(x, {1, 0}, "constant", x); }), HasSubstr("must be a number"));
  EXPECT_THAT(error_of([&] {
                pad(x, {std::int64_t{1} << 62, std::int64_t{1} << 62});
              }),
              HasSubstr("too large"));
}

}  // namespace
}  // namespace verigrad
