// Inverses and systems of linear equations.
#include <Eigen/LU>

#include "engine/elementwise.hpp"
#include "engine/ops/dims.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/square.hpp"

namespace verigrad {
namespace {

using detail::batch_element, detail::check_matrices, detail::check_square, detail::matrix_at,
    detail::set_matrix, detail::stack_of, detail::transposed;
using Eigen::MatrixXd;

/// The one-based place of the first pivot that is exactly 0, or 0.
Eigen::Index zero_pivot(const Eigen::PartialPivLU<MatrixXd>& lu) {
  for (Eigen::Index i = 0; i < lu.rows(); ++i)
    if (lu.matrixLU()(i, i) == 0) return i + 1;
  return 0;
}

struct Inverse {
  static constexpr OperationInfo info{
      .signature = "inverse(A)",
      .grad_fn = "LinalgInvExBackward0",
      .value = "inverse of the last two dims: A @ inverse(A) = I",
      .derivative = {"-y.T @ g @ y.T with y = inverse(A)"},
      .latex = "A^{-1}",
      .needs = {result},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    check_square("inverse", operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    if (shape.numel() == 0) return out;
    for (std::int64_t i = 0; i < stack_of(shape).numel(); ++i) {
      const Eigen::PartialPivLU<MatrixXd> lu(matrix_at(operands[0], i));
      if (const Eigen::Index zero = zero_pivot(lu); zero != 0)
        throw Error(fmt::format(
            "inverse: {}The diagonal element {} is zero, the inversion could not be completed "
            "because the input matrix is singular; the input has shape {}",
            batch_element(shape, i), zero, to_string(shape)));
      set_matrix(out, i, lu.inverse());
    }
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t) {
    return detail::inverse_vjp(saved.result(), g);
  }
};

/// The operands of a system A X = B as stacks of matrices that broadcast to one another.
struct System {
  /// `b_matrices` is the shape `b` with one column for vectors.
  System(std::string_view operation, const Shape& a, const Shape& b, const Shape& b_matrices)
      : a_stack(stack_of(a)), b_stack(stack_of(b_matrices)) {
    const std::int64_t n = a[a.rank() - 1], rows = b_matrices[b_matrices.rank() - 2],
                       columns = b_matrices[b_matrices.rank() - 1];
    if (rows != n)
      throw ShapeError(fmt::format(
          "{}: Incompatible shapes of A and B for the equation AX = B ({}x{} and {}x{}); the "
          "operands have shapes {} and {}",
          operation, n, n, rows, columns, to_string(a), to_string(b)));
    stack = broadcast(a_stack, b_stack, std::string(operation).c_str());
    solution = stack.inserted(stack.rank(), n);
    solution = solution.inserted(solution.rank(), columns);
  }

  /// Calls f(index in the solution, index of A's matrix, index of B's).
  template <class F>
  void each(F&& f) const {
    for (std::int64_t i = 0; i < stack.numel(); ++i)
      f(i, broadcast_source(a_stack, stack, i), broadcast_source(b_stack, stack, i));
  }

