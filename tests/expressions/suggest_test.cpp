#include "expressions/suggest.hpp"

namespace verigrad::expressions {
namespace {

TEST(Suggest, FindsTheNearestName) {
  const std::vector<std::string_view> names = {"sigmoid", "softplus", "sin", "sinh", "mean", "max"};
  EXPECT_EQ(did_you_mean("sigmod", names), "sigmoid");
  EXPECT_EQ(did_you_mean("Sigmoid", names), "sigmoid");
  EXPECT_EQ(did_you_mean("sgimoid", names), "sigmoid");
  EXPECT_EQ(did_you_mean("sni", names), "sin");
  EXPECT_EQ(did_you_mean("zzzzzz", names), "");
  EXPECT_EQ(did_you_mean("", names), "");
  EXPECT_EQ(did_you_mean("q", {"x", "y"}), "");
  EXPECT_EQ(did_you_mean("X", {"x", "y"}), "x");
}

TEST(Suggest, CountsEditsByHalves) {
  EXPECT_EQ(half_edits("abc", "abc", 10), 0u);
  EXPECT_EQ(half_edits("abc", "aBc", 10), 1u);
  EXPECT_EQ(half_edits("abc", "acb", 10), 2u);
  EXPECT_EQ(half_edits("abc", "ab", 10), 2u);
  EXPECT_GT(half_edits("abc", "wxyz", 3), 3u);
  EXPECT_GT(half_edits(std::string(100000, 'a'), std::string(100000, 'b'), 300000), 300000u);
}

}  // namespace
}  // namespace verigrad::expressions
