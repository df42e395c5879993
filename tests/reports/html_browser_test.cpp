// Pages as a browser shows them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/html.hpp"
#include "tests/reports/browser.hpp"
#include "tests/reports/html_samples.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::ElementsAre;

class HtmlInABrowser : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!chromium()) GTEST_SKIP() << "no Chromium is installed: pages are not opened";
  }
};

Run all_in_one_run() {
  reports::Run run = mixed_run();
  const reports::Run pictured = pictured_run();
  run.files.push_back(pictured.files.front());
  run.files.back().coverage = {{"relu", 0, 3}};
  run.files[2].checks[1].printed = {"tensor(14.)"};
  run.accuracy = pictured.accuracy;
  return run;
}

TEST_F(HtmlInABrowser, NothingIsSaidOnTheConsole) {
  const Visit seen = visit(render_html(all_in_one_run()), "");
  EXPECT_EQ(seen.console, "");
}

TEST_F(HtmlInABrowser, NothingIsLoaded) {
  const Visit seen = visit(render_html(all_in_one_run()), R"js(
      report(document.querySelectorAll("[src], link, img, iframe, object, embed, base").length);
      report([...document.links].filter((a) => !a.getAttribute("href").startsWith("#")).length);
      report(performance.getEntriesByType("resource").length);)js");
  EXPECT_THAT(seen.results, ElementsAre("0", "0", "0"));
}

TEST_F(HtmlInABrowser, LinksLeadToTheirPlace) {
  const Visit seen = visit(render_html(all_in_one_run()), R"js(
      report([...document.links].filter((a) => !document.querySelector(a.hash)).length);
      const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
      report(ids.length - new Set(ids).size);
      report(document.querySelector("#check-table a").hash);)js");
  EXPECT_THAT(seen.results, ElementsAre("0", "0", "#finding-1"));
}

TEST_F(HtmlInABrowser, HostileTextStaysText) {
  const Visit seen = visit(render_html(hostile_run()), R"js(
      report(document.querySelector("#check-table td:nth-child(2)").textContent);
      report(document.querySelector("pre.command").textContent);
      report(document.scripts.length);
      report(document.querySelectorAll("main script, main b, main i, main style").length);)js");
  EXPECT_THAT(seen.results,
              ElementsAre("a \"b\" <script>alert('x')</script>\\x1b[31m\\x0a\\xff naïve 梯度.grad",
                          "gradcheck check $'a \"b\" <script>alert(\\'x\\')</script>\\x1b[31m\\x0a"
                          "\\xff naïve 梯度.grad' --repro 7:k0:42",
                          "2", "0"));
  EXPECT_EQ(seen.console, "");
}

// Boxes of texts within each picture, as the browser lays them out: among them the ends of a narrow
// range, and histograms of few and of many buckets beside results that are not finite.
TEST_F(HtmlInABrowser, PicturesHaveASizeAndTheirLabelsRoom) {
  reports::Run run = all_in_one_run();
  std::vector<AccuracyRow>& rows = run.files.back().accuracy;
  rows[0].samples = {{7, 0.25, 1e-290}, {7.000000000001, 1, 2}};
  for (const std::size_t buckets : {1U, 11U, 12U, 13U, 64U, 1000U}) {
    AccuracyRow row = rows[0];
    row.ulps.histogram.assign(buckets, 1234567);
    row.overflow = 1234567;
    rows.push_back(row);
  }
  const Visit seen = visit(render_html(run), R"js(
      const pictures = [...document.querySelectorAll("svg[role=img]")];
      report(pictures.length > 15);
      for (const picture of pictures) {
        const name = picture.getAttribute("aria-label");
        const frame = picture.getBoundingClientRect();
        if (!(frame.width > 40 && frame.height > 10)) report("no size: " + name);
        const boxes = [...picture.querySelectorAll("text")].map((text) => [
          text.textContent, text.getBoundingClientRect()]);
        for (const [text, box] of boxes)
          if (box.left < frame.left - 1 || box.right > frame.right + 1 ||
              box.top < frame.top - 1 || box.bottom > frame.bottom + 1)
            report(`cut off: ${text} in ${name}`);
        boxes.forEach(([text, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
          if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
              Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)
            report(`${text} on ${other} in ${name}`);
        }));
      }
      for (const node of document.querySelectorAll(".node")) {
        const frame = node.querySelector("rect").getBoundingClientRect();
        for (const text of node.querySelectorAll("text")) {
          const box = text.getBoundingClientRect();
          if (box.left < frame.left || box.right > frame.right)
            report("wider than its node: " + text.textContent);
        }
      })js");
  EXPECT_THAT(seen.results, ElementsAre("true"));
}

