#include "reports/json_cursor.hpp"

#include <fmt/format.h>

#include <limits>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"
#include "reports/json.hpp"

namespace verigrad::reports {
namespace {

std::string member_path(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

std::string_view type_of(const nlohmann::ordered_json& value) {
  if (value.is_null()) return "null";
  if (value.is_object()) return "an object";
  if (value.is_array()) return "a list";
  if (value.is_string()) return "a string";
  return value.is_boolean() ? "a boolean" : "a number";
}

}  // namespace

void JsonCursor::fail(std::string_view reason) const {
  const std::string where = path_.empty() ? "the document" : printable(path_);
  throw JsonError(fmt::format("{}: {}", where, reason));
}

void JsonCursor::expected(std::string_view what) const {
  fail(fmt::format("expected {}, got {}", what, type_of(*value_)));
}

bool JsonCursor::is_null() const { return value_->is_null(); }

bool JsonCursor::is_list() const { return value_->is_array(); }

bool JsonCursor::has(std::string_view key) const {
  if (!value_->is_object()) expected("an object");
  return value_->contains(key);
}

JsonCursor JsonCursor::at(std::string_view key) const {
  if (!has(key)) fail(fmt::format("the key \"{}\" is missing", key));
  return {value_->at(std::string(key)), member_path(path_, key)};
}

std::vector<JsonCursor> JsonCursor::items() const {
  if (!value_->is_array()) expected("a list");
  std::vector<JsonCursor> result;
  for (const auto& item : *value_)
    result.push_back(JsonCursor(item, fmt::format("{}[{}]", path_, result.size())));
  return result;
}

std::vector<std::pair<std::string, JsonCursor>> JsonCursor::members() const {
  if (!value_->is_object()) expected("an object");
  std::vector<std::pair<std::string, JsonCursor>> result;
  for (const auto& [key, member] : value_->items())
    result.emplace_back(key, JsonCursor(member, member_path(path_, key)));
  return result;
}

std::string JsonCursor::text() const {
  if (!value_->is_string()) expected("a string");
  return value_->get<std::string>();
}

std::int64_t JsonCursor::integer() const {
  if (!value_->is_number_integer()) expected("an integer");
  if (value_->is_number_unsigned() &&
      value_->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
    fail("the number is too large");
  return value_->get<std::int64_t>();
}

std::uint64_t JsonCursor::natural() const {
  if (!value_->is_number_unsigned()) expected("an integer that is not negative");
  return value_->get<std::uint64_t>();
}

bool JsonCursor::truth() const {
  if (!value_->is_boolean()) expected("true or false");
  return value_->get<bool>();
}

double JsonCursor::real() const {
  if (value_->is_number()) return value_->get<double>();
  if (!value_->is_string()) expected("a number");
  const auto& name = value_->get_ref<const std::string&>();
  constexpr double infinity = std::numeric_limits<double>::infinity();
  if (name == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (name == "inf") return infinity;
  if (name == "-inf") return -infinity;
  fail("expected a number, \"nan\", \"inf\" or \"-inf\"");
}

}  // namespace verigrad::reports
