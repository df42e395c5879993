#pragma once

#include "gradcheck/check_adjoint.hpp"
#include "gradcheck/check_question.hpp"

namespace verigrad::gradcheck {

// Is a hand-written derivative of a C++ function right? A function is any callable of one argument:
// a number, a std::vector, a matrix, vector or array of Eigen, or a Tensor, of float or double.
// What it returns is one of these too, and may be an expression of Eigen. A derivative is another
// such callable, or its value at x.
//
//     const auto f = [](const Eigen::VectorXd& x) { return x.array().sin().sum(); };
//     const auto gradient = [](const Eigen::VectorXd& x) { return x.array().cos().eval(); };
//     const Report report = check_gradient(f, gradient, x);
//     if (!report.passed()) std::cerr << to_string(report);
//
// The function is called at points near x and compared by the rules of check_question.hpp. Every
// callable is also called twice at x, which shows whether it is deterministic, and may not write to
// its argument. Entries of matrices and tensors are counted in row-major order.

namespace detail {

template <class X, class D, class... Others>
Callable derivative_of(D& derivative, const Others&... others) {
  if constexpr (Numbers<std::remove_cvref_t<D>>)
    return callable_of_value(derivative);
  else
    return callable_of<X>(derivative, others...);
}

template <class D, class... Arguments>
constexpr bool derivative_is_float() {
  if constexpr (Numbers<std::remove_cvref_t<D>>)
    return is_float<D>;
  else
    return is_float<std::invoke_result_t<D&, Arguments&...>>;
}

/// A question about f and one of its derivatives, which takes x and perhaps a vector.
template <class F, class D, class X, class... Vector>
Question question_of(DerivativeKind kind, F& f, D& derivative, const X& x,
                     const Vector&... vector) {
  using Value = std::invoke_result_t<F&, X&>;
  Question question;
  question.kind = kind;
  question.function = callable_of<X>(f);
  question.claimed = derivative_of<X>(derivative, vector...);
  question.x = entries_of(x);
  ((question.vector = entries_of(vector)), ...);
  question.float_input = is_float<X>;
  question.float_function = is_float<X> || is_float<Value>;
  question.float_claim = is_float<X> || derivative_is_float<D, X, Vector...>();
  return question;
}

}  // namespace detail

/// The gradient of a function with one result, of the shape of x.
template <class F, class G, Numbers X>
Report check_gradient(F&& f, G&& gradient, const X& x, const CheckOptions& options = {}) {
  const Plain<X> at = x;
  return answer(detail::question_of(DerivativeKind::gradient, f, gradient, at), options);
}

/// vᵀJ, of the shape of x: `vjp(x, v)`, or its value. v has the shape of f(x).
template <class F, class G, Numbers X, Numbers V>
Report check_vjp(F&& f, G&& vjp, const X& x, const V& v, const CheckOptions& options = {}) {
  const Plain<X> at = x;
  const Plain<V> cotangent = v;
  return answer(detail::question_of(DerivativeKind::vjp, f, vjp, at, cotangent), options);
}

/// Ju, of the shape of f(x): `jvp(x, u)`, or its value. u has the shape of x.
template <class F, class G, Numbers X, Numbers U>
Report check_jvp(F&& f, G&& jvp, const X& x, const U& u, const CheckOptions& options = {}) {
  const Plain<X> at = x;
  const Plain<U> tangent = u;
  return answer(detail::question_of(DerivativeKind::jvp, f, jvp, at, tangent), options);
}

/// J with J(i, j) = d f(x)_i / d x_j: a matrix, or a Tensor of f(x)'s dims followed by those of x.
template <class F, class G, Numbers X>
Report check_jacobian(F&& f, G&& jacobian, const X& x, const CheckOptions& options = {}) {
  const Plain<X> at = x;
  return answer(detail::question_of(DerivativeKind::jacobian, f, jacobian, at), options);
}

/// The symmetric matrix of second derivatives of a function with one result, by second differences.
/// Some thousand calls an entry: see check_hessian_from_gradient.
template <class F, class G, Numbers X>
Report check_hessian(F&& f, G&& hessian, const X& x, const CheckOptions& options = {}) {
  const Plain<X> at = x;
  return answer(detail::question_of(DerivativeKind::hessian, f, hessian, at), options);
}

/// The same as the Jacobian of a gradient, which is taken to be right: more digits, fewer calls.
template <class F, class G, Numbers X>
Report check_hessian_from_gradient(F&& gradient, G&& hessian, const X& x,
                                   const CheckOptions& options = {}) {
  const Plain<X> at = x;
  Question question = detail::question_of(DerivativeKind::jacobian, gradient, hessian, at);
  return with_symmetry(question, answer(question, options), options);
}

/// Whether two products belong to the same J: <Ju, v> = <u, Jᵀv>, up to 64 u times the sum of the
/// absolute terms (pass), and to half of the digits (inaccurate). The function is not asked.
template <class P, class Q, Numbers X, Numbers U, Numbers V>
Report check_adjoint(P&& jvp, Q&& vjp, const X& x, const U& u, const V& v) {
  const Plain<X> at = x;
  const Plain<U> tangent = u;
  const Plain<V> cotangent = v;
  const bool single = is_float<X> || detail::derivative_is_float<P, Plain<X>, Plain<U>>() ||
                      detail::derivative_is_float<Q, Plain<X>, Plain<V>>();
  return compare_adjoint(callable_of<Plain<X>>(jvp, tangent), callable_of<Plain<X>>(vjp, cotangent),
                         entries_of(at), entries_of(tangent), entries_of(cotangent),
                         single ? DType::f32 : DType::f64);
}

}  // namespace verigrad::gradcheck
