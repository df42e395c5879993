#include "reports/html.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <regex>
#include <set>

#include "reports/html_assets.hpp"
#include "reports/html_parts.hpp"
#include "reports/html_table.hpp"
#include "reports/json.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/html_samples.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Without style sheet and script, which are files of their own.
std::string without_assets(std::string page) {
  for (std::string_view asset : {html_style, html_script}) {
    const std::size_t at = page.find(asset);
    if (at == std::string::npos) {
      ADD_FAILURE() << "an asset is missing";
      continue;
    }
    page.erase(at, asset.size());
  }
  return page;
}

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string_view::npos; at += part.size())
    ++found;
  return found;
}

std::string text_of(const std::string& path) {
  std::ifstream file(VERIGRAD_SOURCE_DIR "/" + path, std::ios::binary);
  EXPECT_TRUE(file) << path;
  return {std::istreambuf_iterator<char>(file), {}};
}

void expect_approved(const Run& run, const std::string& name) {
  const std::string page = without_assets(render_html(run));
  EXPECT_EQ(page, golden(name, page));
}

TEST(Html, OfAPassingRunIsAsApproved) { expect_approved(passing_run(), "passing.html"); }
TEST(Html, OfAMixedRunIsAsApproved) { expect_approved(mixed_run(), "mixed.html"); }
TEST(Html, OfHostileNamesIsAsApproved) { expect_approved(hostile_run(), "hostile.html"); }
TEST(Html, OfAccuracyIsAsApproved) { expect_approved(pictured_run(), "pictured.html"); }

TEST(Html, OfARunThatWasReadBackHasItsReasonsAndItsCommand) {
  const std::string page = render_html(run_from_json(to_json(mixed_run())));
  EXPECT_THAT(page, HasSubstr("claimed / true = 1 / x at every entry: a factor x is missing"));
  EXPECT_THAT(page, HasSubstr("gradcheck check examples/broken/wrong_claim.grad --repro 5:k3:42"));
}

TEST(Html, OfAnEmptyRunSaysSo) {
  EXPECT_THAT(render_html(reports::Run()), HasSubstr("Nothing was checked in 0 files"));
}

// Names of the tags that are open at the page's end, or closed without having been opened.
std::vector<std::string> unbalanced_tags(const std::string& page) {
  std::vector<std::string> open, wrong;
  const std::regex tag("<(/?)([a-z][a-z0-9]*)[^<>]*?(/?)>");
  for (std::sregex_iterator at(page.begin(), page.end(), tag), end; at != end; ++at) {
    const std::string name = (*at)[2];
    if (name == "meta" || name == "br" || (*at)[3].length() > 0) continue;
    if ((*at)[1].length() == 0) {
      open.push_back(name);
    } else if (!open.empty() && open.back() == name) {
      open.pop_back();
    } else {
      wrong.push_back("/" + name);
    }
  }
  wrong.insert(wrong.end(), open.begin(), open.end());
  return wrong;
}

TEST(Html, ClosesWhatItOpens) {
  for (const reports::Run& run :
       {passing_run(), mixed_run(), hostile_run(), pictured_run(), reports::Run()})
    EXPECT_THAT(unbalanced_tags(without_assets(render_html(run))), IsEmpty());
}

TEST(Html, HoldsNoAddress) {
  for (const reports::Run& run : {passing_run(), mixed_run(), hostile_run(), pictured_run()}) {
    const std::string page = render_html(run);
    for (const char* address : {"://", " src=", "url(", "@import", "import(", "fetch("})
      EXPECT_EQ(page.find(address), std::string::npos) << address;
  }
}

// HTML ends a script at the first of these, whatever the script's own syntax says.
TEST(Html, ItsScriptDoesNotEndItself) {
  for (const char* end : {"</script", "<!--", "]]>"}) {
    EXPECT_EQ(html_script.find(end), std::string_view::npos) << end;
    EXPECT_EQ(html_style.find(end), std::string_view::npos) << end;
  }
  EXPECT_EQ(html_style.find("</style"), std::string_view::npos);
}

TEST(Html, ExplainsAndPicturesTheWorstAndCountsTheRest) {
  const std::string page = render_html(large_run(3000));
  EXPECT_EQ(count(page, "<article class=\"finding fail\""), most_findings);
  EXPECT_THAT(page, HasSubstr("<p>100 more did not pass"));

  reports::Run run = pictured_run();
  const AccuracyRow row = run.files[0].accuracy[0];
  run.files[0].accuracy.insert(run.files[0].accuracy.begin(), 50, row);
  const std::string pictured = render_html(run);
  EXPECT_EQ(count(pictured, "<h3 id=\"row-"), most_pictured_rows);
  EXPECT_THAT(pictured, HasSubstr("of the 40 worst rows, by verdict and largest error; the table "
                                  "has the other 16"));
  EXPECT_THAT(pictured, HasSubstr("d loss / d x"));
}

