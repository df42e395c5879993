// The values of `set`.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <cmath>

#include "expressions/codes.hpp"
#include "expressions/document_impl.hpp"
#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

class SettingReader {
 public:
  SettingReader(const Setting& setting, const SourcePtr& source)
      : setting_(setting), source_(source) {}

  [[nodiscard]] std::int64_t whole(std::int64_t least, std::int64_t most) const {
    std::int64_t value = 0;
    if (!parse(value) || value < least || value > most)
      wrong(fmt::format("a whole number from {} to {}", least, most));
    return value;
  }
  [[nodiscard]] std::uint64_t seed() const {
    std::uint64_t value = 0;
    if (!parse(value)) wrong("a whole number from 0 to 18446744073709551615");
    return value;
  }
  [[nodiscard]] double positive() const {
    if (!setting_.is_number || !(setting_.number > 0) || !std::isfinite(setting_.number))
      wrong("a positive number");
    return setting_.number;
  }
  [[nodiscard]] std::string method() const {
    static const std::vector<std::string_view> methods = {"auto", "enclosure", "finite-difference"};
    for (const std::string_view method : methods)
      if (method == setting_.value.text) return std::string(method);
    wrong("auto, enclosure or finite-difference", did_you_mean(setting_.value.text, methods));
  }
  [[noreturn]] void unknown_key() const {
    static const std::vector<std::string_view> keys = {"samples",  "seed",   "rtol",
                                                       "max_ulps", "method", "bits"};
    const std::string near = did_you_mean(setting_.key.text, keys);
    fail(setting_.key.span, fmt::format("unknown setting {}", quoted(setting_.key.text)),
         near.empty() ? fmt::format("expected {}", fmt::join(keys, ", "))
                      : fmt::format("did you mean '{}'?", near));
  }

 private:
  template <class T>
  bool parse(T& value) const {
    const std::string_view text = setting_.value.text;
    const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
    return result.ec == std::errc() && result.ptr == text.data() + text.size();
  }
  [[noreturn]] void wrong(const std::string& wanted, const std::string& near = "") const {
    fail(setting_.value.span,
         fmt::format("{} cannot be {}", quoted(setting_.key.text), quoted(setting_.value.text)),
         near.empty() ? fmt::format("expected {}", wanted)
                      : fmt::format("did you mean '{}'?", near));
  }
  [[noreturn]] void fail(Span span, std::string message, std::string label) const {
    throw DiagnosticError({code::setting,
                           Severity::error,
                           std::move(message),
                           span,
                           std::move(label),
                           {},
                           "",
                           source_});
  }

  const Setting& setting_;
  const SourcePtr& source_;
};

}  // namespace

void apply_settings(const SetStatement& statement, Settings& settings, const SourcePtr& source) {
  for (const Setting& setting : statement.settings) {
    const SettingReader read(setting, source);
    const std::string_view key = setting.key.text;
    if (key == "samples")
      settings.samples = read.whole(1, 1'000'000'000);
    else if (key == "seed")
      settings.seed = read.seed();
    else if (key == "rtol")
      settings.rtol = read.positive();
    else if (key == "max_ulps")
      settings.max_ulps = read.positive();
    else if (key == "method")
      settings.method = read.method();
    else if (key == "bits")
      settings.bits = read.whole(128, 1 << 20);
    else
      read.unknown_key();
  }
}

}  // namespace verigrad::expressions
