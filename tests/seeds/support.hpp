#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "engine/verigrad.hpp"

namespace verigrad::seeds {

using F = Tensor<float>;
using D = Tensor<double>;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

inline F leaf(const Nested<float>& entries) { return tensor<float>(entries).requires_grad_(); }

inline constexpr BackwardOptions retain{.retain_graph = true};

/// |a - b| is at most `count` units in the last place of b, in b's precision.
template <class T>
testing::AssertionResult within_ulps(T a, double b, int count = 2) {
  const T near = std::abs(static_cast<T>(b));
  const double ulp = static_cast<double>(std::nextafter(near, std::numeric_limits<T>::infinity())) -
                     static_cast<double>(near);
  const double distance = std::abs(static_cast<double>(a) - b) / ulp;
  if (distance <= count) return testing::AssertionSuccess();
  return testing::AssertionFailure()
         << static_cast<double>(a) << " is " << distance << " ulp away from " << b;
}

/// Collects the warnings of this thread while it lives.
class Warnings {
 public:
  std::vector<std::string> texts;

 private:
  WarningScope scope_{
      [](const std::string& text, void* to) { static_cast<Warnings*>(to)->texts.push_back(text); },
      this};
};

}  // namespace verigrad::seeds
