#include "cli/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
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

void ProgressLine::show(const runner::Progress& progress) {
  const std::unique_lock lock(mutex_, std::try_to_lock);
  if (!lock.owns_lock()) return;
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + interval;
  const std::string failed =
      progress.failures > 0 ? fmt::format(", {} failed", progress.failures) : "";
  const std::string line = fmt::format("checking {} of {} files{}: {}",
                                       std::min(progress.files_done + 1, progress.files),
                                       progress.files, failed, progress.current);
  write_message(std::string(erase_line) + cut(line, message_columns() - 1));
  written_ = true;
}

}  // namespace verigrad::cli
