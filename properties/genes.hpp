// Random programs as lists of small integers.
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/operation_table.hpp"
#include "properties/specimen.hpp"

namespace verigrad::properties {

/// One instruction. `op` picks from the table of instructions (properties/instructions.hpp), the
/// simplest first; `a` and `b` pick operands, counted from the newest value; `p` picks attributes,
/// numbers and entries. Any integers will do: all are taken modulo the number of choices.
struct Gene {
  int op = 0;
  int a = 0;
  int b = 0;
  int p = 0;
  bool operator==(const Gene&) const = default;
};

/// A program in linear form: because instructions refer to values by position, any part may be cut
/// out and the rest still means a program that shares values as a graph does.
using Genes = std::vector<Gene>;

/// What the program's last value is turned into.
enum class Ending {
  scalar,  ///< the sum or mean of its entries with weights that all differ
  open     ///< nothing: it is the output
};

/// Where the entries of inputs come from. All but the first are hostile: places where derivatives
/// are hard to get right. All are multiples of powers of two that print exactly.
enum class Stratum {
  regular,       ///< k/16 in [-2.5, 2.5]
  saturated,     ///< magnitudes from 2.5 to 745, where sigmoids are flat and exp overflows soon
  near_kinks,    ///< 0, ±1/2, ±1, ±3 and their neighbours at 2^-30 and 2^-50
  ties,          ///< two values, over and over
  unit_ends,     ///< 0, 1 and probabilities close to them
  subnormal,     ///< k 2^-1074 for k up to 2^20, and a few ordinary numbers
  signed_zeros,  ///< 0, -0, 1, -1
  mixed_scales   ///< ± 2^k, k from -40 to 40
};
inline constexpr int stratum_count = 8;

std::string_view to_string(Stratum stratum);

/// Turns genes into programs. Total: every list of genes gives a well-typed specimen whose values
/// are finite at its point, and always the same one.
///
/// The program starts with an input of shape [2, 2], seldom an empty one; each gene adds an
/// instruction. Where the operands it picks do not fit, the next older ones that do are taken, else
/// a new input. Shapes of inputs are mostly 2x2, then rectangles, vectors, scalars, dims of size 1,
/// and seldom empty. An operand outside the range that an operation's definition calls typical (its
/// domain, in a hostile stratum) is brought into it first (0.5 + sigmoid(x), 0.95 * tanh(x), 1.5 +
/// x * x). Large results are averaged, squashed or scaled, beyond 8 in the regular stratum, so that
/// long programs stay where differences can judge them.
///
/// A decoder remembers which operations fit which shapes: use one for many programs. It belongs to
/// one thread at a time.
class Decoder {
 public:
  /// Programs are made of the table's operations, whose rows they point to; with `only`, of these
  /// and what brings operands into range. The table outlives the programs. Throws Error for a name
  /// that no differentiable operation of the table has.
  explicit Decoder(const OperationTable& operations = operation_table(),
                   const std::vector<std::string>& only = {});
  ~Decoder();

  Specimen decode(const Genes& genes, Ending ending = Ending::scalar,
                  Stratum stratum = Stratum::regular);
  /// How many different instructions `Gene::op` picks from.
  int instruction_count() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// The same with a decoder of its own.
Specimen decode(const Genes& genes, Ending ending = Ending::scalar,
                const OperationTable& operations = operation_table());

/// Writes the decoded program as text; a property of RapidCheck over genes shows itself by this.
void showValue(const Genes& genes, std::ostream& out);

}  // namespace verigrad::properties