TEST_F(HtmlInABrowser, ThePageIsNoWiderThanAPhone) {
  const Visit seen = visit(render_html(all_in_one_run()), R"js(
      const frame = document.createElement("iframe");
      frame.width = 480;
      frame.srcdoc = document.documentElement.outerHTML.replaceAll(/<script>.*?<\/script>/gs, "");
      document.body.append(frame);
      await new Promise((done) => frame.onload = done);
      report(frame.contentDocument.documentElement.scrollWidth <= 480);)js");
  EXPECT_THAT(seen.results, ElementsAre("true"));
}

// At 1280 pixels the table of derivatives has more columns than there is room for, and the graph
// has room; a page of 480 has none for either. A page that is not shown gets no events of the
// browser's own.
TEST_F(HtmlInABrowser, WhatScrollsSidewaysSaysWhere) {
  const Visit seen = visit(render_html(all_in_one_run()), R"js(
      const table = document.querySelector("#accuracy-table").parentElement;
      const graph = document.querySelector("[aria-label^=Graph]");
      const hint = (box) => box === graph ? box.previousElementSibling.textContent
          : box.previousElementSibling.querySelector(".hint").textContent;
      const state = (box) => report([...box.classList].sort().join(" ") + ": " + hint(box));
      const scrolled = (box, left) => {
        box.scrollLeft = left;
        box.dispatchEvent(new Event("scroll"));
      };
      state(table);
      state(graph);
      scrolled(table, 100);
      state(table);
      scrolled(table, 1e6);
      state(table);
      document.body.style.width = "480px";
      scrolled(graph, 0);
      state(graph);
      report(getComputedStyle(graph).maskImage.startsWith("linear-gradient"));)js");
  EXPECT_THAT(seen.results, ElementsAre("more-right scroll: Scrolls sideways: more →", "scroll: ",
                                        "more-left more-right scroll: Scrolls sideways: more →",
                                        "more-left scroll: ← Scrolls sideways",
                                        "more-right scroll: Scrolls sideways: more →", "true"));
}

TEST_F(HtmlInABrowser, EveryControlHasANameAndIsReachedByKeyboard) {
  const Visit seen = visit(render_html(all_in_one_run()), R"js(
      for (const control of document.querySelectorAll("button, input, select, summary, .scroll")) {
        const name = control.getAttribute("aria-label") || control.textContent.trim();
        if (!name || control.tabIndex < 0) report(control.outerHTML);
      }
      for (const th of document.querySelectorAll("th"))
        if (!th.querySelector("button")) report("does not sort: " + th.textContent);
      report(document.querySelectorAll("button.copy").length);)js");
  EXPECT_THAT(seen.results, ElementsAre("7"));
}

// A page may write to the clipboard only after a person's own click, so both ways to it are
// replaced by what they would be given.
TEST_F(HtmlInABrowser, ACommandIsCopiedWithAClipboardAndWithout) {
  const Visit seen = visit(render_html(mixed_run()), R"js(
      const button = document.querySelector("button.copy");
      const give = (value) => Object.defineProperty(navigator, "clipboard",
                                                    { value, configurable: true });
      give({ writeText: async (text) => report("clipboard: " + text) });
      button.click();
      await wait(50);
      report(button.textContent);
      give(undefined);
      document.execCommand = (name) => {
        report(`${name}: ${document.activeElement.value}`);
        return false;
      };
      button.click();
      await wait(50);
      report(button.textContent);)js");
  const std::string command = "gradcheck check examples/broken/wrong_claim.grad --repro 5:k3:42";
  EXPECT_THAT(seen.results,
              ElementsAre("clipboard: " + command, "Copied", "copy: " + command, "Select it"));
}

}  // namespace
}  // namespace verigrad::reports
