#include "benchmarks/floors/floors.hpp"
#include "benchmarks/floors/vector_math.hpp"

namespace verigrad::benchmarks::floors {

/// Reads X once: a block of rows, as many as a pack has lanes, gives its logits, these the loss and
/// its slope, these the block's part of Xᵀ g while the block lies in the nearest cache. The sum of
/// log(1 + exp(-|z|)) is the logarithm of a product whose factors are at most 2.
double logistic(const Logistic& problem, std::span<double> gradient) {
  constexpr std::size_t rows = Logistic::rows, columns = Logistic::columns;
  constexpr std::size_t packs = columns / lanes;
  static_assert(rows % lanes == 0 && columns % (2 * lanes) == 0 && rows / lanes < 1000);
  constexpr double scale = 1.0 / rows;

  Pack w[packs], g[packs] = {};
  for (std::size_t k = 0; k < packs; ++k) w[k] = load(&problem.w[k * lanes]);
  Pack loss{}, factors = broadcast(1);
  for (std::size_t row = 0; row < rows; row += lanes) {
    const double* block = &problem.X[row * columns];
    alignas(Pack) double each[lanes];
    for (std::size_t i = 0; i < lanes; ++i) {
      Pack even{}, odd{};
      for (std::size_t k = 0; k < packs; k += 2) {
        even += w[k] * load(block + i * columns + k * lanes);
        odd += w[k + 1] * load(block + i * columns + (k + 1) * lanes);
      }
      each[i] = total(even + odd);
    }
    const Pack z = load(each), y = load(&problem.y[row]);
    const Pack magnitude = z < 0 ? -z : z;
    const Pack e = exp(-magnitude), inverse = 1 / (1 + e);
    loss += (z + magnitude) * 0.5 - y * z;
    factors *= 1 + e;
    const Pack p = z < 0 ? e * inverse : inverse;
    store(each, (p - y) * scale);
    for (std::size_t i = 0; i < lanes; ++i)
      for (std::size_t k = 0; k < packs; ++k)
        g[k] += each[i] * load(block + i * columns + k * lanes);
  }
  for (std::size_t k = 0; k < packs; ++k) store(&gradient[k * lanes], g[k]);
  return total(loss + log(factors)) * scale;
}

}  // namespace verigrad::benchmarks::floors