  Shape a_stack, b_stack, stack, solution;
};

/// torch.linalg.solve: B is a stack of vectors when it is 1-D or has A's shape without the last
/// dim, else of matrices.
struct Solve {
  static constexpr OperationInfo info{
      .signature = "solve(A, B)",
      .grad_fn = "LinalgSolveExBackward0",
      .value = "X with A @ X = B, over the last two dims",
      .derivative = {"-solve(A.T, g) @ X.T", "solve(A.T, g)"},
      .latex = "A^{-1} B",
      .needs = {first | result, first},
  };
  static bool vectors(const Shape& a, const Shape& b) {
    return b.rank() == 1 || b == a.removed(a.rank() - 1);
  }
  static Shape matrices(const Shape& a, const Shape& b) {
    return vectors(a, b) ? b.inserted(b.rank(), 1) : b;
  }
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    const Shape &a = operands[0], &b = operands[1];
    check_square("solve", a);
    if (b.rank() < 1)
      throw ShapeError(fmt::format(
          "solve: B must have at least 1 dimension, but the operands have shapes {} and {}",
          to_string(a), to_string(b)));
    const Shape solution = System("solve", a, b, matrices(a, b)).solution;
    return vectors(a, b) ? solution.removed(solution.rank() - 1) : solution;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes&, const Shape& shape) {
    const Tensor<T>& a = operands[0];
    const Shape stacked = matrices(a.shape(), operands[1].shape());
    const System system("solve", a.shape(), stacked, stacked);
    NoGrad guard;
    const Tensor<T> b = reshaped(operands[1], stacked);
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    if (shape.numel() == 0) return out;
    Eigen::PartialPivLU<MatrixXd> lu;
    std::int64_t factored = -1;
    system.each([&](std::int64_t i, std::int64_t from_a, std::int64_t from_b) {
      if (from_a != factored) {
        lu.compute(matrix_at(a, from_a));
        factored = from_a;
        if (zero_pivot(lu) != 0)
          throw Error(fmt::format(
              "solve: {}The solver failed because the input matrix is singular; the operands have "
              "shapes {} and {}",
              batch_element(a.shape(), from_a), to_string(a.shape()),
              to_string(operands[1].shape())));
      }
      set_matrix(out, i, lu.solve(matrix_at(b, from_b)));
    });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Tensor<T> a = saved.operand(0);
    const Shape stacked = matrices(a.shape(), saved.operand_shape(1));
    const System system("solve", a.shape(), stacked, stacked);
    const Tensor<T> share = solve(transposed(a), reshaped(g, system.solution));
    if (operand == 1) return reshaped(sum_to(share, stacked), saved.operand_shape(1));
    const Tensor<T> x = reshaped(saved.result(), system.solution);
    return sum_to(-matmul(share, transposed(x)), a.shape());
  }
};

/// The signature of torch.triangular_solve. Only the triangle that `upper` names is read, without
/// its diagonal when that is `unitriangular`. A zero on the diagonal is not an error: the solution
/// is then infinite or NaN.
struct TriangularSolve {
  static constexpr OperationInfo info{
      .signature =
          "triangular_solve(b, A, upper: flag = True, transpose: flag = False, "
          "unitriangular: flag = False)",
      .grad_fn = "TriangularSolveBackward0",
      .value = "X with A @ X = b, or A.T @ X = b, for triangular A",
      .derivative = {"triangular_solve(g, A, upper, not transpose, unitriangular)",
                     "-(derivative by b) @ X.T, or its transpose, in A's triangle"},
      .latex = "A^{-1} b",
      .needs = {second, second | result},
  };
  static Shape shape(std::span<const Shape> operands, const Attributes&) {
    check_square("triangular_solve", operands[1]);
    check_matrices("triangular_solve", "b", operands[0]);
    return System("triangular_solve", operands[1], operands[0], operands[0]).solution;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const Tensor<T>&b = operands[0], &a = operands[1];
    Tensor<T> out = Tensor<T>::uninitialised(shape);
    if (shape.numel() == 0) return out;
    System("triangular_solve", a.shape(), b.shape(), b.shape())
        .each([&](std::int64_t i, std::int64_t from_a, std::int64_t from_b) {
          set_matrix(out, i, solution(matrix_at(a, from_a), matrix_at(b, from_b), attributes));
        });
    return out;
  }
  template <class T>
  static Tensor<T> vjp(const Saved<T>& saved, const Tensor<T>& g, std::size_t operand) {
    const Tensor<T> a = saved.operand(1);
    const bool upper = saved.attributes().flag(0), transposes = saved.attributes().flag(1),
               unit = saved.attributes().flag(2);
    const Tensor<T> share = triangular_solve(g, a, upper, !transposes, unit);
    if (operand == 0) return sum_to(share, saved.operand_shape(0));
    const Tensor<T> x = saved.result();
    const Tensor<T> whole =
        -(transposes ? matmul(x, transposed(share)) : matmul(share, transposed(x)));
    return sum_to(upper ? triu(whole, unit ? 1 : 0) : tril(whole, unit ? -1 : 0), a.shape());
  }

 private:
  static MatrixXd solution(const MatrixXd& a, const MatrixXd& b, const Attributes& attributes) {
    const bool upper = attributes.flag(0), transposes = attributes.flag(1),
               unit = attributes.flag(2);
    const auto solved = [&]<unsigned mode>(std::integral_constant<unsigned, mode>) -> MatrixXd {
      if (transposes) return a.triangularView<mode>().transpose().solve(b);
      return a.triangularView<mode>().solve(b);
    };
    if (upper)
      return unit ? solved(std::integral_constant<unsigned, Eigen::UnitUpper>())
                  : solved(std::integral_constant<unsigned, Eigen::Upper>());
    return unit ? solved(std::integral_constant<unsigned, Eigen::UnitLower>())
                : solved(std::integral_constant<unsigned, Eigen::Lower>());
  }
};

}  // namespace

VERIGRAD_DEFINE_UNARY(inverse, Inverse)

template <class T>
Tensor<T> solve(const Tensor<T>& A, const Tensor<T>& B) {
  return apply<T>(operation<Solve>(), {A, B});
}
template <class T>
Tensor<T> triangular_solve(const Tensor<T>& b, const Tensor<T>& A, bool upper, bool transpose,
                           bool unitriangular) {
  return apply<T>(operation<TriangularSolve>(), {b, A},
                  make_attributes({upper, transpose, unitriangular}));
}

#define VERIGRAD_INSTANTIATE(T)                                 \
  template Tensor<T> solve(const Tensor<T>&, const Tensor<T>&); \
  template Tensor<T> triangular_solve(const Tensor<T>&, const Tensor<T>&, bool, bool, bool);
VERIGRAD_INSTANTIATE(float)
VERIGRAD_INSTANTIATE(double)
#undef VERIGRAD_INSTANTIATE

std::vector<const Operation*> solve_operations() {
  return {VERIGRAD_ROW(Inverse), VERIGRAD_ROW(Solve), VERIGRAD_ROW(TriangularSolve)};
}

}  // namespace verigrad
