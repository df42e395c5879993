// Every code of the table is triggered by a file of tests/bad/syntax, and no other code exists.
#include <set>

#include "expressions/codes.hpp"
#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

bool shows_a_caret(const std::string& report) { return report.find('^') != std::string::npos; }

std::set<std::string> codes_of(const Parsed& parsed) {
  const auto codes = parsed.codes();
  return {codes.begin(), codes.end()};
}

TEST(BadFiles, EachTriggersTheCodeOfItsNameAndShowsACaret) {
  const auto files = grad_files(test_data("bad/syntax"));
  ASSERT_GT(files.size(), 40u);
  for (const auto& path : files) {
    const std::string name = path.filename().string();
    const Parsed parsed = parse_text(read_bytes(path), name);
    EXPECT_TRUE(codes_of(parsed).contains(name.substr(0, 4))) << name << "\n" << parsed.report();
    EXPECT_TRUE(shows_a_caret(parsed.report())) << name << "\n" << parsed.report();
  }
}

TEST(BadFiles, OnlyOneErrorIsReportedForOneFault) {
  for (const auto& path : grad_files(test_data("bad/syntax"))) {
    const std::string name = path.filename().string();
    const Parsed parsed = parse_text(read_bytes(path), name);
    EXPECT_EQ(parsed.diagnostics.error_count(), 1u) << name << "\n" << parsed.report();
  }
}

TEST(BadFiles, EveryCodeOfTheTextSideHasOne) {
  std::set<std::string> triggered;
  for (const auto& path : grad_files(test_data("bad/syntax"))) {
    const auto found = codes_of(parse_text(read_bytes(path)));
    triggered.insert(found.begin(), found.end());
  }
  triggered.merge(codes_of(parse_text(std::string(max_file_bytes + 1, ' '))));
  std::set<std::string> listed;
  for (const char* code :
       {code::not_text,    code::character,       code::string_literal, code::number_literal,
        code::bracket,     code::indentation,     code::nesting,        code::expected,
        code::too_large,   code::not_a_statement, code::reserved_word,  code::comparison,
        code::range,       code::data_after_in,   code::domain,         code::shape,
        code::wrong_place, code::dtype,           code::within,         code::argument})
    listed.insert(code);
  EXPECT_EQ(triggered, listed);
}

TEST(Codes, AreSortedUniqueAndExplained) {
  std::string before;
  for (const CodeInfo& row : all_codes()) {
    EXPECT_LT(before, row.code);
    EXPECT_FALSE(row.title.empty()) << row.code;
    EXPECT_GT(row.explanation.size(), 80u) << row.code;
    before = row.code;
  }
  EXPECT_EQ(find_code("e004")->code, "E004");
  EXPECT_EQ(find_code("E999"), nullptr);
  EXPECT_EQ(find_code(""), nullptr);
}

TEST(Codes, TheBadExampleOfEachSyntaxCodeTriggersIt) {
  for (const CodeInfo& row : all_codes()) {
    const bool of_the_text_side = row.code < "E010" || (row.code >= "E030" && row.code < "E050");
    if (!of_the_text_side || row.code == code::too_large) continue;
    const Parsed parsed = parse_text(std::string(row.bad_example));
    EXPECT_TRUE(codes_of(parsed).contains(std::string(row.code))) << row.code << "\n"
                                                                  << parsed.report();
  }
}

}  // namespace
}  // namespace verigrad::expressions
