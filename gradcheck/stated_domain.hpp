// Where a Program says that its leaves live.
#pragma once

#include "engine/program.hpp"
#include "gradcheck/numeric.hpp"

namespace verigrad::gradcheck::detail {

/// Whether the entries of a leaf have a stated interval that they are to stay in.
inline bool states_interval(const Leaf& leaf) {
  return leaf.initial == no_value && leaf.domain.kind == verigrad::Domain::Kind::interval &&
         leaf.domain.a < leaf.domain.b;
}

/// The stated interval around x as the limits of a coordinate.
inline NumericOptions stated_domain(const Leaf& leaf, double x) {
  NumericOptions options;
  if (states_interval(leaf) && leaf.domain.contains(x)) {
    options.lower = leaf.domain.a;
    options.upper = leaf.domain.b;
  }
  return options;
}

}  // namespace verigrad::gradcheck::detail
