#include "reports/json_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "reports/display.hpp"

namespace verigrad::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t line_width = 100;

// JSON asks for escapes below U+0020 only; what else could steer a terminal gets one too.
std::string quoted(const std::string& text) {
  const bool plain_ascii = std::all_of(text.begin(), text.end(), [](char c) {
    return 0x20 <= c && c < 0x7F && c != '"' && c != '\\';
  });
  if (plain_ascii) return '"' + text + '"';
  const std::string json = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string result;
  for (std::string_view rest = json; !rest.empty();) {
    const Glyph glyph = first_glyph(rest);
    result += glyph.escaped ? fmt::format("\\u{:04x}", static_cast<unsigned>(glyph.code))
                            : std::string(rest.substr(0, glyph.bytes));
    rest.remove_prefix(glyph.bytes);
  }
  return result;
}

// A float keeps a mark of being one, so that readers that tell 1 from 1.0, and -0.0 from 0, do.
std::string plain(const Json& value) {
  if (value.is_string()) return quoted(value.get_ref<const std::string&>());
  if (!value.is_number_float()) return value.dump();
  const std::string text = number(value.get<double>());
  return text.find_first_of(".e") == std::string::npos ? text + ".0" : text;
}

// The list on one line, when it has no objects and takes at most `room` columns.
std::optional<std::string> on_one_line(const Json& list, std::size_t room) {
  std::string text = "[";
  for (const Json& item : list) {
    if (text.size() > 1) text += ", ";
    if (item.is_object()) return std::nullopt;
    const std::size_t left = room > text.size() ? room - text.size() : 0;
    if (const auto part = item.is_array() ? on_one_line(item, left) : plain(item))
      text += *part;
    else
      return std::nullopt;
    if (text.size() >= room) return std::nullopt;
  }
  return text + "]";
}

void append(std::string& out, const Json& value, std::size_t indent);

void append_list(std::string& out, const Json& list, std::size_t indent) {
  const std::size_t column = out.size() - (out.rfind('\n') + 1);
  if (const auto line = on_one_line(list, line_width - std::min(column, line_width))) {
    out += *line;
    return;
  }
  bool first = true;
  for (const Json& item : list) {
    out += (first ? "[\n" : ",\n") + std::string(indent + 2, ' ');
    append(out, item, indent + 2);
    first = false;
  }
  out += "\n" + std::string(indent, ' ') + "]";
}

void append_object(std::string& out, const Json& object, std::size_t indent) {
  if (object.empty()) {
    out += "{}";
    return;
  }
  bool first = true;
  for (const auto& [key, value] : object.items()) {
    out += (first ? "{\n" : ",\n") + std::string(indent + 2, ' ') + quoted(key) + ": ";
    append(out, value, indent + 2);
    first = false;
  }
  out += "\n" + std::string(indent, ' ') + "}";
}

void append(std::string& out, const Json& value, std::size_t indent) {
  if (value.is_object()) return append_object(out, value, indent);
  if (value.is_array() && !value.empty()) return append_list(out, value, indent);
  out += value.is_array() ? "[]" : plain(value);
}

}  // namespace

std::string laid_out(const Json& value) {
  std::string out;
  append(out, value, 0);
  return out + "\n";
}

void JsonText::begin_object() { begin('{'); }
void JsonText::begin_list() { begin('['); }

void JsonText::begin(char bracket) {
  begin_item();
  out_ += bracket;
  open_.push_back({bracket, true});
}

void JsonText::end() {
  const Open last = open_.back();
  open_.pop_back();
  if (!last.is_empty) begin_line();
  out_ += last.bracket == '{' ? '}' : ']';
}

void JsonText::key(std::string_view name) {
  begin_item();
  out_ += quoted(std::string(name)) + ": ";
  after_key_ = true;
}

void JsonText::value(const Json& value) {
  begin_item();
  append(out_, value, 2 * open_.size());
}

void JsonText::member(std::string_view name, const Json& item) {
  key(name);
  value(item);
}

void JsonText::begin_item() {
  if (std::exchange(after_key_, false) || open_.empty()) return;
  if (!open_.back().is_empty) out_ += ',';
  open_.back().is_empty = false;
  begin_line();
}

void JsonText::begin_line() {
  out_ += '\n';
  out_.append(2 * open_.size(), ' ');
}

}  // namespace verigrad::reports