TEST(Html, CountsAllErrorsOfAnOperation) {
  reports::Run run = pictured_run();
  run.accuracy->operations.resize(1);
  run.accuracy->operations[0].counts = {81, 82, 83, 84, 85};
  const std::string page = render_html(run);
  for (const char* cell : {">81<", ">82<", ">83<", ">84<", ">85<"})
    EXPECT_THAT(page, HasSubstr(cell));
}

// As docs/command.md ranks them under `compare`, from best to worst.
TEST(Html, RanksVerdictsAsAComparisonDoes) {
  const std::string page = render_html(pictured_run());
  EXPECT_THAT(page,
              HasSubstr("id=\"accuracy-table\" data-order=\"fail inaccurate inconclusive pass "
                        "wrong unstable ill-conditioned undecided non-smooth ok\""));
  std::size_t last = 0;
  for (const char* verdict :
       {"wrong", "unstable", "ill-conditioned", "undecided", "non-smooth", "ok"}) {
    const std::size_t at = page.find(std::string("<article class=\"finding ") + verdict);
    EXPECT_LT(last, at) << verdict;
    EXPECT_NE(at, std::string::npos) << verdict;
    last = at;
  }
}

// A result that is NaN is in no statistic, so that its row may have a small largest error.
TEST(Html, RanksWhatIsNotFiniteAboveEveryError) {
  reports::Run run = pictured_run();
  AccuracyRow large = run.files[0].accuracy[1], lost = large;
  large.ulps.max = 5e23, large.output = "large";
  lost.ulps.max = 0.5, lost.overflow = 1, lost.output = "lost";
  run.files[0].accuracy = {large, lost};
  const std::string page = render_html(run);
  EXPECT_LT(page.find("d lost / d x"), page.find("d large / d x"));
}

TEST(Html, NamesNoLineZero) {
  reports::Run run = pictured_run();
  AccuracyRow& row = run.files[0].accuracy[0];
  row.id = run.files[0].path + ":0", row.line = 0;
  const std::string page = render_html(run);
  EXPECT_THAT(page, Not(HasSubstr("softplus.grad:0")));
  EXPECT_THAT(page, HasSubstr("<td class=\"code\">examples/softplus.grad</td>"));
  EXPECT_THAT(page, HasSubstr("<td class=\"code\">examples/softplus.grad:6</td>"));
}

TEST(Html, KeepsRowsBeyondAPageAsData) {
  const std::string page = render_html(large_run(1000));
  EXPECT_EQ(count(page, "<tr><td"), HtmlTable::shown_rows);
  EXPECT_EQ(count(page, "\n[[\"fail\",") + count(page, "\n[\"pass\","),
            1000 - HtmlTable::shown_rows - 1);
}

// `text` as a browser shows it.
std::string shown(std::string text) {
  for (const auto& [reference, character] :
       {std::pair("&#39;", "'"), {"&quot;", "\""}, {"&lt;", "<"}, {"&gt;", ">"}, {"&amp;", "&"}})
    text = std::regex_replace(text, std::regex(reference), character);
  return text;
}

// In the page's order, table by table.
TEST(Html, EveryColumnIsDescribedInTheDocumentation) {
  const std::string documentation = text_of("docs/reports.md");
  EXPECT_THAT(documentation, Not(HasSubstr("&#39;")));
  reports::Run run = pictured_run();
  run.files.push_back(mixed_run().files[2]);
  run.files.back().coverage = {{"relu", 0, 3}};
  const std::string page = render_html(run);
  const std::regex entry("<dt>([^<]*)</dt><dd>([^<]*)</dd>\n");
  std::size_t columns = 0, last = 0;
  for (std::sregex_iterator at(page.begin(), page.end(), entry), end; at != end; ++at, ++columns) {
    const std::string line = "| " + at->str(1) + " | " + shown(at->str(2)) + " |";
    const std::size_t found = documentation.find(line, last);
    ASSERT_NE(found, std::string::npos) << line;
    last = found;
  }
  EXPECT_EQ(columns, 10u + 34 + 14 + 15 + 4);
}

TEST(Html, IsTheSameEveryTime) {
  EXPECT_EQ(render_html(pictured_run()), render_html(pictured_run()));
}

}  // namespace
}  // namespace verigrad::reports
