// The error texts of PyTorch 1.13 that stay recognisable.
#include "tests/seeds/support.hpp"

namespace verigrad::seeds {
namespace {

TEST(ErrorTexts, BackwardASecondTime) {
  const F y = pow(leaf(2), 2);
  y.backward();
  EXPECT_THAT(
      [&] { y.backward(); },
      ThrowsMessage<Error>(HasSubstr("Trying to backward through the graph a second time")));
}

TEST(ErrorTexts, NothingRequiresGrad) {
  EXPECT_THAT([] { tensor<float>(2).backward(); },
              ThrowsMessage<Error>(HasSubstr(
                  "element 0 of tensors does not require grad and does not have a grad_fn")));
}

TEST(ErrorTexts, ImplicitGradientOfANonScalar) {
  EXPECT_THAT(
      [] {
        (leaf({1, 2}) * 2).backward();
      },
      ThrowsMessage<Error>(HasSubstr("grad can be implicitly created only for scalar outputs")));
}

TEST(ErrorTexts, MatricesThatCannotBeMultiplied) {
  EXPECT_THAT(
      [] {
        matmul(ones<float>({2, 2}), ones<float>({3, 2}));
      },
      ThrowsMessage<Error>(HasSubstr("mat1 and mat2 shapes cannot be multiplied (2x2 and 3x2)")));
}

TEST(ErrorTexts, ASavedValueChangedInPlace) {
  const F x = leaf({1, 2});
  F y = x * 2;
  const F z = sum(y * y);
  y.add_(1);
  EXPECT_THAT([&] { z.backward(); },
              ThrowsMessage<Error>(HasSubstr("one of the variables needed for gradient computation "
                                             "has been modified by an inplace operation")));
}

TEST(ErrorTexts, ALeafInAnInPlaceOperation) {
  F x = leaf({1, 2});
  EXPECT_THAT([&] { x.add_(1); },
              ThrowsMessage<Error>(HasSubstr("a leaf Variable that requires grad is being used in "
                                             "an in-place operation")));
}

TEST(ErrorTexts, RequiresGradOfANonLeaf) {
  F y = leaf(2) * 2;
  EXPECT_THAT(
      [&] { y.requires_grad_(false); },
      ThrowsMessage<Error>(HasSubstr("you can only change requires_grad flags of leaf variables")));
}

TEST(ErrorTexts, AnInputThatIsNotInTheGraph) {
  const F x = leaf(2), unused = leaf(3);
  EXPECT_THAT([&] { grad(x * x, {unused}); },
              ThrowsMessage<Error>(
                  HasSubstr("One of the differentiated Tensors appears to not have been used in "
                            "the graph. Set allow_unused=True")));
}

TEST(ErrorTexts, ProbabilitiesOutsideTheUnitInterval) {
  EXPECT_THAT([] { bce(tensor<float>(1.5), tensor<float>(1)); },
              ThrowsMessage<Error>(HasSubstr("all elements of input should be between 0 and 1")));
}

}  // namespace
}  // namespace verigrad::seeds
