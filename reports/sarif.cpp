#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "reports/json_layout.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view schema =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

// What the codes that begin so are about: `gradcheck explain` has a text for each.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> families{{
    {"E", "A file's text is wrong"},
    {"G1", "A derivative is wrong"},
    {"G2", "A derivative has lost digits"},
    {"G3", "A derivative cannot be judged"},
    {"G4", "An expectation does not hold"},
    {"G5", "A law of differentiation does not hold"},
    {"accuracy-ill-conditioned", "A rounding of the inputs costs a derivative as many digits"},
    {"accuracy-non-smooth", "There is no derivative at most points"},
    {"accuracy-undecided", "The true derivative, or what causes its error, is not known"},
    {"accuracy-unstable", "A derivative loses digits that the inputs do not cost"},
    {"accuracy-worsened", "An error has grown since it was stored in the corpus"},
    {"accuracy-wrong", "An operation's derivative rule is proven wrong"},
    {"", "A result other than pass"},
}};

// RFC 3986: a relative reference, or a file URI of an absolute path.
std::string uri(std::string_view path) {
  std::string result = path.starts_with('/') ? "file://" : "";
  for (const char c : path) {
    const bool letter = ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z');
    if (letter || ('0' <= c && c <= '9') || std::string_view("-._~/").find(c) != std::string::npos)
      result += c;
    else
      result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

// A message string of the standard (3.11.5), in which a brace would begin a placeholder.
Json message(std::string_view text) {
  std::string result;
  for (const char c : text) result.append(c == '{' || c == '}' ? 2 : 1, c);
  return {{"text", result}};
}

std::string_view level(Severity severity) {
  switch (severity) {
    case Severity::error:
      return "error";
    case Severity::warning:
      return "warning";
    case Severity::note:
      break;
  }
  return "note";
}

std::string plain_text(const Snippet& snippet) {
  std::string text = printable(snippet.message);
  if (!snippet.label.empty()) text += ": " + printable(snippet.label);
  for (const Fact& fact : snippet.facts)
    text += fmt::format("\n{}: {}", printable(fact.label), printable(fact.text));
  return text;
}

Json region(const Snippet& snippet) {
  Json result{{"startLine", snippet.line}};
  if (snippet.column == 0) return result;
  result["startColumn"] = snippet.column;
  if (snippet.line_text)
    result["endColumn"] = snippet.column + std::max<std::size_t>(snippet.length, 1);
  return result;
}

Json location(const Snippet& snippet) {
  Json place{{"artifactLocation", {{"uri", uri(snippet.path)}}}};
  if (snippet.line > 0) place["region"] = region(snippet);
  return {{"physicalLocation", std::move(place)}};
}

// What stays when lines are added before it.
std::string fingerprint(const Finding& finding) {
  if (finding.error) return finding.error->message;
  return finding.check ? title(*finding.check) : title(*finding.row);
}

Json result_of(const Finding& finding, const std::vector<std::string>& rules) {
  const Snippet snippet = snippet_of(finding);
  const std::string rule = rule_of(finding);
  const auto index = std::lower_bound(rules.begin(), rules.end(), rule) - rules.begin();
  Json result{{"ruleId", rule},
              {"ruleIndex", index},
              {"level", level(snippet.severity)},
              {"message", message(plain_text(snippet))}};
  if (snippet.path != "-") result["locations"] = Json::array({location(snippet)});
  if (const auto statement = statement_of(finding); statement && statement->path != "-") {
    Json related = location(*statement);
    related["message"] = message(printable(statement->message));
    result["relatedLocations"] = Json::array({std::move(related)});
  }
  result["partialFingerprints"] = {{"statement/v1", fingerprint(finding)}};
  return result;
}

Json rule_json(const std::string& rule) {
  const auto family = std::find_if(families.begin(), families.end(),
                                   [&](const auto& each) { return rule.starts_with(each.first); });
  Json result{{"id", rule}, {"shortDescription", message(family->second)}};
  if (!family->first.empty()) result["help"] = message("gradcheck explain " + rule);
  return result;
}

std::vector<std::string> rules_of(const std::vector<Finding>& findings) {
  std::vector<std::string> rules;
  for (const Finding& finding : findings) rules.push_back(rule_of(finding));
  std::sort(rules.begin(), rules.end());
  rules.erase(std::unique(rules.begin(), rules.end()), rules.end());
  return rules;
}

// Results of checks are results, whatever they say; the tool fails when it could not judge.
Json invocation(const Run& run) {
  const bool ran = run.exit_code == 0 || run.exit_code == 1 || run.exit_code == 4;
  Json result{{"executionSuccessful", ran}, {"exitCode", run.exit_code}};
  if (!run.command.empty()) result["commandLine"] = run.command;
  if (!run.started.empty()) result["startTimeUtc"] = run.started;
  return result;
}

}  // namespace

std::string render_sarif(const Run& run) {
  const std::vector<Finding> findings = findings_of(run);
  const std::vector<std::string> rules = rules_of(findings);
  Json driver{{"name", run.tool}, {"version", run.version}, {"rules", Json::array()}};
  for (const std::string& rule : rules) driver["rules"].push_back(rule_json(rule));
  constexpr std::size_t bytes_of_result = 1200;
  JsonText out(findings.size() * bytes_of_result);
  out.begin_object();
  out.member("$schema", schema);
  out.member("version", "2.1.0");
  out.key("runs");
  out.begin_list();
  out.begin_object();
  out.member("tool", {{"driver", std::move(driver)}});
  out.member("invocations", Json::array({invocation(run)}));
  out.member("columnKind", "unicodeCodePoints");
  out.key("results");
  out.begin_list();
  for (const Finding& finding : findings) out.value(result_of(finding, rules));
  for (int open = 0; open < 4; ++open) out.end();
  return std::move(out).text();
}

}  // namespace verigrad::reports
