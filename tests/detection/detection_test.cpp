// What docs/detection.md says of Verigrad, on a smaller sample.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/detection/checker.hpp"
#include "tests/detection/survey.hpp"

namespace verigrad::detection {
namespace {

constexpr std::size_t proof = 0, differences = 1;

std::size_t count(const Line& line, std::size_t method, Answer answer) {
  return line.methods[method][static_cast<std::size_t>(answer)];
}

const Line& named(const std::vector<Line>& lines, std::string_view name) {
  return *std::ranges::find(lines, name, &Line::name);
}

class Detection : public testing::TestWithParam<DType> {};

TEST_P(Detection, NoRightGradientFails) {
  const Survey found = survey(GetParam(), 2, 7);
  ASSERT_GT(found.points, 200U);
  EXPECT_EQ(found.not_proven, 0U);
  EXPECT_EQ(found.not_normal, 0U);
  for (const std::size_t method : {proof, differences})
    for (const Line& line : {found.rounded, found.engine})
      EXPECT_EQ(count(line, method, Answer::rejected), 0U) << line.name << " " << method;
  EXPECT_EQ(count(found.rounded, proof, Answer::accepted), found.points);
  EXPECT_EQ(count(found.rounded, differences, Answer::inaccurate), 0U);
}

TEST_P(Detection, ProofFindsEveryErrorAboveTheRoundingOfNumbers) {
  const Survey found = survey(GetParam(), 2, 8);
  for (const Line& line : found.wrong_of_exact) {
    // 1e-7 is less than the 2u = 1.2e-7 that a claim in float32 may be off.
    if (GetParam() == DType::f32 && line.name == "1e-7") continue;
    EXPECT_GT(line.gradients, 50U) << line.name;
    EXPECT_EQ(count(line, proof, Answer::rejected), line.gradients) << line.name;
  }
  // Where decimals are rounded, errors far above what that does to these gradients.
  const auto large = GetParam() == DType::f64 ? std::vector{"1e-1", "1e-3", "1e-6", "1e-9", "1e-10"}
                                              : std::vector{"x 2", "x -1", "one entry 0", "1e-1"};
  for (const std::string_view name : large) {
    const Line& line = named(found.wrong, name);
    EXPECT_EQ(count(line, proof, Answer::rejected), line.gradients) << name;
  }
}

TEST_P(Detection, DifferencesAcceptNoLargeError) {
  const Survey found = survey(GetParam(), 2, 9);
  for (const std::string_view name : {"x 2", "x -1", "one entry 0", "1e-1", "1e-2", "1e-3"})
    EXPECT_EQ(count(named(found.wrong, name), differences, Answer::accepted), 0U) << name;
}

INSTANTIATE_TEST_SUITE_P(Precisions, Detection, testing::Values(DType::f64, DType::f32),
                         [](const auto& precision) {
                           return precision.param == DType::f64 ? "float64" : "float32";
                         });

TEST(DetectionSurvey, DependsOnTheSeedAlone) {
  EXPECT_EQ(survey(DType::f64, 1, 3), survey(DType::f64, 1, 3));
  EXPECT_NE(survey(DType::f64, 1, 3), survey(DType::f64, 1, 4));
}

TEST(DetectionZoo, ProofFindsEveryBugAndRejectsNothingRight) {
  const std::vector<ZooClaim> claims = survey_zoo(11);
  EXPECT_EQ(std::ranges::count_if(claims, &ZooClaim::is_bug), 22);
  EXPECT_GE(std::ranges::count_if(claims, &ZooClaim::is_hard), 10);
  for (const ZooClaim& claim : claims) {
    const auto by_proof = static_cast<Answer>(claim.answers[proof]);
    if (claim.is_bug) {
      EXPECT_GE(by_proof, Answer::inaccurate) << claim.file;
    } else {
      EXPECT_EQ(by_proof, Answer::accepted) << claim.file;
      EXPECT_LE(static_cast<Answer>(claim.answers[differences]), Answer::undecided) << claim.file;
    }
  }
}

TEST(DetectionPage, HasARowForEachErrorAndACellForEachMethod) {
  const Survey in_double = survey(DType::f64, 1, 3), in_float = survey(DType::f32, 1, 3);
  const std::string page = detection_page(in_double, in_float, survey_zoo(3), 1, 3);
  EXPECT_THAT(page, testing::HasSubstr(std::to_string(in_double.points) + " gradients with " +
                                       std::to_string(in_double.partials)));
  for (const Line& line : in_double.wrong) {
    const std::size_t row = page.find("| " + line.name + " | " + std::to_string(line.gradients));
    ASSERT_NE(row, std::string::npos) << line.name;
    const std::string text = page.substr(row, page.find('\n', row) - row);
    EXPECT_EQ(std::ranges::count(text, '|'), 3 + 1 + static_cast<int>(methods().size())) << text;
  }
}

}  // namespace
}  // namespace verigrad::detection
