#pragma once

#include <arb_poly.h>

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string_view>

#include "proof/ball.hpp"
#include "proof/work.hpp"

namespace verigrad::proof {

/// What is known of a series. A greater one wins when operands differ.
enum class Status {
  ok,
  edge,       ///< no power series: an infinite derivative or value, as of sqrt and log at 0
  flat,       ///< zero, or unknown, as far as the series reaches: more terms may decide
  undecided,  ///< a ball holds 0 or is not finite: more bits may decide
  outside,    ///< outside the domain
};

std::string_view to_string(Status status);

/// A germ f(x ± ε) as the power series c[0] + c[1] ε + … in balls, for small ε > 0, known up to but
/// without the term ε ** length(). A series that does not depend on the input is a constant, known
/// to every length. A copy is the same node: the difference of a node and itself is exactly 0.
class Series {
 public:
  static constexpr slong endless = std::numeric_limits<slong>::max();

  /// A series that is not ok has no coefficients.
  explicit Series(Status status);
  Series(Ball constant);
  Series(std::integral auto constant) : Series(Ball(constant)) {}
  /// at + slope ε, to `length` terms.
  static Series variable(const Ball& at, const Ball& slope, slong length);
  /// A value that stands on this thread's Tape, of which no further term is known.
  static Series traced(const Ball& value, std::int32_t node);

  Status status() const { return data_->status; }
  bool ok() const { return status() == Status::ok; }
  bool is_constant() const { return length() == endless; }
  slong length() const { return data_->length; }
  /// Whether a choice between sides was made at a point where it is not made by the point alone:
  /// the other side's series may differ.
  bool kinked() const { return data_->kinked; }
  Ball operator[](slong k) const;
  Ball value() const { return (*this)[0]; }
  /// The value, while this lives.
  arb_srcptr first() const;
  bool same_as(const Series& other) const {
    return data_ == other.data_ || (traced() && node() == other.node());
  }
  /// Whether this stands on a Tape, and where.
  bool traced() const { return node() >= 0; }
  std::int32_t node() const { return data_->node; }
  /// Whether this is the constant k.
  bool is_number(slong k) const { return ok() && is_constant() && value().is(k); }

  /// The index of the first coefficient that is not exactly 0; length() when there is none, and
  /// `endless` for the constant 0.
  slong valuation() const;
  /// This without its first terms, divided by ε ** terms; they must be 0.
  Series shifted_down(slong terms) const;
  /// This times ε ** terms.
  Series shifted_up(slong terms) const;
  /// The first terms alone.
  Series truncated(slong length) const;
  Series derivative() const;
  /// The series without constant term whose derivative this is.
  Series integral() const;
  Series kinked_if(bool kinked) const;

  /// f(result, operands' polynomials…, length, bits) with one of Arb's functions of series, at the
  /// shortest operand's length. A failed operand is handed on; what is not finite is undecided.
  /// Operands must not be traced: that would lose their derivatives.
  template <class F, std::same_as<Series>... S>
  static Series of(F f, const S&... x);

  friend Series operator+(const Series& a, const Series& b);
  friend Series operator-(const Series& a, const Series& b);
  friend Series operator*(const Series& a, const Series& b);
  /// Outside the domain for the constant b = 0. Where b is 0 at the point alone, powers of ε
  /// cancel, and a pole is an edge.
  friend Series operator/(const Series& a, const Series& b);
  Series operator-() const { return Series(0) - *this; }

 private:
  struct Data {
    arb_poly_t terms;
    slong length = endless;
    Status status = Status::ok;
    bool kinked = false;
    std::int32_t node = -1;
    Data() { arb_poly_init(terms); }
    Data(const Data& other)
        : length(other.length), status(other.status), kinked(other.kinked), node(other.node) {
      arb_poly_init(terms);
      arb_poly_set(terms, other.terms);
    }
    Data& operator=(const Data&) = delete;
    ~Data() { arb_poly_clear(terms); }
  };
  explicit Series(std::shared_ptr<const Data> data) : data_(std::move(data)) {}
  std::shared_ptr<Data> untraced_copy() const;
  /// The data as a Series, undecided when a coefficient is not finite.
  static Series checked(std::shared_ptr<Data> data);

  std::shared_ptr<const Data> data_;
};

/// Whether both are ok, and constants or traced: of both, only the value is known.
bool one_term(const Series& a, const Series& b);

/// The sign of a germ: that of its first coefficient that is not 0.
struct Sign {
  Status status = Status::ok;
  int sign = 0;         ///< 0 for a constant 0 alone
  bool kinked = false;  ///< the point itself is a zero of a germ that is not constant
};

Sign sign_of(const Series& series);
/// The sign of a - b; 0 for a node and itself.
Sign compare(const Series& a, const Series& b);

/// The function with this value at p[0] and this derivative, taken as a series in p: value plus the
/// integral of slope · p'. The slope needs one term less than p; it is not looked at when p is
/// constant.
Series integrated(const Ball& value, const Series& slope, const Series& p);

template <class F, std::same_as<Series>... S>
Series Series::of(F f, const S&... x) {
  const Status status = std::max({x.status()...});
  if (status != Status::ok) return Series(status);
  if ((x.traced() || ...)) throw std::logic_error("proof: a traced operand is not recorded");
  spend_work(static_cast<double>(std::min({x.length()..., slong{16}})));
  const auto data = std::make_shared<Data>();
  data->length = std::min({x.length()...});
  data->kinked = (x.kinked() || ...);
  f(data->terms, x.data_->terms..., data->length == endless ? 1 : data->length, working_bits);
  return checked(data);
}

}  // namespace verigrad::proof
