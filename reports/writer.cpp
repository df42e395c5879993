#include "reports/writer.hpp"

#include <array>

#include "reports/formats.hpp"
#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/text.hpp"

namespace verigrad::reports {
namespace {

class FunctionWriter final : public Writer {
 public:
  using Function = std::string (*)(const Run& run);

  FunctionWriter(std::string_view name, std::string_view file_extension, Function function)
      : name_(name), file_extension_(file_extension), function_(function) {}

  std::string_view name() const override { return name_; }
  std::string_view file_extension() const override { return file_extension_; }
  std::string render(const Run& run) const override { return function_(run); }

 private:
  std::string_view name_, file_extension_;
  Function function_;
};

const auto& all_writers() {
  static const std::array writers{
      FunctionWriter("text", ".txt", [](const Run& run) { return render_text(run); }),
      FunctionWriter("json", ".json", [](const Run& run) { return to_json(run); }),
      FunctionWriter("csv", ".csv", render_csv),
      FunctionWriter("markdown", ".md", render_markdown),
      FunctionWriter("junit", ".xml", render_junit),
      FunctionWriter("github", ".txt", render_github),
      FunctionWriter("sarif", ".sarif", render_sarif),
      FunctionWriter("html", ".html", render_html),
  };
  return writers;
}

}  // namespace

const Writer* writer(std::string_view name) {
  for (const FunctionWriter& each : all_writers())
    if (each.name() == name) return &each;
  return nullptr;
}

std::vector<std::string_view> writer_names() {
  std::vector<std::string_view> names;
  for (const FunctionWriter& each : all_writers()) names.push_back(each.name());
  return names;
}

}  // namespace verigrad::reports
