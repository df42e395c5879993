#include "cli/progress.hpp"

#include <string>

#include "cli/color.hpp"
#include "cli/console.hpp"
#include "reports/display.hpp"

namespace verigrad::cli {
namespace {

constexpr auto interval = std::chrono::milliseconds(100);
constexpr std::string_view erase_line = "\r\x1b[K";

// The first `columns` columns of a text.
std::string cut(std::string_view text, std::size_t columns) {
  std::string out;
  std::size_t width = 0;
  while (!text.empty()) {
    const reports::Glyph glyph = reports::first_glyph(text);
    width += glyph.width;
    if (width > columns) break;
    out += glyph.text;
    text.remove_prefix(glyph.bytes);
  }
  return out;
}

}  // namespace

ProgressLine::ProgressLine(bool wanted)
    : shown_(wanted && messages_go_to_terminal() && !terminal_is_dumb()),
      next_(std::chrono::steady_clock::now() + interval) {}

ProgressLine::~ProgressLine() {
  if (written_) write_message(erase_line);
}

void ProgressLine::show(std::string_view text) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + interval;
  write_message(std::string(erase_line) + cut(text, message_columns() - 1));
  written_ = true;
}

}  // namespace verigrad::cli
