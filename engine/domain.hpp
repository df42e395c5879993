#pragma once

#include <string>
#include <vector>

#include "engine/random.hpp"

namespace verigrad {

/// Where the entries of a leaf live, and how they are drawn.
struct Domain {
  enum class Kind {
    interval,        ///< uniform on [a, b]; log-uniform magnitudes towards an infinite end
    choices,         ///< one of a finite set, evenly
    normal,          ///< mean a, standard deviation b
    logrange,        ///< log-uniform on [a, b], 0 < a < b
    signed_logrange  ///< the same with a random sign
  };
  Kind kind = Kind::normal;
  double a = 0;
  double b = 1;
  bool a_open = false;
  bool b_open = false;
  std::vector<double> choices{};

  bool operator==(const Domain&) const = default;

  /// Whether x belongs to the domain; every real number does to a normal distribution.
  bool contains(double x) const;
  /// One random entry. The draw for the same stream is the same on every machine up to the rounding
  /// of log, exp, sin and cos.
  double draw(Random& random) const;
  /// The points worth trying beside random ones, each once: the closed ends (with either sign for
  /// signed_logrange), the choices, and 0, 1 and -1 where they lie in the domain.
  std::vector<double> special_points() const;
  /// The domain as the language writes it: `[-2, 2]`, `normal(0, 1)`.
  std::string to_string() const;
};

}  // namespace verigrad
