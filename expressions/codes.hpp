// Every diagnostic code, with the text behind `gradcheck explain CODE`.
#pragma once

#include <span>
#include <string_view>

namespace verigrad::expressions {

/// The codes by name, for those who raise them.
namespace code {
inline constexpr const char* not_text = "E001";
inline constexpr const char* character = "E002";
inline constexpr const char* string_literal = "E003";
inline constexpr const char* number_literal = "E004";
inline constexpr const char* bracket = "E005";
inline constexpr const char* indentation = "E006";
inline constexpr const char* nesting = "E007";
inline constexpr const char* expected = "E008";
inline constexpr const char* too_large = "E009";
inline constexpr const char* unknown_name = "E010";
inline constexpr const char* redefinition = "E011";
inline constexpr const char* unknown_function = "E012";
inline constexpr const char* call = "E013";
inline constexpr const char* shape_mismatch = "E014";
inline constexpr const char* not_constant = "E015";
inline constexpr const char* out_of_range = "E016";
inline constexpr const char* ragged = "E017";
inline constexpr const char* wrong_kind = "E018";
inline constexpr const char* recursion = "E019";
inline constexpr const char* too_many_entries = "E020";
inline constexpr const char* too_much_work = "E021";
inline constexpr const char* domain_values = "E022";
inline constexpr const char* size = "E023";
inline constexpr const char* nan_data = "E024";
inline constexpr const char* claim = "E025";
inline constexpr const char* setting = "E026";
inline constexpr const char* use_file = "E027";
inline constexpr const char* data_file = "E028";
inline constexpr const char* no_output = "E029";
inline constexpr const char* not_a_statement = "E030";
inline constexpr const char* reserved_word = "E031";
inline constexpr const char* comparison = "E032";
inline constexpr const char* range = "E033";
inline constexpr const char* data_after_in = "E034";
inline constexpr const char* domain = "E035";
inline constexpr const char* shape = "E036";
inline constexpr const char* wrong_place = "E037";
inline constexpr const char* dtype = "E038";
inline constexpr const char* within = "E039";
inline constexpr const char* argument = "E040";
inline constexpr const char* refused = "E050";
inline constexpr const char* override_ = "E051";
inline constexpr const char* fpcore = "E052";
}  // namespace code

struct CodeInfo {
  std::string_view code;
  std::string_view title;  ///< one line
  std::string_view
      explanation;  ///< paragraphs: what is wrong, why the language asks for it, what to do
  std::string_view bad_example;  ///< a whole file that triggers the code
};

/// All codes, in their order.
std::span<const CodeInfo> all_codes();

/// The row of a code ("E012", any case), or null.
const CodeInfo* find_code(std::string_view code);

}  // namespace verigrad::expressions
