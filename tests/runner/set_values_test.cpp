// Values of --set against the domains that files declare.
#include "runner/set_values.hpp"

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Values = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> notes_of(const std::string& text, const Values& set) {
  const Input input{"t.grad", text};
  Options options;
  options.overrides.set = set;
  return values_outside_of_domains({&input, 1}, options);
}

TEST(SetValues, OutsideOfADomainAreNamed) {
  const std::string text = "input x in [0.99, 1.01]\ninput v : [3] in (0, 1]\ny = x * sum(v)\n";
  EXPECT_THAT(notes_of(text, {{"x", "5"}}),
              ElementsAre("t.grad: x = 5 lies outside of its domain [0.99, 1.01]"));
  EXPECT_THAT(notes_of(text, {{"v", "[1, 0, 2]"}}),
              ElementsAre("t.grad: v[1] = 0 lies outside of its domain (0, 1]"));
  EXPECT_THAT(notes_of(text, {{"v", "-1 / 2"}, {"x", "0"}}).size(), 2U);
}

TEST(SetValues, InsideOfADomainAreNot) {
  const std::string text = "dtype f32\ninput x in [0.05, 0.1]\ninput w\ny = x * w\n";
  EXPECT_THAT(notes_of(text, {}), IsEmpty());
  EXPECT_THAT(notes_of(text, {{"w", "-1e30"}}), IsEmpty()) << "no domain is declared";
  EXPECT_THAT(notes_of(text, {{"x", "0.1"}}), IsEmpty()) << "greater than 0.1 as a float";
}

TEST(SetValues, OfFilesWithErrorsAreNotLookedAt) {
  EXPECT_THAT(notes_of("input x in [1, 2]\ny = sni(x)\n", {{"x", "5"}}), IsEmpty());
  EXPECT_THAT(notes_of("input x in [1, 2]\ny = x\n", {{"z", "5"}}), IsEmpty());
}

TEST(SetValues, OfACoreAreNamedWithItsLine) {
  const TemporaryDirectory directory;
  const std::string path =
      directory.write("t.fpcore", "(FPCore a (t) t)\n(FPCore b (x)\n  :pre (<= 1 x 2) (log x))\n");
  const Input input{path, {}};
  Options options;
  options.overrides.set = {{"x", "3"}};
  EXPECT_THAT(values_outside_of_domains({&input, 1}, options),
              ElementsAre(path + ":2: x = 3 lies outside of its domain [1, 2]"));
}

}  // namespace
}  // namespace verigrad::runner
