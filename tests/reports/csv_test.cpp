// The CSV, read by a reader of RFC 4180 that is written here.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "reports/formats.hpp"
#include "reports/json.hpp"
#include "tests/reports/golden.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using Table = std::vector<std::vector<std::string>>;

// Fields without quotes hold neither commas, quotes nor line ends; records end in CR LF.
Table table_of(const std::string& csv) {
  Table table(1);
  std::string field;
  for (std::size_t i = 0; i < csv.size();) {
    if (csv[i] == '"') {
      for (++i; csv.at(i) != '"' || (i + 1 < csv.size() && csv[i + 1] == '"'); ++i)
        field += csv[i] == '"' ? csv[i++] : csv[i];
      ++i;
    } else if (csv[i] == ',') {
      table.back().push_back(std::exchange(field, ""));
      ++i;
    } else if (csv[i] == '\r') {
      EXPECT_EQ(csv.at(i + 1), '\n');
      table.back().push_back(std::exchange(field, ""));
      table.emplace_back();
      i += 2;
    } else {
      EXPECT_NE(csv[i], '\n');
      field += csv[i++];
    }
  }
  EXPECT_TRUE(table.back().empty()) << "the last record ends";
  table.pop_back();
  return table;
}

std::string cell(const Table& table, std::size_t row, std::string_view column) {
  for (std::size_t i = 0; i < table[0].size(); ++i)
    if (table[0][i] == column) return table.at(row).at(i);
  ADD_FAILURE() << "no column " << column;
  return "";
}

TEST(Csv, IsAsApproved) {
  const std::pair<const char*, reports::Run> runs[] = {{"passing.csv", passing_run()},
                                                       {"mixed.csv", mixed_run()},
                                                       {"hostile.csv", hostile_run()},
                                                       {"accuracy.csv", accuracy_run()}};
  for (const auto& [name, run] : runs) {
    const std::string csv = render_csv(run);
    EXPECT_EQ(csv, golden(name, csv));
    const Table table = table_of(csv);
    for (const auto& row : table) EXPECT_EQ(row.size(), table[0].size()) << name;
  }
}

TEST(Csv, HasALineForEveryCheckAndEveryError) {
  const Table table = table_of(render_csv(mixed_run()));
  ASSERT_EQ(table.size(), 1 + 4 + 2);
  EXPECT_EQ(cell(table, 1, "verdict"), "inconclusive");
  EXPECT_EQ(cell(table, 4, "verdict"), "fail");
  EXPECT_EQ(cell(table, 4, "analytic"), "-1.833692914431962");
  EXPECT_EQ(cell(table, 5, "verdict"), "error");
  EXPECT_EQ(cell(table, 5, "message"), "unknown function 'sigmod'");
}

TEST(Csv, HasALineForEveryAccuracyRow) {
  const Table table = table_of(render_csv(accuracy_run()));
  ASSERT_EQ(table.size(), 1 + 6);
  EXPECT_EQ(cell(table, 1, "p99"), "0.75");
  EXPECT_EQ(cell(table, 1, "correctly_rounded"), "190");
  EXPECT_EQ(cell(table, 4, "max"), "inf");
  EXPECT_EQ(cell(table, 4, "histogram"), "4 6 2 0 186");
  EXPECT_EQ(cell(table, 4, "worst_truth"), "-3.5e-09");
  EXPECT_EQ(cell(table, 4, "worst_point"), "17");
  EXPECT_EQ(cell(table, 4, "worst_condition"), "");
  EXPECT_EQ(cell(table, 4, "blame"), "(sqrt x) 4:21 0.91; div backward 0.09");
  EXPECT_EQ(cell(table, 4, "predicted"), "812.5");
  EXPECT_EQ(cell(table, 1, "predicted"), "");
  EXPECT_EQ(cell(table, 6, "dtype"), "f32");
}

