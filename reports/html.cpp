#include "reports/html.hpp"

#include <fmt/format.h>

#include "reports/html_assets.hpp"
#include "reports/html_parts.hpp"
#include "reports/html_text.hpp"

namespace verigrad::reports {
namespace {

std::string page_title(const Run& run) {
  if (run.files.size() == 1) return run.files.front().path;
  return grouped(static_cast<std::int64_t>(run.files.size()), "file");
}

// The policy forbids whatever would leave the file, should markup ever slip in.
std::string head(const Run& run) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">\n"
      "<title>Verigrad: {}</title>\n<style>\n{}</style>\n</head>\n",
      escaped(page_title(run)), html_style);
}

}  // namespace

std::string render_html(const Run& run) {
  std::string out = head(run);
  out += "<body>\n";
  append_overview(out, run);
  out += "<main>\n";
  append_errors(out, run);
  append_checks(out, run);
  append_findings(out, run);
  append_accuracy(out, run);
  append_accuracy_tables(out, run);
  append_remarks(out, run);
  out += "</main>\n";
  out += fmt::format("<footer><p>{} {}, started {}</p></footer>\n", escaped(run.tool),
                     escaped(run.version), escaped(run.started));
  out += fmt::format("<script>\n{}</script>\n</body>\n</html>\n", html_script);
  return out;
}

}  // namespace verigrad::reports
