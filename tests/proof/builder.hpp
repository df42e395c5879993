// Programs written by hand.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "engine/program.hpp"

namespace verigrad::proof {

struct Builder {
  Program program{};

  ValueId input(Shape shape = {}) {
    const std::string name = "x" + std::to_string(program.leaves().size());
    return program.add_leaf({.name = name, .shape = std::move(shape)});
  }
  ValueId number(const std::string& text) {
    return program.add_number(text, text == "pi" ? 3.141592653589793 : std::stod(text));
  }
  ValueId apply(const char* operation, std::vector<ValueId> operands,
                std::vector<AttributeValue> attributes = {}) {
    return program.add(*find_operation(operation), std::move(operands),
                       attributes.empty() ? nullptr : make_attributes(std::move(attributes)));
  }
};

}  // namespace verigrad::proof