TEST(Csv, CountsEveryKindOfLostEntry) {
  reports::Run run = accuracy_run();
  AccuracyRow& row = run.files[0].accuracy[0];
  row.overflow = 3, row.underflow = 4, row.wrong_signs = 5, row.wrong_zeros = 6;
  const Table table = table_of(render_csv(run));
  EXPECT_EQ(cell(table, 1, "overflow"), "3");
  EXPECT_EQ(cell(table, 1, "underflow"), "4");
  EXPECT_EQ(cell(table, 1, "wrong_signs"), "5");
  EXPECT_EQ(cell(table, 1, "wrong_zeros"), "6");
  EXPECT_EQ(cell(table, 4, "value_overflow"), "2");
  EXPECT_EQ(cell(table, 4, "truth_bits"), "512");
  EXPECT_EQ(cell(table, 4, "ball_ulps"), "inf");
}

TEST(Csv, OfOperationsAloneHasALineForEachOfTheirRows) {
  reports::Run run = accuracy_run();
  run.files.clear();
  const Table table = table_of(render_csv(run));
  ASSERT_EQ(table.size(), 1 + 2);
  for (const auto& row : table) EXPECT_EQ(row.size(), table[0].size());
  EXPECT_EQ(cell(table, 1, "operation"), "tanh");
  EXPECT_EQ(cell(table, 1, "quantity"), "derivative by 1");
  EXPECT_EQ(cell(table, 1, "ulps_0"), "700");
  EXPECT_EQ(cell(table, 1, "more"), "1");
  EXPECT_EQ(cell(table, 1, "worst_operands"), "[-0x1.44p+4]");
  EXPECT_EQ(cell(table, 1, "naive"), "9000000000000000");
  EXPECT_EQ(cell(table, 1, "naive_formula"), "1 - tanh(x) ** 2");
  EXPECT_EQ(cell(table, 2, "naive"), "");
  EXPECT_EQ(cell(table, 2, "ulps_1"), "0");
  EXPECT_EQ(cell(table, 2, "max"), "0.5");
}

TEST(Csv, TellsAnAccuracyRunsErrors) {
  reports::Run run = accuracy_run();
  run.files.push_back(mixed_run().files[3]);
  const Table table = table_of(render_csv(run));
  ASSERT_EQ(table.size(), 1 + 6 + 2);
  EXPECT_EQ(cell(table, 7, "reason"), "unknown function 'sigmod'");
  EXPECT_EQ(cell(table, 7, "verdict"), "error");
}

TEST(Csv, HasInputsThatReadBackTheSame) {
  reports::Run run = mixed_run();
  run.files[2].checks[1].worst->inputs = {{"x", {{}, {0.1}}}};
  const std::string input = cell(table_of(render_csv(run)), 4, "worst_inputs");
  ASSERT_EQ(input.substr(0, 2), "x=");
  EXPECT_EQ(std::strtod(input.c_str() + 2, nullptr), 0.1);
  EXPECT_THAT(input, HasSubstr("0x1.99999999999"));
}

TEST(Csv, HasNoTextThatIsAFormula) {
  for (const char* text : {"=1+1", "+1", "-1", "@SUM(A1)", "＝1"}) {
    reports::Run run = passing_run();
    run.files[0].path = run.files[0].checks[0].wrt[0] = text;
    const Table table = table_of(render_csv(run));
    EXPECT_EQ(cell(table, 1, "path"), std::string("'") + text);
    EXPECT_EQ(cell(table, 1, "wrt"), std::string("'") + text + " b");
  }
  EXPECT_EQ(cell(table_of(render_csv(mixed_run())), 4, "reference"), "-0.540287157577827");
}

TEST(Csv, HoldsNoControlCharacters) {
  const std::string csv = render_csv(hostile_run());
  EXPECT_THAT(csv, Not(HasSubstr("\x1b")));
  EXPECT_THAT(csv, Not(HasSubstr("\x7f")));
  EXPECT_EQ(table_of(csv).size(), 2);
}

TEST(Csv, OfASavedRunIsTheSame) {
  for (const reports::Run& run : {passing_run(), mixed_run(), hostile_run(), accuracy_run()})
    EXPECT_EQ(render_csv(run_from_json(to_json(run))), render_csv(run));
}

}  // namespace
}  // namespace verigrad::reports
