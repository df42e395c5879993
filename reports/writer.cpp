#include "reports/writer.hpp"

#include <array>

#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/text.hpp"

namespace verigrad::reports {
namespace {

class TextWriter final : public Writer {
 public:
  std::string_view name() const override { return "text"; }
  std::string_view file_extension() const override { return ".txt"; }
  std::string render(const Run& run) const override { return render_text(run); }
};

class JsonWriter final : public Writer {
 public:
  std::string_view name() const override { return "json"; }
  std::string_view file_extension() const override { return ".json"; }
  std::string render(const Run& run) const override { return to_json(run); }
};

class HtmlWriter final : public Writer {
 public:
  std::string_view name() const override { return "html"; }
  std::string_view file_extension() const override { return ".html"; }
  std::string render(const Run& run) const override { return render_html(run); }
};

const auto& all_writers() {
  static const TextWriter text;
  static const JsonWriter json;
  static const HtmlWriter html;
  static const std::array<const Writer*, 3> writers{&text, &json, &html};
  return writers;
}

}  // namespace

const Writer* writer(std::string_view name) {
  for (const Writer* each : all_writers())
    if (each->name() == name) return each;
  return nullptr;
}

std::vector<std::string_view> writer_names() {
  std::vector<std::string_view> names;
  for (const Writer* each : all_writers()) names.push_back(each->name());
  return names;
}

}  // namespace verigrad::reports
