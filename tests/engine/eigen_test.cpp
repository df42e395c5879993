#include "engine/eigen.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <Eigen/Dense>
#include <memory>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

Eigen::MatrixXd numbered(Eigen::Index rows, Eigen::Index cols) {
  return Eigen::MatrixXd::NullaryExpr(
      rows, cols, [](Eigen::Index i, Eigen::Index j) { return static_cast<double>(10 * i + j); });
}

TEST(FromEigen, EitherOrderOfStorageGivesRows) {
  const Eigen::MatrixXd columns = numbered(2, 3);
  const RowMajor rows = columns;
  for (const Tensor<double>& t : {from_eigen(columns), from_eigen(rows)}) {
    EXPECT_EQ(t.shape(), (Shape{2, 3}));
    EXPECT_THAT(t.entries(), ElementsAre(0, 1, 2, 10, 11, 12));
  }
}

TEST(FromEigen, TakesExpressionsOfMatricesAndArrays) {
  const Eigen::MatrixXd m = numbered(3, 3);
  EXPECT_THAT(from_eigen(m.transpose()).entries(), ElementsAre(0, 10, 20, 1, 11, 21, 2, 12, 22));
  EXPECT_THAT(from_eigen(m.block(1, 1, 2, 2)).entries(), ElementsAre(11, 12, 21, 22));
  EXPECT_THAT(from_eigen(m.topRows(1) * m).entries(), ElementsAre(50, 53, 56));
  EXPECT_THAT(from_eigen(m.array().topLeftCorner(1, 2) + 0.5).entries(), ElementsAre(0.5, 1.5));
  EXPECT_THAT(from_eigen(Eigen::Matrix2f::Identity() * 2).entries(), ElementsAre(2, 0, 0, 2));
  EXPECT_EQ(from_eigen(Eigen::ArrayXXf::Constant(2, 1, 3)).shape(), (Shape{2, 1}));
}

TEST(FromEigen, RowsAndColumnsByTypeHaveRankOne) {
  EXPECT_EQ(from_eigen(Eigen::VectorXd::Ones(3)).shape(), Shape{3});
  EXPECT_EQ(from_eigen(Eigen::RowVectorXf::Ones(3)).shape(), Shape{3});
  EXPECT_EQ(from_eigen(Eigen::ArrayXd::Ones(3)).shape(), Shape{3});
  const Eigen::MatrixXd m = numbered(3, 3);
  EXPECT_THAT(from_eigen(m.row(1)).entries(), ElementsAre(10, 11, 12));
  EXPECT_THAT(from_eigen(m.col(1)).entries(), ElementsAre(1, 11, 21));
  EXPECT_THAT(from_eigen(m.diagonal()).entries(), ElementsAre(0, 11, 22));
  EXPECT_EQ(from_eigen(m.leftCols(1)).shape(), (Shape{3, 1})) << "a matrix that has one column";
  EXPECT_EQ(from_eigen(m.row(0) * m.col(0)).shape(), Shape{1});
}

TEST(FromEigen, StridesAreFollowed) {
  const double data[] = {0, 1, 2, 3, 4, 5, 6, 7};
  const Eigen::Map<const Eigen::VectorXd, 0, Eigen::InnerStride<2>> odd(data + 1, 3);
  EXPECT_THAT(from_eigen(odd).entries(), ElementsAre(1, 3, 5));
  const Eigen::Map<const RowMajor, 0, Eigen::OuterStride<>> padded(data, 2, 3,
                                                                   Eigen::OuterStride<>(4));
  EXPECT_THAT(from_eigen(padded).entries(), ElementsAre(0, 1, 2, 4, 5, 6));
}

TEST(FromEigen, KeepsTheScalarTypeAndEveryBit) {
  const Eigen::Vector4d odd(-0.0, INFINITY, std::nan(""), 5e-324);
  const Tensor<double> t = from_eigen(odd);
  EXPECT_TRUE(std::signbit(t[0]));
  EXPECT_EQ(t[1], INFINITY);
  EXPECT_TRUE(std::isnan(t[2]));
  EXPECT_EQ(t[3], 5e-324);
  const Tensor<std::int64_t> whole =
      from_eigen(Eigen::Matrix<std::int64_t, 2, 1>(1, std::int64_t{1} << 60));
  EXPECT_EQ(whole[1], std::int64_t{1} << 60);
}

