// gradcheck explain: the long text of a diagnostic.
#include <fmt/format.h>

#include <algorithm>

#include "cli/arguments.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/shared_options.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "expressions/codes.hpp"
#include "runner/codes.hpp"

namespace verigrad::cli {
namespace {

// Of a verdict of `gradcheck accuracy`: accuracy-unstable.
const std::string verdict_prefix = "accuracy-";

// Those of the language, then those of verdicts.
std::vector<expressions::CodeInfo> every_code() {
  std::vector<expressions::CodeInfo> codes;
  for (const auto& table : {expressions::all_codes(), runner::all_codes()})
    codes.insert(codes.end(), table.begin(), table.end());
  return codes;
}

std::string list() {
  std::string out;
  for (const expressions::CodeInfo& each : every_code())
    out += fmt::format("{}  {}\n", each.code, each.title);
  return out;
}

std::string indented(std::string_view text) {
  std::string out = "    ";
  while (text.ends_with('\n')) text.remove_suffix(1);
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "    ";
  }
  return out + "\n";
}

// An example that is no text a terminal could show, or is very long, is left out.
bool is_presentable(std::string_view example) {
  return example.size() <= 600 && std::all_of(example.begin(), example.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return c == '\n' || (byte >= 0x20 && byte != 0x7F && byte < 0x80);
         });
}

std::string explanation(const expressions::CodeInfo& info) {
  std::string out = fmt::format("{}: {}\n\n{}\n", info.code, info.title, info.explanation);
  if (!info.bad_example.empty() && is_presentable(info.bad_example))
    out += "\nA file that shows it:\n\n" + indented(info.bad_example);
  return out;
}

const expressions::CodeInfo& find(const std::string& code) {
  if (const expressions::CodeInfo* info = runner::find_any_code(code)) return *info;
  const std::string unknown = fmt::format("no diagnostic has the code {}", quote(code));
  std::vector<std::string_view> codes;
  for (const expressions::CodeInfo& each : every_code()) codes.push_back(each.code);
  if (const expressions::CodeInfo* verdict = runner::find_any_code(verdict_prefix + code))
    throw UsageError(unknown, fmt::format("did you mean {}?", quote(verdict->code)));
  const std::string near = suggestion(code, codes);
  throw UsageError(unknown, near.empty() ? "'gradcheck explain --list' prints all codes" : near);
}

}  // namespace

int run_explain(const Call& call) {
  bool all = false;
  const Syntax syntax{
      .command = "explain",
      .summary = "gradcheck explain tells more about a diagnostic",
      .positional = "CODE…",
      .about = "",
      .options = {flag("--list", "all codes with their titles", all)},
      .examples = {"gradcheck explain G101"},
  };
  const std::vector<std::string> codes = parse(syntax, call.arguments);
  if (all && !codes.empty())
    throw UsageError(fmt::format("--list takes no code, but there is {}", quote(codes.front())));
  if (!all && codes.empty())
    throw UsageError("no code given", "'gradcheck explain --list' prints all codes");
  std::string out = all ? list() : "";
  for (const std::string& code : codes) {
    if (!out.empty()) out += "\n";
    out += explanation(find(code));
  }
  write_output(out);
  return 0;
}

}  // namespace verigrad::cli
