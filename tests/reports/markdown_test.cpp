// The Markdown, turned into HTML by cmark-gfm, GitHub's own reading of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>

#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "reports/json.hpp"
#include "reports/markdown_text.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string html_of(const std::string& markdown) {
  namespace fs = std::filesystem;
  const fs::path file =
      fs::temp_directory_path() / ("verigrad-" + std::to_string(getpid()) + ".md");
  std::ofstream(file, std::ios::binary) << markdown;
  const std::string command =
      "cmark-gfm --unsafe -e table -e strikethrough -e autolink -e tagfilter " + file.string();
  std::string html;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(::popen(command.c_str(), "r"), ::pclose);
  std::array<char, 4096> buffer{};
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe.get())) > 0;)
    html.append(buffer.data(), n);
  fs::remove(file);
  return html;
}

bool has_cmark() { return std::system("cmark-gfm --version > /dev/null 2>&1") == 0; }

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t result = 0;
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; ++at) ++result;
  return result;
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  const std::size_t first = from + begin.size();
  return text.substr(first, text.find(end, first) - first);
}

std::string without_references(std::string html) {
  const std::array<std::pair<std::string_view, std::string_view>, 4> references{
      {{"&lt;", "<"}, {"&gt;", ">"}, {"&quot;", "\""}, {"&amp;", "&"}}};
  for (const auto& [reference, sign] : references)
    for (std::size_t at = 0; (at = html.find(reference, at)) != std::string::npos; ++at)
      html.replace(at, reference.size(), sign);
  return html;
}

class Markdown : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!has_cmark()) GTEST_SKIP() << "cmark-gfm (Debian package cmark-gfm) is not installed";
  }
};

TEST(MarkdownText, IsAsApproved) {
  const std::pair<const char*, reports::Run> runs[] = {{"passing.md", passing_run()},
                                                       {"mixed.md", mixed_run()},
                                                       {"hostile.md", hostile_run()},
                                                       {"accuracy.md", accuracy_run()}};
  for (const auto& [name, run] : runs) {
    const std::string text = render_markdown(run);
    EXPECT_EQ(text, golden(name, text));
  }
}

TEST(MarkdownText, OfASavedRunIsTheSameWhenNothingHasToBeExplained) {
  for (const reports::Run& run : {passing_run(), accuracy_run()})
    EXPECT_EQ(render_markdown(run_from_json(to_json(run))), render_markdown(run));
}

TEST(MarkdownText, ExplainsTheWorstFifty) {
  reports::Run run = mixed_run();
  for (int i = 0; i < 46; ++i) run.files[1].checks.push_back(run.files[1].checks[0]);
  EXPECT_EQ(count(render_markdown(run), "<details"), 50);
  EXPECT_THAT(render_markdown(run), HasSubstr("\n1 more are not shown.\n"));
}

TEST_F(Markdown, BecomesTheApprovedHtml) {
  const std::pair<const char*, reports::Run> runs[] = {{"mixed_markdown.html", mixed_run()},
                                                       {"hostile_markdown.html", hostile_run()},
                                                       {"accuracy_markdown.html", accuracy_run()}};
  for (const auto& [name, run] : runs) {
    const std::string html = html_of(render_markdown(run));
    EXPECT_EQ(html, golden(name, html));
  }
}

TEST_F(Markdown, HasARowForEveryFileAndABlockForEveryFinding) {
  const std::string html = html_of(render_markdown(mixed_run()));
  EXPECT_EQ(count(html, "<tr>"), 1 + 5);
  EXPECT_EQ(count(html, "<pre"), 5);
  EXPECT_EQ(count(html, "<details"), 5);
  EXPECT_EQ(count(html, "</details>"), 5);
  const std::string block = between(html, "<code class=\"language-text\">", "</code>");
  EXPECT_EQ(without_references(block), render(snippet_of(findings_of(mixed_run()).front())));
}

TEST_F(Markdown, HasATableForEveryFilesAccuracy) {
  const std::string html = html_of(render_markdown(accuracy_run()));
  EXPECT_EQ(count(html, "<table>"), 1 + 2 + 2);
  EXPECT_EQ(count(html, "<td>unstable</td>"), 1);
  EXPECT_THAT(html, HasSubstr("<td align=\"right\">95.0 %</td>")) << "190 of 200";
  EXPECT_THAT(html, HasSubstr("<code>NMSE example 3.1 | `sqrt`</code>"));
  EXPECT_THAT(html, HasSubstr("<code>|x| &gt; 20</code>"));
}

TEST_F(Markdown, CountsWhatIsNotFiniteWhereThereIsSome) {
  const auto columns = [&](const reports::Run& run) {
    return count(html_of(render_markdown(run)), "not finite</th>");
  };
  reports::Run run = accuracy_run();
  EXPECT_EQ(columns(run), 1) << "of hamming.fpcore alone";
  run.files[1].accuracy[0].overflow = 0;
  EXPECT_EQ(columns(run), 0);
}

TEST_F(Markdown, ExplainsErrorsAndCountsOfARow) {
  const std::string text = render_markdown(accuracy_run());
  EXPECT_THAT(text, HasSubstr("  = error      5e+03 ulp at most, 3 at the median\n"));
  EXPECT_THAT(text, HasSubstr("  = counts     200 at kinks, jumps or edges\n"));
}

// Whatever a name holds, the document has the same elements.
TEST_F(Markdown, IsNotBrokenByItsContent) {
  const std::string markup[] = {"```\n</details>",
                                "`a` | b \\| c",
                                "<script>x</script>",
                                "\\",
                                "&lt;b&gt;",
                                "@someone #1",
                                "~~~\n# x",
                                "[a](b)",
                                "www.example.com",
                                "````````",
                                "-->",
                                " ` "};
  const auto shape = [](const std::string& html) {
    std::string tags;
    for (std::size_t i = 0; (i = html.find('<', i)) != std::string::npos;)
      tags += html.substr(i, html.find_first_of(" >", i) - i), ++i;
    return tags;
  };
  const std::string plain = shape(html_of(render_markdown(mixed_run())));
  for (const std::string& text : markup) {
    reports::Run run = mixed_run();
    run.files[2].path = text;
    Explanation& explanation = run.files[2].checks[1].explanation;
    explanation.message = explanation.label = text;
    explanation.line_text = explanation.facts[0].text = text;
    const std::string html = html_of(render_markdown(run));
    EXPECT_EQ(shape(html), plain) << text << "\n" << html;
    EXPECT_EQ(without_references(between(html, "<code class=\"language-text\">", "</code>")),
              render(snippet_of(findings_of(run).front())));
  }
}

TEST_F(Markdown, HasFencesThatNoContentCloses) {
  for (const char* text : {"```\n", "a\n````\n  ```\n", "~~~\n", "``````````\n"}) {
    const std::string html = html_of(markdown_fenced(text));
    EXPECT_EQ(html, std::string("<pre><code class=\"language-text\">") + text + "</code></pre>\n");
  }
}

TEST_F(Markdown, HasNoMarkupOfItsContents) {
  const std::string html = html_of(render_markdown(hostile_run()));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<b>")));
  EXPECT_THAT(html, Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace verigrad::reports
