#pragma once

#include <array>
#include <cstdint>

namespace verigrad {

inline constexpr std::int64_t sum_block = 256;

/// The sum of up to `sum_block` neighbours, in eight interleaved parts. Floats are summed in
/// double.
template <class T>
double block_sum(const T* x, std::int64_t n) {
  constexpr std::int64_t width = 8;
  double part[width] = {};
  std::int64_t i = 0;
  for (; i + width <= n; i += width)
    for (std::int64_t k = 0; k < width; ++k) part[k] += static_cast<double>(x[i + k]);
  for (std::int64_t k = 0; i < n; ++i, ++k) part[k] += static_cast<double>(x[i]);
  return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

/// The sum of a sequence of terms by pairwise summation: relative error about log2(n) ulp rather
/// than n (Higham, Accuracy and Stability of Numerical Algorithms, section 4.2). Level k holds the
/// sum of 2^k neighbours, as in a binary counter.
class PairwiseSum {
 public:
  void add(double term) {
    std::size_t level = 0;
    for (std::uint64_t bits = count_++; (bits & 1) != 0; bits >>= 1) term = levels_[level++] + term;
    levels_[level] = term;
  }
  double value() const {
    double sum = 0;
    bool first = true;
    for (std::size_t level = 0; level < 64 && (count_ >> level) != 0; ++level)
      if (((count_ >> level) & 1) != 0) {
        sum = first ? levels_[level] : levels_[level] + sum;
        first = false;
      }
    return sum;
  }

 private:
  std::array<double, 64> levels_;
  std::uint64_t count_ = 0;
};

/// The sum of n neighbours: of blocks of `sum_block`, and of these pairwise.
template <class T>
double pairwise_sum(const T* x, std::int64_t n) {
  if (n <= sum_block) return block_sum(x, n);
  PairwiseSum sum;
  for (std::int64_t i = 0; i < n; i += sum_block)
    sum.add(block_sum(x + i, n - i < sum_block ? n - i : sum_block));
  return sum.value();
}

}  // namespace verigrad
