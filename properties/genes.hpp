// Random programs as lists of small integers.
#pragma once

#include <iosfwd>
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

/// The program that genes stand for. Total: every list of genes gives a well-typed specimen whose
/// values are finite at its point.
///
/// The program starts with an input of shape [2, 2]; each gene adds an instruction. Where the
/// operands it picks do not fit, the next older ones that do are taken, else a new input. An
/// operand outside the range that an operation's definition calls typical is brought into it first
/// (0.5 + sigmoid(x), 0.95 * tanh(x), 1.5 + x * x). Results with entries beyond 8 are averaged,
/// squashed or scaled, so that long programs stay where differences can judge them. Inputs have
/// entries k/16 in
/// [-2.5, 2.5]; shapes are mostly 2x2, then rectangles, vectors, scalars, dims of size 1, and
/// seldom empty. The operations are those of the table, whose rows the specimen points to.
Specimen decode(const Genes& genes, Ending ending = Ending::scalar,
                const OperationTable& operations = operation_table());

/// Writes the decoded program as text; RapidCheck shows counterexamples by this.
void showValue(const Genes& genes, std::ostream& out);

}  // namespace verigrad::properties
