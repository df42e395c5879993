// Sums and products of cotangents, tangents and gradients.
#pragma once

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include "properties/engine.hpp"

namespace verigrad::properties {

/// a x + b y, entry by entry.
inline std::vector<double> combine(double a, const std::vector<double>& x, double b,
                                   const std::vector<double>& y) {
  std::vector<double> result(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) result[i] = a * x[i] + b * y[i];
  return result;
}

/// The same leaf by leaf.
inline PerLeaf combine(double a, const PerLeaf& x, double b, const PerLeaf& y) {
  PerLeaf result(x.size());
  for (std::size_t leaf = 0; leaf < x.size(); ++leaf)
    result[leaf] = combine(a, x[leaf], b, y[leaf]);
  return result;
}

inline std::vector<double> scaled(double a, std::vector<double> x) {
  for (double& entry : x) entry *= a;
  return x;
}

inline PerLeaf scaled(double a, const PerLeaf& x) {
  PerLeaf result;
  for (const auto& leaf : x) result.push_back(scaled(a, leaf));
  return result;
}

/// x y, entry by entry.
inline std::vector<double> product(const std::vector<double>& x, const std::vector<double>& y) {
  std::vector<double> result(x.size());
  for (std::size_t i = 0; i < x.size(); ++i) result[i] = x[i] * y[i];
  return result;
}

inline double dot(const std::vector<double>& a, const std::vector<double>& b) {
  return std::inner_product(a.begin(), a.end(), b.begin(), 0.0);
}

/// Over the leaves that have entries in both.
inline double dot(const PerLeaf& a, const PerLeaf& b) {
  double sum = 0;
  for (std::size_t leaf = 0; leaf < a.size(); ++leaf)
    if (a[leaf].size() == b[leaf].size()) sum += dot(a[leaf], b[leaf]);
  return sum;
}

inline std::vector<double> magnitudes(std::vector<double> x) {
  for (double& entry : x) entry = std::abs(entry);
  return x;
}

inline PerLeaf magnitudes(PerLeaf x) {
  for (auto& leaf : x) leaf = magnitudes(std::move(leaf));
  return x;
}

inline bool all_finite(const std::vector<double>& x) {
  return std::ranges::all_of(x, [](double entry) { return std::isfinite(entry); });
}

/// x + t u; an empty tangent leaves its leaf where it is.
inline Point displaced(Point x, double t, const PerLeaf& u) {
  for (std::size_t leaf = 0; leaf < x.size(); ++leaf)
    for (std::size_t i = 0; i < u[leaf].size(); ++i) x[leaf][i] += t * u[leaf][i];
  return x;
}

/// The entry `i` of so many that is 1, beside zeros.
inline std::vector<double> unit(std::size_t count, std::size_t i) {
  std::vector<double> result(count, 0.0);
  result[i] = 1;
  return result;
}

}  // namespace verigrad::properties
