#pragma once

#include <Eigen/Core>
#include <cstddef>
#include <span>
#include <vector>

// What the benchmarks compute: the inputs of every workload, the same for every contestant.

namespace verigrad::benchmarks {

/// Entries that begin at a boundary of Eigen's widest vector type.
using Numbers = std::vector<double, Eigen::aligned_allocator<double>>;

/// `count` numbers of a Weyl sequence in [low, high): varied, unsorted, the same everywhere.
Numbers spread(std::size_t count, double low, double high, double phase = 0);

/// Whether the largest difference of two gradients is at most `roundings` units of roundoff of the
/// largest entry.
bool agree(std::span<const double> a, std::span<const double> b, double roundings);

// Each problem has `gradient()`, the floor's, and `roundings`: how many of them may separate two
// right gradients, whose sums and products run in different orders.

/// (a) The sum over x of sin(x) · sigmoid(x²) + log(1 + exp(x)); gradient by x.
struct Pointwise {
  explicit Pointwise(std::size_t size) : x(spread(size, -3, 3)) {}

  Numbers gradient() const;

  Numbers x;
  double roundings = 16;
};

/// (b) The mean of BCE-with-logits(X w, y), X 256 x 64; gradient by w.
struct Logistic {
  static constexpr std::size_t rows = 256, columns = 64;

  Numbers gradient() const;

  Numbers X = spread(rows * columns, -1, 1), w = spread(columns, -0.5, 0.5, 0.3);
  Numbers y = spread(rows, 0, 1, 0.7);
  double roundings = 64;
};

/// (c) The mean of BCE(sigmoid(tanh(X W1 + b1) W2 + b2), y), 64-128-1 units, batch of 256; gradient
/// by W1, b1, W2, b2, in this order.
struct Perceptron {
  static constexpr std::size_t batch = 256, inputs = 64, hidden = 128;
  static constexpr std::size_t parameters = inputs * hidden + hidden + hidden + 1;

  Numbers gradient() const;

  Numbers X = spread(batch * inputs, -1, 1), y = spread(batch, 0, 1, 0.7);
  Numbers W1 = spread(inputs * hidden, -0.2, 0.2, 0.3), b1 = spread(hidden, -0.1, 0.1, 0.1);
  Numbers W2 = spread(hidden, -0.3, 0.3, 0.9), b2 = spread(1, -0.1, 0.1, 0.4);
  double roundings = 256;
};

/// (d) Speelpenning's function, the product of n numbers; gradient by each.
struct Product {
  explicit Product(std::size_t size)
      : x(spread(size, 0.98, 1.02)), roundings(2 * static_cast<double>(size)) {}

  Numbers gradient() const;

  Numbers x;
  double roundings;
};

enum class Link { multiplication, sine };

/// (e) `length` times y = y · c, with a constant c of y's shape, or y = sin(y), from y = x;
/// gradient of the sum of y by x. A size of 1 stands for 0-dim tensors.
struct Chain {
  Chain(Link link_, std::size_t size, std::size_t length_)
      : link(link_),
        length(length_),
        x(spread(size, 0.5, 1.5)),
        c(spread(size, 0.99, 1.01, 0.3)),
        roundings(4 * static_cast<double>(length_) + 4) {}

  Numbers gradient() const;

  Link link;
  std::size_t length;
  Numbers x, c;
  double roundings;
};

/// (f) Euler's method for y' = sin(y) from y(0) = 1 to time 1: y = y + h · sin(y), three nodes a
/// step and two paths through each; gradient of the last y by the first.
struct Euler {
  explicit Euler(std::size_t nodes)
      : steps(nodes / 3),
        h(1 / static_cast<double>(steps)),
        roundings(3 * static_cast<double>(steps)) {}

  Numbers gradient() const;

  std::size_t steps;
  double h, start = 1;
  double roundings;
};

}  // namespace verigrad::benchmarks
