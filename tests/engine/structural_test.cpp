// What structural operations record and save.
#include "tests/engine/structural.hpp"

namespace verigrad {
namespace {

using namespace structural;
using testing::HasSubstr;

TEST(Structural, RecordsPyTorchsNames) {
  const D x = leaf(Shape{2, 3}), v = leaf(Shape{3}), w = leaf(Shape{2});
  const D batch = leaf(Shape{2, 2, 3});
  EXPECT_EQ(sum(x).grad_fn(), "SumBackward0");
  EXPECT_EQ(sum(x, {0}).grad_fn(), "SumBackward1");
  EXPECT_EQ(mean(x).grad_fn(), "MeanBackward0");
  EXPECT_EQ(mean(x, {0}).grad_fn(), "MeanBackward1");
  EXPECT_EQ(prod(x).grad_fn(), "ProdBackward0");
  EXPECT_EQ(prod(x, {0}).grad_fn(), "ProdBackward1");
  EXPECT_EQ(max(x).grad_fn(), "MaxBackward1");
  EXPECT_EQ(max(x, 0).grad_fn(), "MaxBackward0");
  EXPECT_EQ(min(x).grad_fn(), "MinBackward1");
  EXPECT_EQ(min(x, 0).grad_fn(), "MinBackward0");
  EXPECT_EQ(logsumexp(x, {0}).grad_fn(), "LogsumexpBackward0");
  EXPECT_EQ(softmax(x, 0).grad_fn(), "SoftmaxBackward0");
  EXPECT_EQ(log_softmax(x, 0).grad_fn(), "LogSoftmaxBackward0");
  EXPECT_EQ(matmul(v, v).grad_fn(), "DotBackward0");
  EXPECT_EQ(matmul(x, v).grad_fn(), "MvBackward0");
  EXPECT_EQ(matmul(w, x).grad_fn(), "SqueezeBackward3");
  EXPECT_EQ(matmul(x, transpose(x, 0, 1)).grad_fn(), "MmBackward0");
  EXPECT_EQ(matmul(batch, v).grad_fn(), "UnsafeViewBackward0");
  EXPECT_EQ(dot(v, v).grad_fn(), "DotBackward0");
  EXPECT_EQ(transpose(x, 0, 1).grad_fn(), "TransposeBackward0");
  EXPECT_EQ(permute(x, {1, 0}).grad_fn(), "PermuteBackward0");
  EXPECT_EQ(reshape(x, {6}).grad_fn(), "ReshapeAliasBackward0");
  EXPECT_EQ(broadcast_to(x, Shape{2, 2, 3}).grad_fn(), "ExpandBackward0");
  EXPECT_EQ(concat<double>(std::array<D, 2>{x, x}).grad_fn(), "CatBackward0");
  EXPECT_EQ(stack<double>(std::array<D, 2>{x, x}).grad_fn(), "StackBackward0");
  EXPECT_EQ(select(x, 0, 0).grad_fn(), "SelectBackward0");
  EXPECT_EQ(slice(x, 0, 0, 1).grad_fn(), "SliceBackward0");
  EXPECT_EQ(grad<double>(sum(select(x, 0, 0) * w[0]), {x}).size(), 1U);
  EXPECT_EQ(var(x).grad_fn(), "VarBackward0");
  EXPECT_EQ(std(x, {0}).grad_fn(), "StdBackward0");
  EXPECT_EQ(norm(x, 1.0).grad_fn(), "LinalgVectorNormBackward0");
  EXPECT_EQ(cumsum(x, 0).grad_fn(), "CumsumBackward0");
  EXPECT_EQ(cumprod(x, 0).grad_fn(), "CumprodBackward0");
  EXPECT_EQ(amax(x).grad_fn(), "AmaxBackward0");
  EXPECT_EQ(amin(x).grad_fn(), "AminBackward0");
  EXPECT_EQ(median(x).grad_fn(), "MedianBackward0");
  EXPECT_EQ(median(x, 0).grad_fn(), "MedianBackward1");
  EXPECT_EQ(argmax(x).grad_fn(), "");
  EXPECT_EQ(outer(v, w).grad_fn(), "MulBackward0");
  EXPECT_EQ(bmm(batch, transpose(batch, 1, 2)).grad_fn(), "BmmBackward0");
  EXPECT_EQ(kron(x, x).grad_fn(), "UnsafeViewBackward0");
  EXPECT_EQ(diag(x).grad_fn(), "DiagBackward0");
  EXPECT_EQ(trace(x).grad_fn(), "TraceBackward0");
  EXPECT_EQ(tril(x).grad_fn(), "TrilBackward0");
  EXPECT_EQ(triu(x).grad_fn(), "TriuBackward0");
  const D s = leaf(D(Shape{2, 2}, {2, 1, 1, 2}));
  EXPECT_EQ(det(s).grad_fn(), "LinalgDetBackward0");
  EXPECT_EQ(logdet(s).grad_fn(), "WhereBackward0");
  EXPECT_EQ(inverse(s).grad_fn(), "LinalgInvExBackward0");
  EXPECT_EQ(solve(s, x).grad_fn(), "LinalgSolveExBackward0");
  EXPECT_EQ(cholesky(s).grad_fn(), "CholeskyBackward0");
  EXPECT_EQ(triangular_solve(x, s).grad_fn(), "TriangularSolveBackward0");
}

TEST(Structural, RecordsTheTransposesOfSelection) {
  const D x = leaf(Shape{4});
  auto recorded = [&](const D& y) {
    const D v = leaf(y.shape());
    return std::string(grad<double>(std::span<const D>(&y, 1), std::span<const D>(&x, 1),
                                    std::span<const D>(&v, 1), {.create_graph = true})[0]
                           .grad_fn());
  };
  EXPECT_EQ(recorded(select(x, 0, 1)), "SelectBackwardBackward0");
  EXPECT_EQ(recorded(slice(x, 0, 1, 3)), "SliceBackwardBackward0");
}

TEST(Structural, LinearOperationsSaveNothing) {
  const std::vector<TensorFunction> functions = {
      [](const Tensors& at) { return sum(at[0]); },
      [](const Tensors& at) { return sum(at[0], {1}); },
      [](const Tensors& at) { return mean(at[0], {0}, true); },
      [](const Tensors& at) { return sum_to(at[0], Shape{3}); },
      [](const Tensors& at) { return transpose(at[0], 0, 1); },
      [](const Tensors& at) {
        return permute(at[0], {1, 0});
      },
      [](const Tensors& at) { return reshape(at[0], {6}); },
      [](const Tensors& at) {
        return broadcast_to(at[0], Shape{2, 2, 3});
      },
      [](const Tensors& at) { return concat<double>(at); },
      [](const Tensors& at) { return stack<double>(at); },
      [](const Tensors& at) { return select(at[0], 0, 0); },
      [](const Tensors& at) { return slice(at[0], 0, 0, 1); },
  };
  for (const TensorFunction& f : functions) {
    D x = leaf(Shape{2, 3});
    const D y = f({x});
    {
      NoGrad guard;
      x.mul_(D(2.0));
    }
    const D v = varied(y.shape());
    y.backward(v);
    const D once = x.grad().clone_entries();
    y.backward(v);
    for (std::int64_t i = 0; i < once.numel(); ++i) EXPECT_EQ(x.grad()[i], 2 * once[i]);
  }
}

TEST(Structural, OthersRefuseASecondBackwardAndChangedValues) {
  const std::vector<TensorFunction> functions = {
      [](const Tensors& at) { return prod(at[0]); },
      [](const Tensors& at) { return max(at[0], 1); },
      [](const Tensors& at) { return logsumexp(at[0], {0}); },
      [](const Tensors& at) { return matmul(at[0], transpose(at[0], 0, 1)); },
  };
  for (const TensorFunction& f : functions) {
    D x = leaf(Shape{2, 3});
    const D y = f({x});
    y.backward(varied(y.shape()));
    EXPECT_THAT(error_of([&] { y.backward(varied(y.shape())); }), HasSubstr("second time"));
    const D z = f({x});
    {
      NoGrad guard;
      x.mul_(D(2.0));
    }
    EXPECT_THAT(error_of([&] { z.backward(varied(z.shape())); }),
                HasSubstr("modified by an inplace operation"));
  }
}

TEST(Structural, SoftmaxSavesItsResultOnly) {
  D x = leaf(Shape{3});
  const D y = softmax(x, 0);
  {
    NoGrad guard;
    x.mul_(D(2.0));
  }
  EXPECT_NO_THROW(y.backward(varied(Shape{3})));
}

TEST(Structural, FloatTensorsWorkToo) {
  const Tensor<float> x = Tensor<float>(Shape{2, 2}, {1, 2, 3, 4}).requires_grad_();
  const Tensor<float> y = sum(matmul(x, softmax(x, 1)));
  y.backward();
  EXPECT_EQ(x.grad().shape(), (Shape{2, 2}));
  const float s = 1 / (1 + std::exp(-1.0F));
  EXPECT_NEAR(y.item(), 10, 1e-5);
  EXPECT_NEAR(softmax(x, 1)[1], s, 1e-7);
}

}  // namespace
}  // namespace verigrad
