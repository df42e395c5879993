#pragma once

#include <Eigen/Core>
#include <span>
#include <utility>
#include <vector>

#include "proof/germs.hpp"
#include "proof/real.hpp"

/// Real as a scalar of Eigen's matrices. Comparisons may throw, so that decompositions which pivot
/// need a point at which their pivots are decided.
template <>
struct Eigen::NumTraits<verigrad::proof::Real> : Eigen::GenericNumTraits<verigrad::proof::Real> {
  using Real = verigrad::proof::Real;
  using NonInteger = Real;
  using Nested = Real;
  enum {
    IsInteger = 0,
    IsSigned = 1,
    IsComplex = 0,
    RequireInitialization = 1,
    ReadCost = 10,
    AddCost = 100,
    MulCost = 100
  };
  static Real epsilon() { return Real(0x1p-52); }
  static Real dummy_precision() { return Real(1e-12); }
  static int digits10() { return 15; }
};

namespace verigrad::proof {

using RealVector = Eigen::Matrix<Real, Eigen::Dynamic, 1>;

/// What a callable returned, entry by entry in storage order: a number or an Eigen expression.
template <class Y>
std::vector<Series> series_of(const Y& y) {
  if constexpr (std::convertible_to<Y, Real>) {
    return {Real(y).series()};
  } else {
    const auto entries = y.eval();
    std::vector<Series> result;
    for (Eigen::Index i = 0; i < entries.size(); ++i)
      result.push_back(Real(*(entries.data() + i)).series());
    return result;
  }
}

/// The entries of a field as a vector of Reals.
inline RealVector vector_of(const Field& field) {
  RealVector x(static_cast<Eigen::Index>(field.entries.size()));
  for (std::size_t i = 0; i < field.entries.size(); ++i)
    x[static_cast<Eigen::Index>(i)] = Real(field.entries[i]);
  return x;
}

/// A callable that takes a vector of any scalar, as a function of one leaf. A comparison that is
/// not decided leaves all `rows` results with its status.
template <class F>
GermFunction function_of(F f, std::size_t rows) {
  return [f = std::move(f), rows](std::span<const Field> leaves) {
    try {
      kinks_met();
      std::vector<Series> result = series_of(f(vector_of(leaves[0])));
      const bool kinked = kinks_met();
      for (Series& entry : result)
        if (entry.ok()) entry = entry.kinked_if(kinked);
      return result;
    } catch (const Undecidable& undecidable) {
      return std::vector<Series>(rows, Series(undecidable.status));
    }
  };
}

}  // namespace verigrad::proof
