// Lines of the engine and what a mistake would make of them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

namespace verigrad::faults {

/// One place of a fault. A text that ends in ';' or '}' is a statement, any other an expression; it
/// stands exactly once in its file. A fault may need several edits of one file, and several faults
/// may share a text.
struct Edit {
  std::string_view right;
  std::string_view faulty;
};

struct LineFault {
  std::string_view file;  ///< below the root of the sources: "engine/walk.cpp"
  std::string_view name;  ///< what goes wrong
  std::vector<Edit> edits;
  bool common = false;  ///< one of the mistakes that are made most often
};

/// All of them; the number of a fault for `active` is its place, from 1.
std::span<const LineFault> line_faults();

}  // namespace verigrad::faults
