// A Program -> the text of a .grad file.
#pragma once

#include <string>

#include "engine/program.hpp"

namespace verigrad::expressions {

/// A Program in the form that its printed text elaborates to.
struct CanonicalProgram {
  Program program;
  ValueId output;
};

/// The same function without what a text does not keep: values that neither the output nor a leaf
/// needs are gone, operands are numbered from the left and depth first, every use of an unnamed
/// number is a number of its own, a minus before a literal belongs to it, entries are rounded to
/// the dtype (a single entry without dims is a number), and values that are used twice, or that
/// would nest too deep, have a name (`t1`, `t2`, …, the output `y`).
///
/// canonical(canonical(p)) equals canonical(p).
CanonicalProgram canonical(const Program& program, ValueId output);

/// The Program as declarations and bindings, with an `output` line where the last binding is not
/// the output. Names of bindings are kept; unnamed values that are used once stand inside the
/// expression that uses them. Defaults of parameters are left out.
///
/// Elaborating the text gives a Program whose canonical form equals canonical(program, output),
/// except for operations that are internal to the engine, which the language does not offer.
std::string print(const Program& program, ValueId output);

/// One value as an expression in the names of leaves and bindings, for messages; what would make it
/// longer than about 20 operations is "…".
std::string expression_of(const Program& program, ValueId value);

}  // namespace verigrad::expressions
