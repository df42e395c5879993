#include <fmt/format.h>

#include <algorithm>

#include "reports/html_pictures.hpp"
#include "reports/html_plot.hpp"
#include "reports/html_text.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

constexpr double width = 380, lead = 74, bar_height = 24, gap = 8;
constexpr double narrowest_numbered = 18;
constexpr std::size_t colours = 6;

// The operations of one pass, each with its place among all.
struct Part {
  std::size_t place = 0;
  const OperationShare* share = nullptr;
};

std::vector<Part> of_pass(const std::vector<OperationShare>& blame, bool backward) {
  std::vector<Part> parts;
  for (std::size_t i = 0; i < blame.size(); ++i)
    if (blame[i].backward == backward && blame[i].share > 0) parts.push_back({i, &blame[i]});
  return parts;
}

// Both passes on one scale: the backward bar begins where the forward one ends.
std::string bars(const std::vector<OperationShare>& blame) {
  std::string result = svg_begin(width, 2 * bar_height + gap, "Shares of the rounding error");
  double x = lead, y = 0;
  for (bool backward : {false, true}) {
    result += svg_text(0, y + 16, "start", backward ? "backward" : "forward");
    for (const Part& part : of_pass(blame, backward)) {
      const double part_width = std::min(part.share->share, 1.0) * (width - lead);
      result += fmt::format(
          "<rect class=\"share c{}\" x=\"{:.1f}\" y=\"{}\" width=\"{:.1f}\" height=\"{}\"/>\n",
          part.place % colours, x, y, std::max(part_width - 1, 0.5), bar_height);
      if (part_width > narrowest_numbered)
        result += svg_text(x + part_width / 2, y + 16, "middle", fmt::format("{}", part.place + 1),
                           "share");
      x += part_width;
    }
    y += bar_height + gap;
  }
  return result + "</svg>\n";
}

}  // namespace

std::string blame_figure(const std::vector<OperationShare>& blame) {
  if (blame.empty()) return "";
  std::string body = bars(blame) + "<ol class=\"blame\">";
  for (std::size_t i = 0; i < blame.size(); ++i)
    body += fmt::format(
        "<li><span class=\"swatch c{}\"></span><code>{}</code> {} {} <b>{:.0f} %</b></li>",
        i % colours, escaped(blame[i].operation), escaped(place_text(blame[i])),
        blame[i].backward ? "backward" : "forward", blame[i].share * 100);
  body += "</ol>\n";
  return figure(
      "Which operations cause them.",
      "Shares of the rounding error at the worst point, by operation of the source, with its "
      "line and column, and pass. Forward is the operation's own rounding, backward that "
      "of all that its derivative rule computes; of an input or a value that is used "
      "several times, also of the sum of what its uses contribute.",
      body);
}

}  // namespace verigrad::reports
