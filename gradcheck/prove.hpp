#pragma once

#include <concepts>

#include "gradcheck/check.hpp"
#include "gradcheck/prove_answer.hpp"
#include "proof/callable.hpp"

namespace verigrad::gradcheck {

namespace detail {

template <class Y>
constexpr bool is_of_reals = std::same_as<Y, proof::Real>;
template <EigenDense Y>
constexpr bool is_of_reals<Y> = std::same_as<typename Y::Scalar, proof::Real>;

}  // namespace detail

/// A callable that makes Reals of a vector of Reals: its code is a template over the scalar. (That
/// it can be called says little: Eigen lets a vector of doubles be made of anything.)
template <class F>
concept MapsReals = std::invocable<F&, const proof::RealVector&> &&
    detail::is_of_reals<std::remove_cvref_t<std::invoke_result_t<F&, const proof::RealVector&>>>;

/// Proves or refutes the gradient of a function of a vector whose code is a template over the
/// scalar:
///
///     const auto f = [](const auto& x) { return exp(x[0]) * x[1]; };
///     const auto gradient = [](const auto& x) {
///       return Eigen::Vector<std::decay_t<decltype(x[0])>, 2>(exp(x[0]) * x[1], exp(x[0]));
///     };
///     const Report report = prove_gradient(f, gradient, Eigen::VectorXd{{1, 2}});
///
/// Both are evaluated in balls (proof/real.hpp), the function with its derivatives, and the
/// gradient is wrong when its enclosure is disjoint from the truth's: a slip of 1e-15 is found, and
/// tails and cancellation hide nothing. What the gradient loses in floating point is `inaccurate`.
/// A gradient that is a value is compared with the enclosure by the tolerance. Double constants
/// that are not short, such as 0.1, are known to 2 u only.
template <class F, class G, EigenDense X>
Report prove_gradient(F&& f, G&& gradient, const X& x, const CheckOptions& options = {},
                      const proof::Limits& limits = {}) {
  static_assert(X::IsVectorAtCompileTime, "proofs take a vector");
  static_assert(
      MapsReals<F>,
      "prove_gradient: the function must be a template over the scalar and return it, such "
      "as [](const auto& x) { ... }; for a function of doubles use check_gradient");
  static_assert(
      Numbers<std::remove_cvref_t<G>> || MapsReals<G>,
      "prove_gradient: the gradient must be a template over the scalar and return it, such "
      "as [](const auto& x) { ... }, or a value; for one of doubles use check_gradient");
  const Plain<X> at = x;
  const auto n = static_cast<std::size_t>(at.size());
  ProofQuestion question{.question = detail::question_of(DerivativeKind::gradient, f, gradient, at),
                         .function = proof::function_of(std::ref(f), 1),
                         .claimed = {}};
  if constexpr (!Numbers<std::remove_cvref_t<G>>)
    question.claimed = proof::function_of(std::ref(gradient), n);
  return prove(question, options, limits);
}

}  // namespace verigrad::gradcheck
