// Tables of pages as a browser shows them.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "reports/html.hpp"
#include "tests/reports/browser.hpp"
#include "tests/reports/html_samples.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::ElementsAre;

class HtmlTablesInABrowser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!chromium()) GTEST_SKIP() << "no Chromium is installed: pages are not opened";
  }
};

constexpr const char* column_of = R"js(
    const head = (id, title) => [...document.querySelectorAll(`#${id} th`)].find(
        (th) => th.textContent === title);
    const column = (id, title) => [...document.querySelectorAll(`#${id} tbody tr`)].map(
        (row) => row.cells[head(id, title).cellIndex].textContent).join(" ");
    const click = (id, title) => head(id, title).querySelector("button").click();
    const status = (id) => document.getElementById(id).parentElement.previousElementSibling
        .querySelector("[role=status]").textContent;
    const type = async (id, text) => {
      const tools = document.getElementById(id).parentElement.previousElementSibling;
      tools.querySelector("input").value = text;
      tools.querySelector("input").dispatchEvent(new Event("input"));
      await wait(500);
    };
)js";

TEST_F(HtmlTablesInABrowser, TablesSortByValueAndBack) {
  const Visit seen = visit(render_html(mixed_run()), std::string(column_of) + R"js(
      click("check-table", "Line");
      report(column("check-table", "Line"));
      report(head("check-table", "Line").getAttribute("aria-sort"));
      click("check-table", "Line");
      report(column("check-table", "Line"));
      report(head("check-table", "Line").getAttribute("aria-sort"));
      click("check-table", "Verdict");
      report(column("check-table", "Verdict"));
      report(document.querySelectorAll("#check-table [aria-sort]").length);)js");
  EXPECT_THAT(seen.results, ElementsAre("0 4 5 12", "ascending", "12 5 4 0", "descending",
                                        "fail inaccurate inconclusive pass", "1"));
}

TEST_F(HtmlTablesInABrowser, WhatIsNoNumberIsSortedLastBothWays) {
  const Visit seen = visit(render_html(pictured_run()), std::string(column_of) + R"js(
      click("accuracy-table", "κ max");
      report(column("accuracy-table", "κ max"));
      click("accuracy-table", "κ max");
      report(column("accuracy-table", "κ max"));
      click("accuracy-table", "Max");
      report(column("accuracy-table", "Max"));)js");
  EXPECT_THAT(seen.results,
              ElementsAre("40 40 40 40 1e6 ", "1e6 40 40 40 40 ", "1.6 1.6 1.6 1.6 913 inf"));
}

TEST_F(HtmlTablesInABrowser, NaNIsSortedWithTheInfinities) {
  reports::Run run = pictured_run();
  run.files[0].accuracy[0].ulps.max = std::numeric_limits<double>::quiet_NaN();
  const Visit seen = visit(render_html(run), std::string(column_of) + R"js(
      click("accuracy-table", "Max");
      click("accuracy-table", "Max");
      report(column("accuracy-table", "Max"));)js");
  EXPECT_THAT(seen.results, ElementsAre("inf nan 913 1.6 1.6 1.6"));
}

TEST_F(HtmlTablesInABrowser, TablesAreFilteredByWordsAndVerdict) {
  const Visit seen = visit(render_html(mixed_run()), std::string(column_of) + R"js(
      await type("check-table", "BROKEN grad");
      report(column("check-table", "Line"));
      report(status("check-table"));
      const choice = document.querySelector("select");
      choice.value = "pass";
      choice.dispatchEvent(new Event("change"));
      report(column("check-table", "Line"));
      await type("check-table", "nowhere");
      report(status("check-table"));)js");
  EXPECT_THAT(seen.results, ElementsAre("5 4", "2 rows (of 4)", "4", "0 rows (of 4)"));
}

TEST_F(HtmlTablesInABrowser, ALargeTableIsShownByPages) {
  const Visit seen = visit(render_html(large_run(1000)), std::string(column_of) + R"js(
      const rows = () => document.querySelectorAll("#check-table tbody tr").length;
      const [previous, next] = document.querySelectorAll(".tools button");
      report(rows() + " " + status("check-table") + " " + previous.disabled);
      for (let i = 0; i < 4; ++i) next.click();
      report(rows() + " " + status("check-table") + " " + next.disabled);
      await type("check-table", "file_9.grad pass");
      report(rows() + " " + status("check-table"));
      click("check-table", "Line");
      click("check-table", "Line");
      report(column("check-table", "Line").split(" ").slice(0, 3).join(" "));
      report(document.querySelector("#check-table .badge").className);)js");
  EXPECT_THAT(seen.results,
              ElementsAre("200 1–200 of 1,000 rows true", "200 801–1,000 of 1,000 rows true",
                          "90 90 rows (of 1,000)", "100 99 98", "badge pass"));
  EXPECT_EQ(seen.console, "");
}

TEST_F(HtmlTablesInABrowser, HostileTextInDataStaysText) {
  reports::Run run = large_run(300);
  run.files.back().path = "</script><script>throw 1</script>\"\\\xff.grad";
  const Visit seen = visit(render_html(run), std::string(column_of) + R"js(
      await type("check-table", "throw pass");
      report(document.querySelector("#check-table td:nth-child(2)").textContent);)js");
  EXPECT_THAT(seen.results, ElementsAre("</script><script>throw 1</script>\"\\\\xff.grad"));
  EXPECT_EQ(seen.console, "");
}

// 250 rows without names, and with a reason that is longer than its column: those of the markup,
// and those that the script makes.
TEST_F(HtmlTablesInABrowser, LongReasonsStayOnOneLineAndCanBeReadWhole) {
  reports::Run run = pictured_run();
  AccuracyRow row = run.files[0].accuracy[0];
  row.reason = fmt::format("{:a<40} {:b<200} <i>", "", "");
  run.files[0].accuracy.assign(250, row);
  run.files.resize(1);
  const Visit seen = visit(render_html(run), R"js(
      const table = document.querySelector("#accuracy-table");
      const heads = [...table.querySelectorAll("th")].map((th) => th.textContent);
      report(heads.slice(0, 14).join(" "));
      const check = () => {
        const rows = [...table.querySelectorAll("tbody tr")];
        const cells = rows.map((tr) => tr.children[13]);
        report([rows.length, cells.every((td) => td.title === td.textContent),
                cells.every((td) => td.title.endsWith("b <i>")),
                Math.max(...rows.map((tr) => tr.getBoundingClientRect().height)) < 36].join(" "));
      };
      check();
      [...document.querySelectorAll(".tools button")].find((b) => b.textContent === "Next").click();
      await wait(50);
      check();)js");
  EXPECT_THAT(
      seen.results,
      ElementsAre("Verdict Where Output By Dtype Compared Median 99 % Max Bits κ max Instability "
                  "Blame Reason",
                  "200 true true true", "50 true true true"));
}

TEST_F(HtmlTablesInABrowser, TheTableOfDerivativesTakesTheWindowsWidth) {
  const Visit seen = visit(render_html(pictured_run()), R"js(
      document.body.style.width = "4200px";
      await wait(50);
      const table = document.querySelector("#accuracy-table").parentElement;
      report(table.scrollWidth === table.clientWidth);
      report(document.querySelector("article").clientWidth <= 1344);)js");
  EXPECT_THAT(seen.results, ElementsAre("true", "true"));
}

}  // namespace
}  // namespace verigrad::reports
