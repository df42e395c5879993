#include "tests/accuracy/truth.hpp"

namespace verigrad::accuracy {
namespace {

class Bits {
 public:
  explicit Bits(slong bits) : previous_(working_bits) { working_bits = bits; }
  ~Bits() { working_bits = previous_; }
  Bits(const Bits&) = delete;
  Bits& operator=(const Bits&) = delete;

 private:
  slong previous_;
};

std::array<Real, 4> exactly(const Point& x) { return {x[0], x[1], x[2], x[3]}; }

/// -1, 0 or 1, or 2 while the ball at this precision does not tell.
int sign_of(const Real& x) { return arb_is_zero(x.ball()) ? 0 : x > 0 ? 1 : x < 0 ? -1 : 2; }

}  // namespace

template <class T>
std::optional<Real> truth(Function f, const Point& x) {
  const std::array<Real, 4> point = exactly(x);
  for (slong bits = first_bits; bits <= last_bits; bits *= 2) {
    const Bits scope(bits);
    Real result = f(point.data());
    if (sharp<T>(result)) return result;
  }
  return std::nullopt;
}

bool near_zero(Function f, const Point& x, std::size_t arity) {
  const Bits scope(1024);
  for (std::size_t i = 0; i < arity; ++i) {
    std::array<Real, 4> point = exactly(x);
    const Real centre = point[i];
    point[i] = centre - centre.scaled(-10);
    const int before = sign_of(f(point.data()));
    point[i] = centre + centre.scaled(-10);
    const int after = sign_of(f(point.data()));
    if (before * after <= 0 && before != 2 && after != 2) return true;
  }
  return false;
}

template <class T>
std::optional<Judgement> judge(T computed, Function f, const NearZero& zero, const Point& x,
                               std::size_t arity, double bound, bool everywhere) {
  const std::optional<Real> exact = truth<T>(f, x);
  if (!exact) return std::nullopt;
  const Distance plain = distance(computed, *exact);
  if (plain.ulps <= bound || !zero.largest || !std::isfinite(plain.ulps) ||
      !(everywhere || near_zero(f, x, arity)))
    return Judgement{plain};
  const std::optional<Real> largest = truth<T>(zero.largest, x);
  if (!largest) return std::nullopt;
  return Judgement{distance(computed, *exact, &*largest), true};
}

template std::optional<Real> truth<float>(Function, const Point&);
template std::optional<Real> truth<double>(Function, const Point&);
template std::optional<Judgement> judge(float, Function, const NearZero&, const Point&, std::size_t,
                                        double, bool);
template std::optional<Judgement> judge(double, Function, const NearZero&, const Point&,
                                        std::size_t, double, bool);

}  // namespace verigrad::accuracy
