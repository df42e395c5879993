#pragma once

#include <functional>
#include <span>
#include <vector>

#include "proof/enclosure.hpp"
#include "proof/field.hpp"

namespace verigrad::proof {

/// All entries of an output, in row-major order, from the entries of all leaves. Evaluated at
/// several precisions and lengths; what does not depend on the leaves may depend on both.
using GermFunction = std::function<std::vector<Series>(std::span<const Field> leaves)>;

/// How fast one entry of a leaf moves along a direction.
struct Motion {
  std::size_t leaf = 0;
  std::int64_t entry = 0;
  Ball slope = Ball(1);
};

/// A direction at the precision in force.
using Direction = std::function<std::vector<Motion>()>;

/// What is proven of the derivatives of all outputs along a direction, from the germs x ± ε u as
/// power series; `leaves` are constants. Throws WorkExhausted.
std::vector<Enclosure> along(const GermFunction& function, std::span<const Field> leaves,
                             const Direction& direction, DType dtype, const Limits& limits);

/// The leaves as germs: x + sign · ε u, to `length` terms.
std::vector<Field> moved(std::span<const Field> leaves, std::span<const Motion> direction, int sign,
                         slong length);

/// What an entry comes to whose series has failed.
Outcome outcome_of(Status status);

}  // namespace verigrad::proof
