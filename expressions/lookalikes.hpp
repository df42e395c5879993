// Characters that people type or paste and the language does not know, with what to write instead.
#pragma once

#include <string>

namespace verigrad::expressions {

struct Lookalike {
  char32_t character;
  const char* label;  ///< after the carets
  std::string help;
};

/// The row of a character, or null.
const Lookalike* find_lookalike(char32_t character);

}  // namespace verigrad::expressions
