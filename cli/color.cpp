#include "cli/color.hpp"

#include <cstdlib>
#include <string_view>

#include "cli/console.hpp"
#include "cli/values.hpp"

namespace verigrad::cli {
namespace {

bool is_coloured(Color color, bool terminal) {
  if (color != Color::automatic) return color == Color::always;
  const char* no_color = std::getenv("NO_COLOR");
  const bool unwanted = no_color != nullptr && *no_color != '\0';
  return terminal && !unwanted && !terminal_is_dumb();
}

reports::Style style(Color color, bool terminal) {
  return is_coloured(color, terminal) ? reports::Style::ansi() : reports::Style::none();
}

}  // namespace

Color color_from(const std::string& text) {
  const std::string word = one_of("--color", text, {"auto", "always", "never"});
  return word == "auto" ? Color::automatic : word == "always" ? Color::always : Color::never;
}

bool terminal_is_dumb() {
  const char* name = std::getenv("TERM");
  return name != nullptr && std::string_view(name) == "dumb";
}

reports::Style output_style(Color color) { return style(color, output_is_terminal()); }

reports::Style message_style(Color color) { return style(color, messages_go_to_terminal()); }

expressions::Styles diagnostic_styles(Color color) {
  return is_coloured(color, messages_go_to_terminal()) ? expressions::Styles::ansi()
                                                       : expressions::Styles::plain();
}

}  // namespace verigrad::cli