TEST(FromEigen, EmptyMatricesKeepTheirShape) {
  EXPECT_EQ(from_eigen(Eigen::MatrixXd(0, 3)).shape(), (Shape{0, 3}));
  EXPECT_EQ(from_eigen(Eigen::MatrixXd(3, 0)).shape(), (Shape{3, 0}));
  EXPECT_EQ(from_eigen(Eigen::VectorXd()).shape(), Shape{0});
}

TEST(FromEigen, TheTensorOwnsItsEntries) {
  auto m = std::make_unique<Eigen::MatrixXd>(numbered(2, 2));
  Tensor<double> t = from_eigen(*m);
  (*m)(0, 0) = 99;
  EXPECT_EQ(t[0], 0);
  m.reset();
  EXPECT_EQ(t[3], 11);
  const Tensor<double> copy = from_eigen(as_matrix(t));
  t.fill_(7);
  EXPECT_EQ(copy[3], 11);
}

TEST(FromEigen, GivesALeafThatCollectsGradients) {
  const Eigen::MatrixXd m = numbered(2, 3);
  Tensor<double> w = from_eigen(m);
  EXPECT_TRUE(w.is_leaf());
  EXPECT_FALSE(w.requires_grad());
  w.requires_grad_();
  sum(w * w).backward();
  const Tensor<double> g = w.grad();
  EXPECT_EQ(Eigen::MatrixXd(as_matrix(g)), 2 * m);
}

TEST(AsMatrix, LooksAtTheTensorsOwnEntries) {
  Tensor<float> t = tensor<float>({{1, 2, 3}, {4, 5, 6}});
  const auto view = as_matrix(t);
  EXPECT_EQ(view.data(), t.data());
  EXPECT_EQ(view.rows(), 2);
  EXPECT_EQ(view.cols(), 3);
  EXPECT_EQ(view(1, 0), 4);
  t.mul_(10);
  EXPECT_EQ(view(1, 0), 40) << "in-place changes are seen";
  const Eigen::MatrixXf columns = view;
  EXPECT_EQ(columns(0, 2), 30);
}

TEST(AsMatrix, ACopyOfTheHandleKeepsTheViewValid) {
  auto t = std::make_unique<Tensor<double>>(from_eigen(numbered(2, 2)));
  const auto view = as_matrix(*t);
  const Tensor<double> copy = *t;
  t.reset();
  EXPECT_EQ(view(1, 1), 11);
}

TEST(AsVector, LooksAtTheTensorsOwnEntries) {
  const Tensor<double> t = tensor<double>({3, 4});
  EXPECT_EQ(as_vector(t).data(), t.data());
  EXPECT_EQ(as_vector(t).norm(), 5);
  const Tensor<double> none = zeros<double>({0});
  EXPECT_EQ(as_vector(none).size(), 0);
}

TEST(AsMatrix, OtherRanksAreErrors) {
  const Tensor<double> scalar = tensor<double>(1), vector = tensor<double>({1, 2}), undefined;
  const Tensor<double> cube = zeros<double>({2, 0, 2}), matrix = zeros<double>({2, 1});
  const auto refuses = [](const char* function, const char* shape) {
    return ThrowsMessage<ShapeError>(AllOf(HasSubstr(function), HasSubstr(shape)));
  };
  EXPECT_THAT([&] { as_matrix(scalar); }, refuses("as_matrix", "got shape []"));
  EXPECT_THAT([&] { as_matrix(vector); }, refuses("as_matrix", "got shape [2]"));
  EXPECT_THAT([&] { as_matrix(cube); }, refuses("as_matrix", "got shape [2, 0, 2]"));
  EXPECT_THAT([&] { as_vector(scalar); }, refuses("as_vector", "got shape []"));
  EXPECT_THAT([&] { as_vector(matrix); }, refuses("as_vector", "got shape [2, 1]"));
  EXPECT_THAT([&] { as_vector(undefined); }, ThrowsMessage<Error>(HasSubstr("undefined")));
}

template <class Argument>
concept CanBeSeen = requires(Argument&& t) {
  as_matrix(std::forward<Argument>(t));
  as_vector(std::forward<Argument>(t));
};
static_assert(CanBeSeen<const Tensor<double>&>);
static_assert(!CanBeSeen<Tensor<double>>, "the view would outlive the entries");

}  // namespace
}  // namespace verigrad
