// Every code has a bad example that triggers it, and no result names a code that has no row.
#include <fmt/format.h>

#include "engine/functions.hpp"
#include "expressions/codes.hpp"
#include "properties/session.hpp"
#include "runner/accuracy.hpp"
#include "runner/codes.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

std::vector<expressions::CodeInfo> table() {
  std::vector<expressions::CodeInfo> rows;
  for (const auto& row : expressions::all_codes()) rows.push_back(row);
  for (const auto& row : all_codes()) rows.push_back(row);
  return rows;
}

std::set<std::string> listed() {
  std::set<std::string> codes;
  for (const auto& row : table()) codes.emplace(row.code);
  return codes;
}

reports::Run run_with_a_wrong_rule() {
  Operation wrong = *find_operation("sin");
  wrong.f64.vjp = [](const Saved<double>& saved, const Tensor<double>& g, std::size_t) {
    return g * sin(saved.operand(0));
  };
  const OperationTable faulty = operation_table().replace("sin", wrong);
  const Input input{"t.grad", "input x in [1, 2]\ny = sin(x)\n"};
  Options options;
  options.overrides.operations = &faulty;
  return measure_accuracy(std::span(&input, 1), options);
}

reports::Run run_with_a_grown_error() {
  const TemporaryDirectory directory;
  Options options;
  options.corpus = directory.write("t.grad.txt", "f64 y/x 0 0x1.8p+0\n").parent_path().string();
  const Input input{"t.grad", "input x in [1, 2]\ny = x ** 3 * exp(x)\n"};
  return measure_accuracy(std::span(&input, 1), options);
}

/// The codes that no short text alone can trigger, and how they are triggered.
reports::Run run_without_example(std::string_view code) {
  if (code == expressions::code::too_large)
    return check_text(std::string((std::size_t{16} << 20) + 1, '#'));
  if (code == expressions::code::override_) {
    Options options;
    options.overrides.set.emplace_back("z", "1");
    return check_text("input x\ny = x\n", options);
  }
  if (code == expressions::code::fpcore)
    return check_file(VERIGRAD_SOURCE_DIR "/tests/bad/E052_loop.grad");
  if (code == code::broken_law) {
    Operation wrong = *find_operation("sin");
    wrong.f64.vjp = find_operation("exp")->f64.vjp;
    const OperationTable faulty = operation_table().replace("sin", wrong);
    return properties::run_session({.fuzz = {.search = {.operations = &faulty}, .cases = 10000}})
        .run;
  }
  if (code == code::worsened) return run_with_a_grown_error();
  if (code == code::wrong_rule) return run_with_a_wrong_rule();
  ADD_FAILURE() << code << " has no bad example";
  return {};
}

/// An example is a .grad file, or an .fpcore file when it begins like one.
reports::Run run_example(const expressions::CodeInfo& row) {
  if (row.bad_example.empty()) return run_without_example(row.code);
  const bool fpcore = row.bad_example.starts_with("(FPCore");
  const Input input{fpcore ? "t.fpcore" : "t.grad", std::string(row.bad_example)};
  if (row.code.starts_with("accuracy-")) return measure_accuracy(std::span(&input, 1), {});
  return check(std::span(&input, 1), {});
}

TEST(Codes, EveryBadExampleComesBackWithItsCodeAndWithNoCodeThatHasNoRow) {
  const std::set<std::string> known = listed();
  for (const expressions::CodeInfo& row : table()) {
    const reports::Run run = run_example(row);
    EXPECT_TRUE(codes_of(run).contains(std::string(row.code))) << row.code << "\n" << shown(run);
    for (const std::string& code : codes_of(run)) EXPECT_TRUE(known.contains(code)) << code;
    if (row.code.starts_with("E")) expect_bad(run, std::string(row.code));
  }
}

TEST(Codes, AreUniqueSortedAndExplained) {
  std::string before;
  for (const expressions::CodeInfo& row : table()) {
    EXPECT_LT(before, row.code);
    EXPECT_FALSE(row.title.empty()) << row.code;
    EXPECT_GT(row.explanation.size(), 80u) << row.code;
    EXPECT_EQ(find_any_code(row.code)->code, row.code);
    before = row.code;
  }
  EXPECT_EQ(find_any_code("g101")->code, "G101");
  EXPECT_EQ(find_any_code("e010")->code, "E010");
  EXPECT_EQ(find_any_code("Accuracy-Unstable")->code, "accuracy-unstable");
  EXPECT_EQ(find_any_code("G999"), nullptr);
  EXPECT_EQ(find_any_code(""), nullptr);
}

TEST(Codes, EveryVerdictOfAccuracyButOkIsExplained) {
  using reports::AccuracyVerdict;
  for (const auto verdict :
       {AccuracyVerdict::ill_conditioned, AccuracyVerdict::unstable, AccuracyVerdict::wrong,
        AccuracyVerdict::non_smooth, AccuracyVerdict::undecided})
    EXPECT_NE(find_any_code(fmt::format("accuracy-{}", reports::to_string(verdict))), nullptr)
        << reports::to_string(verdict);
}

TEST(Codes, EveryRowOfTheLanguageHasABadFile) {
  std::set<std::string> triggered{expressions::code::too_large, expressions::code::override_};
  for (const char* directory : {"", "/syntax"})
    for (const auto& path : bad_files(directory)) triggered.merge(codes_of(check_file(path)));
  for (const auto& row : expressions::all_codes())
    EXPECT_TRUE(triggered.contains(std::string(row.code))) << row.code;
  const std::set<std::string> known = listed();
  for (const std::string& code : triggered) EXPECT_TRUE(known.contains(code)) << code;
}

TEST(Codes, NoResultOfTheBrokenExamplesNamesACodeWithoutARow) {
  const std::set<std::string> known = listed();
  for (const char* path :
       {"/examples/broken/wrong_claim.grad", "/examples/broken/shapes.grad",
        "/examples/broken/failing_test.grad", "/examples/broken/transposed.grad"}) {
    const std::set<std::string> seen =
        codes_of(check_file(std::string(VERIGRAD_SOURCE_DIR) + path));
    EXPECT_FALSE(seen.empty()) << path;
    for (const std::string& code : seen) EXPECT_TRUE(known.contains(code)) << code;
  }
}

}  // namespace
}  // namespace verigrad::runner
