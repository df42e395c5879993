#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace verigrad::reports {

/// A place in a JSON document that knows its own path, so that every complaint can name it.
/// All members throw JsonError ("files[0].path: expected a string, got null").
class JsonCursor {
 public:
  /// The document's root, which must outlive the cursor.
  explicit JsonCursor(const nlohmann::ordered_json& root) : value_(&root) {}

  /// A value that stands at `path` in its document.
  JsonCursor(const nlohmann::ordered_json& value, std::string path)
      : value_(&value), path_(std::move(path)) {}

  bool has(std::string_view key) const;
  JsonCursor at(std::string_view key) const;  ///< the member of that name, which must exist
  std::vector<JsonCursor> items() const;      ///< of a list
  std::vector<std::pair<std::string, JsonCursor>> members() const;  ///< of an object

  bool is_null() const;
  bool is_list() const;

  std::string text() const;
  std::int64_t integer() const;
  std::uint64_t natural() const;
  bool truth() const;   ///< true or false
  double real() const;  ///< a number, or "nan", "inf", "-inf"

  [[noreturn]] void fail(std::string_view reason) const;
  [[noreturn]] void expected(std::string_view what) const;  ///< "expected WHAT, got a string"

  /// Nothing for null, otherwise `read(*this)`.
  template <typename Function>
  auto unless_null(Function&& read) const {
    using Result = decltype(read(*this));
    return is_null() ? std::optional<Result>() : std::optional<Result>(read(*this));
  }

  /// `read` of every item of a list.
  template <typename Function>
  auto each(Function&& read) const {
    std::vector<decltype(read(*this))> result;
    for (const JsonCursor& item : items()) result.push_back(read(item));
    return result;
  }

 private:
  const nlohmann::ordered_json* value_;
  std::string path_;
};

}  // namespace verigrad::reports
