#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verigrad::cli {

// The values of options. Each function throws UsageError when `text` is not what `option` takes:
//
//     --samples expects a whole number from 1 to 1000000, not 'abc'

/// A decimal whole number in [first, last].
std::int64_t whole_number(std::string_view option, const std::string& text, std::int64_t first,
                          std::int64_t last);

/// A whole number from 0 to 2^64 - 1.
std::uint64_t seed_number(std::string_view option, const std::string& text);

/// A finite number in [least, greatest]; with `above`, in (least, greatest].
double real_number(std::string_view option, const std::string& text, double least, double greatest,
                   bool above = false);

/// One of a few words.
std::string one_of(std::string_view option, const std::string& text,
                   const std::vector<std::string_view>& words);

/// `NAME=VALUE`, where NAME is a name of the language and VALUE is not empty. `form` is how help
/// writes it: "NAME=N".
std::pair<std::string, std::string> assignment(std::string_view option, const std::string& text,
                                               std::string_view form);

/// `text` in quotes, safe to print; long text is cut.
std::string quote(std::string_view text);

/// "did you mean 'NAME'?", or nothing when none is near: up to a third of the length of the
/// name, without its dashes, in edits.
std::string suggestion(std::string_view name, const std::vector<std::string_view>& candidates);

/// "a, b or c"
std::string either(const std::vector<std::string_view>& words);

}  // namespace verigrad::cli
