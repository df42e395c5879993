#include "properties/strata.hpp"

#include <array>
#include <cmath>

namespace verigrad::properties {
namespace {

double sign(Random& random) { return random.integer(0, 1) == 0 ? -1 : 1; }

template <std::size_t n>
double one_of(const std::array<double, n>& values, Random& random) {
  return values[static_cast<std::size_t>(random.integer(0, static_cast<std::int64_t>(n) - 1))];
}

double power_of_two(std::int64_t lowest, std::int64_t highest, Random& random) {
  return std::ldexp(1.0, static_cast<int>(random.integer(lowest, highest)));
}

double ordinary(Random& random) { return static_cast<double>(random.integer(-40, 40)) / 16; }

}  // namespace

std::string_view to_string(Stratum stratum) {
  constexpr std::array<std::string_view, stratum_count> names{
      "regular",   "saturated", "near kinks",   "ties",
      "unit ends", "subnormal", "signed zeros", "mixed scales"};
  return names[static_cast<std::size_t>(stratum)];
}

double draw_entry(Stratum stratum, Random& random) {
  switch (stratum) {
    case Stratum::regular:
      break;
    case Stratum::saturated:
      return sign(random) *
             static_cast<double>(random.integer(0, 3) == 0 ? random.integer(10, 79)
                                                           : random.integer(80, 2980)) /
             4;
    case Stratum::near_kinks: {
      const double kink = one_of(std::array{0.0, 0.5, -0.5, 1.0, -1.0, 3.0, -3.0}, random);
      return kink + one_of(std::array{0.0, 0x1p-30, -0x1p-30, 0x1p-50, -0x1p-50}, random);
    }
    case Stratum::ties:
      return one_of(std::array{0.5, -1.25}, random);
    case Stratum::unit_ends: {
      const double small = power_of_two(-53, -2, random);
      return one_of(std::array{0.0, 1.0, small, 1 - small, 0.5}, random);
    }
    case Stratum::subnormal:
      if (random.integer(0, 3) == 0) break;
      return sign(random) * static_cast<double>(random.integer(1, 1 << 20)) * 0x1p-1074;
    case Stratum::signed_zeros:
      return one_of(std::array{0.0, -0.0, 1.0, -1.0}, random);
    case Stratum::mixed_scales:
      return sign(random) * power_of_two(-40, 40, random);
  }
  return ordinary(random);
}

double largest_entry(Stratum stratum) {
  if (stratum == Stratum::saturated) return 1024;
  if (stratum == Stratum::mixed_scales) return 0x1p64;
  return 8;
}

}  // namespace verigrad::properties
