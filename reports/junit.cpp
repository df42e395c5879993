#include <fmt/format.h>

#include <map>
#include <pugixml.hpp>
#include <set>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

// `text` without what XML 1.0 cannot hold (production 2: control characters, U+FFFE, U+FFFF) and
// without other characters that steer a terminal; tabs and line feeds stay.
std::string xml_text(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    const bool is_character = glyph.code != 0xFFFE && glyph.code != 0xFFFF;
    if (glyph.code == '\t' || glyph.code == '\n')
      result += static_cast<char>(glyph.code);
    else if (glyph.code == 0xFFFD)
      result += "\uFFFD";
    else if (is_character && !glyph.escaped)
      result += glyph.text;
    text.remove_prefix(glyph.bytes);
  }
  return result;
}

void set(pugi::xml_node node, const char* name, std::string_view value) {
  node.append_attribute(name) = xml_text(value).c_str();
}

// Each of the suite's names once: a second `check y` is called `check y (2)`.
class UniqueNames {
 public:
  std::string of(std::string_view wanted) {
    const std::string name = xml_text(wanted);
    std::string result = name;
    for (std::int64_t& count = counts_[name]; !used_.insert(result).second;)
      result = fmt::format("{} ({})", name, ++count + 1);
    return result;
  }

 private:
  std::map<std::string, std::int64_t> counts_;
  std::set<std::string> used_;
};

struct Counts {
  std::int64_t tests = 0, failures = 0, errors = 0;
};

// The testcases of one file, or of the operations.
class Suite {
 public:
  Suite(pugi::xml_node root, std::string_view name, bool strict)
      : node_(root.append_child("testsuite")), name_(name), strict_(strict) {
    set(node_, "name", name);
    for (const char* count : {"tests", "failures", "errors", "skipped"})
      node_.append_attribute(count) = 0;
  }

  Counts fill(const FileResult& file) {
    for (const FileError& error : file.errors) add(file, error);
    for (const CheckResult& check : file.checks) add(file, check);
    for (const AccuracyRow& row : file.accuracy) add(file, row);
    return counted();
  }

  Counts fill(const std::vector<OperationAccuracy>& operations) {
    for (const OperationAccuracy& row : operations) finish(testcase(title(row)), numbers_of(row));
    return counted();
  }

 private:
  Counts counted() {
    node_.attribute("tests") = static_cast<long long>(counts_.tests);
    node_.attribute("failures") = static_cast<long long>(counts_.failures);
    node_.attribute("errors") = static_cast<long long>(counts_.errors);
    return counts_;
  }

  static std::string numbers_of(const OperationAccuracy& row) {
    std::vector<std::int64_t> counts = row.counts;
    counts.resize(5);
    std::string text = fmt::format("{} results compared; errors of 0, 1, 2, 3 and more ulps: {}\n",
                                   row.n, fmt::join(counts, ", "));
    text += fmt::format("largest error {} ulp", number(row.max));
    for (const double& operand : row.worst)
      text += (&operand == row.worst.data() ? " at " : ", ") + hexadecimal(operand);
    return text + "\n";
  }

  pugi::xml_node testcase(std::string_view name) {
    ++counts_.tests;
    pugi::xml_node node = node_.append_child("testcase");
    set(node, "name", names_.of(name));
    set(node, "classname", name_);
    return node;
  }

  static void append_text(pugi::xml_node node, std::string_view text) {
    if (!text.empty()) node.text() = xml_text(text).c_str();
  }

  // Gives `node` the failure, and `output` what does not fail.
  void explain(pugi::xml_node node, const Finding& finding, std::string& output) {
    const Snippet snippet = snippet_of(finding);
    if (severity_of(finding) != Severity::error) {
      output = render(snippet) + output;
      return;
    }
    ++(finding.error ? counts_.errors : counts_.failures);
    pugi::xml_node child = node.append_child(finding.error ? "error" : "failure");
    set(child, "message", snippet.message);
    set(child, "type", rule_of(finding));
    append_text(child, render(snippet));
  }

  void finish(pugi::xml_node node, const std::string& output) {
    if (!output.empty()) append_text(node.append_child("system-out"), output);
  }

  void add(const FileResult& file, const FileError& error) {
    std::string output;
    explain(testcase(error.code + ": " + error.message), {.file = &file, .error = &error}, output);
  }

  void add(const FileResult& file, const CheckResult& check) {
    pugi::xml_node node = testcase(title(check));
    std::string output;
    for (const std::string& text : check.printed) output += text + "\n";
    for (const std::string& text : check.warnings) output += "warning: " + text + "\n";
    if (check.verdict != Verdict::pass)
      explain(node, {.file = &file, .check = &check, .strict = strict_}, output);
    finish(node, output);
  }

  void add(const FileResult& file, const AccuracyRow& row) {
    pugi::xml_node node = testcase(title(row));
    std::string output;
    if (is_finding(row)) explain(node, {.file = &file, .row = &row, .strict = strict_}, output);
    finish(node, output);
  }

  pugi::xml_node node_;
  std::string_view name_;
  bool strict_;
  UniqueNames names_;
  Counts counts_;
};

// Where pugixml prints to.
class StringWriter final : public pugi::xml_writer {
 public:
  explicit StringWriter(std::string& out) : out_(out) {}
  void write(const void* data, std::size_t size) override {
    out_.append(static_cast<const char*>(data), size);
  }

 private:
  std::string& out_;
};

std::string opening(const Run& run, const Counts& total) {
  return fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<testsuites name=\"gradcheck\" tests=\"{}\" failures=\"{}\" errors=\"{}\" "
      "time=\"{:.3f}\">\n",
      total.tests, total.failures, total.errors, run.elapsed_s);
}

}  // namespace

// One suite at a time is held as a document: those of many files would fill the memory.
std::string render_junit(const Run& run) {
  std::string suites;
  Counts total;
  StringWriter writer(suites);
  const auto append = [&](std::string_view name, const auto& results) {
    pugi::xml_document document;
    const Counts counts = Suite(document, name, run.strict).fill(results);
    total.tests += counts.tests;
    total.failures += counts.failures;
    total.errors += counts.errors;
    document.first_child().print(writer, "  ", pugi::format_default, pugi::encoding_utf8, 1);
  };
  for (const FileResult& file : run.files) append(file.path, file);
  if (run.accuracy && !run.accuracy->operations.empty())
    append("operations", run.accuracy->operations);
  suites.insert(0, opening(run, total));
  suites += "</testsuites>\n";
  return suites;
}

}  // namespace verigrad::reports
