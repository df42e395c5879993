// Ways to apply every operation of the table: shapes of operands, attributes, indices.
#pragma once

#include <map>
#include <vector>

#include "engine/program.hpp"
#include "engine/random.hpp"

namespace verigrad::gradcheck {

struct Form {
  std::vector<Shape> shapes;
  std::vector<AttributeValue> attributes{};
  /// The entries of operands that are indices and therefore neither drawn nor differentiated.
  std::map<std::size_t, std::vector<double>> indices{};
};

/// The forms of an operation; none for one that is not known here.
std::vector<Form> forms_of(const Operation& operation);

/// Those of the table that have a derivative.
std::vector<const Operation*> differentiable_operations();

/// Where an operation describes an operand: those of a list have one description.
std::size_t described(const Operation& operation, std::size_t operand);

/// A Program that is one application, with a leaf for each operand.
struct Application {
  Program program;
  ValueId output;

  Application(const Operation& operation, const Form& form);
};

/// A point in the operation's typical ranges; indices are as the form has them, and matrices that
/// are factorised have a positive diagonal that outweighs their other entries.
Point ordinary_point(const Operation& operation, const Form& form, DType dtype, Random& random);

}  // namespace verigrad::gradcheck
