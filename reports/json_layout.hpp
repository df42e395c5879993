#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace verigrad::reports {

/// `value` in the layout of all our JSON: indented by 2, one key a line, lists of plain values on
/// one line where they fit, and a final line feed.
std::string laid_out(const nlohmann::ordered_json& value);

/// A document in the same layout that is written part by part, for those that are too large to be
/// held as values.
class JsonText {
 public:
  /// Room for a text of so many bytes, which is not copied then while it grows.
  explicit JsonText(std::size_t expected_bytes = 0) { out_.reserve(expected_bytes); }

  void begin_object();
  void begin_list();
  void end();                       ///< of the innermost object or list
  void key(std::string_view name);  ///< what is begun or written next is its value
  void value(const nlohmann::ordered_json& value);
  void member(std::string_view name, const nlohmann::ordered_json& value);

  /// The whole document, when everything has ended.
  std::string text() && { return std::move(out_) + "\n"; }

 private:
  struct Open {
    char bracket;
    bool is_empty;
  };

  void begin(char bracket);
  void begin_item();
  void begin_line();

  std::string out_;
  std::vector<Open> open_;
  bool after_key_ = false;
};

}  // namespace verigrad::reports
