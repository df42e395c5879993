// JUnit's XML against the rules that its readers agree on (the schema of Jenkins' xUnit plugin and
// that of Ant's task, as far as they do not contradict each other).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <pugixml.hpp>
#include <set>

#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "reports/wording.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

pugi::xml_document document_of(const reports::Run& run) {
  pugi::xml_document document;
  const auto parsed = document.load_string(render_junit(run).c_str(), pugi::parse_full);
  EXPECT_TRUE(parsed) << parsed.description();
  return document;
}

// Elements, their children in this order, and their attributes.
struct Element {
  std::vector<std::string> children;
  std::set<std::string> required, optional;
};
const std::map<std::string, Element> elements{
    {"testsuites", {{"testsuite"}, {}, {"name", "tests", "failures", "errors", "time"}}},
    {"testsuite", {{"testcase"}, {"name", "tests", "failures", "errors"}, {"skipped", "time"}}},
    {"testcase",
     {{"skipped", "error", "failure", "system-out", "system-err"}, {"name", "classname"}, {}}},
    {"failure", {{}, {"message", "type"}, {}}},
    {"error", {{}, {"message", "type"}, {}}},
    {"system-out", {{}, {}, {}}},
};

void check_attributes(pugi::xml_node node, const Element& element) {
  std::set<std::string> missing = element.required;
  for (const pugi::xml_attribute attribute : node.attributes()) {
    missing.erase(attribute.name());
    EXPECT_TRUE(element.required.count(attribute.name()) ||
                element.optional.count(attribute.name()))
        << node.path() << " " << attribute.name();
  }
  EXPECT_THAT(missing, ::testing::IsEmpty()) << node.path();
}

void check_element(pugi::xml_node node) {
  const auto found = elements.find(node.name());
  ASSERT_NE(found, elements.end()) << node.path();
  const Element& element = found->second;
  check_attributes(node, element);
  auto next = element.children.begin();
  for (const pugi::xml_node child : node.children()) {
    if (child.type() == pugi::node_pcdata) continue;
    next = std::find(next, element.children.end(), child.name());
    ASSERT_NE(next, element.children.end()) << child.path() << " is unknown or out of order";
    check_element(child);
  }
}

std::int64_t count(pugi::xml_node node, const std::string& query) {
  return static_cast<std::int64_t>(node.select_nodes(query.c_str()).size());
}

void check_counts(pugi::xml_node node) {
  EXPECT_EQ(node.attribute("tests").as_llong(-1), count(node, ".//testcase"));
  EXPECT_EQ(node.attribute("failures").as_llong(-1), count(node, ".//testcase[failure]"));
  EXPECT_EQ(node.attribute("errors").as_llong(-1), count(node, ".//testcase[error]"));
  EXPECT_EQ(count(node, ".//testcase[count(failure) + count(error) > 1]"), 0);
}

void validate(const pugi::xml_document& document) {
  const pugi::xml_node root = document.document_element();
  ASSERT_STREQ(root.name(), "testsuites");
  check_element(root);
  check_counts(root);
  for (const pugi::xml_node suite : root.children("testsuite")) {
    check_counts(suite);
    std::set<std::string> names;
    for (const pugi::xml_node testcase : suite.children("testcase"))
      EXPECT_TRUE(names.insert(testcase.attribute("name").value()).second)
          << testcase.attribute("name").value();
  }
}

pugi::xml_node testcase(const pugi::xml_document& document, const std::string& name) {
  return document.select_node(("//testcase[@name='" + name + "']").c_str()).node();
}

TEST(Junit, IsAsApproved) {
  const std::pair<const char*, reports::Run> runs[] = {{"passing.xml", passing_run()},
                                                       {"mixed.xml", mixed_run()},
                                                       {"hostile.xml", hostile_run()},
                                                       {"accuracy.xml", accuracy_run()}};
  for (const auto& [name, run] : runs) {
    const std::string xml = render_junit(run);
    EXPECT_EQ(xml, golden(name, xml));
    validate(document_of(run));
  }
}

TEST(Junit, GivesAFailureTheTerminalsExplanation) {
  const reports::Run run = mixed_run();
  const auto document = document_of(run);
  const pugi::xml_node failure = testcase(document, "grad(loss, x)").child("failure");
  EXPECT_EQ(failure.text().get(), render(snippet_of(run.files[2], run.files[2].checks[1])));
  EXPECT_STREQ(failure.attribute("type").value(), "G101");
  EXPECT_STREQ(failure.parent().attribute("classname").value(), "examples/broken/wrong_claim.grad");
  EXPECT_EQ(count(document, "//failure"), 1);
  EXPECT_EQ(count(document, "//testsuite[@name='logistic.grad']//error"), 2);
}

TEST(Junit, HasATestcaseForEveryRowOfOperations) {
  reports::Run run = accuracy_run();
  const std::size_t rows = run.accuracy->operations.size();
  ASSERT_GT(rows, 0U);
  run.files.clear();
  const auto document = document_of(run);
  validate(document);
  EXPECT_EQ(count(document, "//testsuite[@name='operations']/testcase[system-out]"), rows);
  const reports::OperationAccuracy& first = run.accuracy->operations.front();
  EXPECT_THAT(testcase(document, title(first)).child("system-out").text().get(),
              HasSubstr(std::to_string(first.n) + " results compared"));
}

TEST(Junit, LetsDoubtfulResultsPassUnlessTheRunIsStrict) {
  reports::Run run = mixed_run();
  const auto lenient = document_of(run);
  EXPECT_EQ(count(lenient, "//failure"), 1);
  const pugi::xml_node digits =
      lenient.select_node("//testsuite[@name='examples/digits.grad']/testcase").node();
  EXPECT_THAT(digits.child("system-out").text().get(), HasSubstr("2.3 of 16 digits are left"));
  run.strict = true;
  const auto strict = document_of(run);
  validate(strict);
  EXPECT_EQ(count(strict, "//failure"), 3);
}

TEST(Junit, NamesEveryTestcaseOnce) {
  reports::Run run = passing_run();
  auto& checks = run.files[0].checks;
  checks = {checks[0], checks[0], checks[0]};
  checks[1].kind = Kind::test;
  checks[1].name = "x";
  checks.insert(checks.begin(), checks[1]);
  checks[0].name = "x\" (2)";
  checks.push_back(checks[2]);
  checks.push_back(checks[2]);
  const auto document = document_of(run);
  validate(document);
  EXPECT_TRUE(testcase(document, "test \"x\" (2)") || testcase(document, "test \"x\""));
  EXPECT_EQ(count(document, "//testsuite[1]/testcase"), 6);
}

TEST(Junit, KeepsWhatXmlCanHold) {
  reports::Run run = passing_run();
  run.files[1].checks[1].name = "a\x01\x7f\xEF\xBF\xBE<b>&\"\xffz\xC2\x85\xE2\x80\xAE";
  run.files[1].checks[1].printed = {"]]>\x1b[31m\t"};
  const std::string xml = render_junit(run);
  for (const char* text : {"\x01", "\x7f", "\xEF\xBF\xBE", "\x1b", "&#1;", "&#27;", "\xE2\x80\xAE"})
    EXPECT_THAT(xml, Not(HasSubstr(text)));
  const auto document = document_of(run);
  const pugi::xml_node node = document.select_node("//testsuite[2]/testcase[2]").node();
  EXPECT_STREQ(node.attribute("name").value(), "test \"a<b>&\"\uFFFDz\"");
  EXPECT_STREQ(node.child("system-out").text().get(), "]]>[31m\t\n");
}

}  // namespace
}  // namespace verigrad::reports
