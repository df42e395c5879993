// What of a Program moves when one entry of a leaf does, or all entries along a line.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "engine/blocks.hpp"
#include "engine/program.hpp"
#include "gradcheck/places.hpp"
#include "gradcheck/smoothness.hpp"

namespace verigrad::gradcheck::detail {

/// How an operation reads an operand for the entries of its result that move.
struct Source {
  enum class Kind {
    lanes,   ///< it moves, entry by entry as the result does
    number,  ///< it moves, and is one entry
    mapped,  ///< it moves; `places` are those among its moving entries
    fixed    ///< it does not move; `places` are those among all its entries
  };
  Kind kind = Kind::fixed;
  ValueId id = no_value;
  std::int32_t moving = -1;  ///< its place in Motion::values; -1 where it does not move
  Places places{};
  Smoothness smoothness{};  ///< of an operand of `entries` that moves
  std::size_t slot = 0;     ///< scratch for `count` entries a lane, where it has to be arranged
};

/// A product of matrices: operands as seen by matmul or linear, of at most two dims each.
struct Product {
  std::int64_t rows = 1, inner = 1, columns = 1;
  bool transposed = false;  ///< the second factor stands as columns x inner
  /// The leaf's dims whose index is the only row, the only column and the only term of the inner
  /// sum that move; `Region::any` where all do.
  std::int8_t row = Region::any, column = Region::any, term = Region::any;
};

/// A value that moves, and how its moving entries are computed.
struct Moving {
  enum class Step {
    leaf,
    sum,      ///< add, sub or neg of values that move along lines
    product,  ///< matmul or linear
    entries,  ///< by an operation's EntryRule, and for a loss the reduction that follows
    total,    ///< sum or mean over all dims
    whole     ///< all entries anew, by the engine
  };
  ValueId id = no_value;
  Step step = Step::whole;
  /// Moves along a line: its entries are their values at the point + h * slope, with one h for the
  /// whole evaluation. Then `slot` holds slopes; the entries of all lanes stand in `lanes`.
  bool straight = false;
  /// The degree that it has as a polynomial of values that move along lines, where functions that
  /// are no polynomials count as of degree 1.
  int degree = 1;
  Region region{};
  Places places{};
  std::vector<Source> sources{};  ///< for each operand
  enum class Signs { sum, difference, negative };
  Signs signs = Signs::sum;  ///< of `sum`
  Product product{};
  BlockKernel<double> kernel = nullptr;  ///< of `entries`
  Places each{};          ///< of `entries` and `total`: what is computed before a reduction
  bool reduces = false;   ///< these are summed afterwards
  bool complete = true;   ///< and are all terms of the sum
  double divisor = 1;     ///< by which the sum is divided
  std::size_t slot = 0;   ///< slopes, or entries lane by lane
  std::size_t lanes = 0;  ///< of a straight value: its entries lane by lane, where they are read
  bool read_in_lanes = false;
  std::size_t scratch = 0;
};

/// A plan, made once for a Program: the values between some leaves and an output, in order, each
/// with the entries that move. Elementwise operations, losses, matmul, linear, and sums and means
/// over everything are followed entry by entry; of any other operation all entries move.
struct Motion {
  static constexpr std::size_t most_lanes = 4;

  std::vector<std::size_t> leaves;
  std::vector<Moving> values;  ///< the leaves first, the output last; empty when it does not move
  std::size_t memory = 0;      ///< how many numbers the slots take
  double cost = 0;             ///< entries computed and multiplications of one evaluation

  /// Whether every operation between is one whose values are smooth and rounded once or twice an
  /// entry, so that its rounding and the scale on which it bends are known, and no degree exceeds
  /// `most_degree`.
  bool understood = true;
  static constexpr int most_degree = 4;
  /// Whether anything on the way is no polynomial.
  bool bends = false;

  bool reaches_output() const { return !values.empty(); }
};

/// The order in which the values that an output depends on are computed.
struct Schedule {
  ValueId output = no_value;
  std::vector<ValueId> operations;
  std::vector<std::pair<ValueId, Tensor<double>>> constants;
  std::vector<std::pair<ValueId, std::size_t>> leaves;
};
Schedule schedule_of(const Program& program, ValueId output);

/// The motions of one Program, made when they are first asked for. They serve any point.
class Motions {
 public:
  /// The Program must outlive it.
  explicit Motions(const Program& program) : program_(program) {}

  const Program& program() const { return program_; }
  const Schedule& schedule(ValueId output);
  const Motion& of_entry(ValueId output, std::size_t leaf);
  /// Of all differentiable leaves that the output depends on together.
  const Motion& of_line(ValueId output);

 private:
  const Program& program_;
  std::map<ValueId, Schedule> schedules_;
  std::map<std::pair<ValueId, std::size_t>, Motion> entries_;
  std::map<ValueId, Motion> lines_;
};

/// When one entry of the leaf moves.
Motion entry_motion(const Program& program, ValueId output, std::size_t leaf);
/// When all entries of the leaves move along one line.
Motion line_motion(const Program& program, ValueId output, std::vector<std::size_t> leaves);

}  // namespace verigrad::gradcheck::detail
