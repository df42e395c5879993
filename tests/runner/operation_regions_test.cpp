// Where operations are surveyed, and how errors are counted.
#include "runner/operation_regions.hpp"

#include <algorithm>
#include <bit>
#include <cfloat>
#include <cmath>

#include "runner/ordinals.hpp"
#include "runner/ulp_error.hpp"
#include "runner/ulp_tally.hpp"
#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

using testing::StartsWith;

std::vector<Region> regions_of(const std::string& name, DType dtype, std::int64_t samples = 100) {
  const OperationTable& table = OperationTable::standard();
  return survey_regions(survey_forms(*table.find(name), table).at(0), dtype, {42, samples});
}

/// The numbers of the region with that name; a test failure when there is none.
std::vector<double> numbers(const std::vector<Region>& regions, const std::string& name) {
  std::vector<double> result;
  for (const Region& region : regions)
    if (region.name == name)
      for (const FlatPoint& point : region.points) result.push_back(point.at(0));
  EXPECT_FALSE(result.empty()) << "no region " << name;
  return result;
}

std::vector<std::string> names(const std::vector<Region>& regions) {
  std::vector<std::string> result;
  for (const Region& region : regions) result.push_back(region.name);
  return result;
}

TEST(OperationRegions, AreTailsThatTheTableNames) {
  EXPECT_THAT(names(regions_of("sigmoid", DType::f64)),
              testing::ElementsAre("typical", "near 0", "near 40", "near -40", "near 710",
                                   "near -750", "input > 20", "input < -20", "abs(input) > 4096"));
  EXPECT_THAT(names(regions_of("atanh", DType::f64)),
              testing::ElementsAre("typical", "near 0", "next to -1", "next to 1"));
  EXPECT_THAT(names(regions_of("hypot", DType::f64)),
              testing::ElementsAre("typical", "near special points", "all magnitudes",
                                   "nearly equal operands"));
  EXPECT_THAT(names(regions_of("inverse", DType::f64)), testing::ElementsAre("typical"));
}

TEST(OperationRegions, HoldWhatTheirNamesSay) {
  const std::vector<Region> sigmoid = regions_of("sigmoid", DType::f64);
  for (const double x : numbers(sigmoid, "input > 20")) EXPECT_TRUE(x >= 20 && x <= 1420) << x;
  for (const double x : numbers(sigmoid, "input < -20")) EXPECT_TRUE(x <= -20 && x >= -1500) << x;
  for (const double x : numbers(sigmoid, "near 40")) EXPECT_LE(std::abs(x - 40), 10) << x;
  for (const double x : numbers(sigmoid, "abs(input) > 4096")) EXPECT_GE(std::abs(x), 4096) << x;
  const std::vector<double> tiny = numbers(sigmoid, "near 0");
  EXPECT_LE(std::abs(*std::ranges::max_element(tiny)), 0.125);
  EXPECT_GT(std::ranges::count_if(tiny, [](double x) { return x < 0; }), 20);
  EXPECT_GT(std::ranges::count_if(tiny, [](double x) { return std::abs(x) < DBL_MIN; }), 0);
  EXPECT_GT(std::ranges::count(tiny, 0), 0);
  EXPECT_GT(std::ranges::count_if(tiny, [](double x) { return std::abs(x) >= 0x1p-60; }), 30);
  for (const double x : numbers(regions_of("atanh", DType::f64), "next to 1"))
    EXPECT_TRUE(x < 1 && x >= 0.75) << x;
  const std::vector<double> kink = numbers(regions_of("hardswish", DType::f64), "near 3");
  EXPECT_GT(std::ranges::count_if(kink, [](double x) { return x > 3; }), 20);
  EXPECT_GT(std::ranges::count_if(kink, [](double x) { return x < 3; }), 20);
}

/// Counts floats in their order, as IEEE 754's bits have it.
std::int64_t place(double x) {
  const auto bits = std::bit_cast<std::int32_t>(static_cast<float>(std::abs(x)));
  return x < 0 ? -std::int64_t{bits} : std::int64_t{bits};
}

void expect_stride(const std::string& operation, double first, double last) {
  const std::int64_t samples = 50;
  const std::vector<Region> regions = regions_of(operation, DType::f32, samples);
  const Region& region = regions.back();
  ASSERT_THAT(region.name, StartsWith("every "));
  const std::int64_t stride = std::stoll(region.name.substr(6));
  EXPECT_GE(std::ssize(region.points), 8 * samples) << operation;
  EXPECT_LE(std::ssize(region.points), 8 * samples + 2) << operation;
  EXPECT_EQ(region.points.front().at(0), first) << operation;
  for (std::size_t i = 1; i < region.points.size(); ++i)
    ASSERT_EQ(place(region.points[i].at(0)) - place(region.points[i - 1].at(0)), stride);
  EXPECT_GT(place(region.points.back().at(0)) + stride, place(last)) << operation;
  EXPECT_LE(region.points.back().at(0), last) << operation;
}

TEST(OperationRegions, StrideThroughAllFloatsOfTheDomain) {
  expect_stride("sigmoid", -FLT_MAX, FLT_MAX);
  expect_stride("log", 0x1p-149, FLT_MAX);
  expect_stride("acosh", 1, FLT_MAX);
  expect_stride("atanh", std::nextafter(-1.0F, 0.0F), std::nextafter(1.0F, 0.0F));
}

// Equal cotangents would hide the slopes of softmax, which add up to 0.
TEST(Cotangents, AreExactAndOfEitherSign) {
  EXPECT_EQ(cotangent(1), std::vector<double>{1});
  for (std::size_t n = 2; n < 12; ++n) {
    const std::vector<double> v = cotangent(n);
    ASSERT_EQ(v.size(), n);
    EXPECT_LT(*std::ranges::min_element(v), 0);
    EXPECT_GT(*std::ranges::max_element(v), 0);
    for (const double x : v) EXPECT_EQ(std::fmod(x, 0.25), 0);
  }
}

TEST(Ordinals, CountNeighbours) {
  const double edges[] = {0,       1,       -1,       0x1p-1022, -0x1p-1074,
                          DBL_MAX, 0x1p100, -0x1p-30, 3.5,       std::nextafter(2.0, 0.0)};
  for (const double x : edges) {
    EXPECT_EQ(number_at(DType::f64, ordinal_of(DType::f64, x)), x);
    EXPECT_EQ(number_at(DType::f64, ordinal_of(DType::f64, x) + 1), std::nextafter(x, INFINITY));
    EXPECT_EQ(number_at(DType::f64, ordinal_of(DType::f64, x) - 1), std::nextafter(x, -INFINITY));
    const auto single = static_cast<float>(x);
    if (std::isfinite(single)) {
      EXPECT_EQ(number_at(DType::f32, ordinal_of(DType::f32, single) + 1),
                std::nextafter(single, INFINITY));
    }
  }
  EXPECT_EQ(ordinal_of(DType::f64, -0.0), 0);
  EXPECT_EQ(number_at(DType::f32, std::int64_t{1} << 40), INFINITY);
}

proof::Ball ball(double high, double low = 0) {
  const proof::Precision precision(4096);
  return proof::Ball(high) + proof::Ball(low);
}

TEST(UlpTally, CountsWholeUlps) {
  const auto add = [](UlpTally& tally, double ulps) {
    return tally.add(1 + ulps * 0x1p-52, {Unknown::none, proof::Ball(1)}, DType::f64);
  };
  UlpTally tally;
  EXPECT_EQ(add(tally, 0), 0);
  for (const double ulps : {1, 2, 2, 3, 4, 100}) EXPECT_EQ(add(tally, ulps), ulps);
  EXPECT_EQ(tally.add(NAN, {Unknown::none, proof::Ball(1)}, DType::f64), INFINITY);
  EXPECT_EQ(tally.counts, (std::array<std::int64_t, 5>{1, 1, 2, 1, 3}));
  // Halves belong to the lower count: a correctly rounded result is within 1/2.
  for (const double half : {0x1p-54, 0x1p-53})
    tally.add(1, {Unknown::none, ball(1, half)}, DType::f64);
  tally.add(1, {Unknown::none, ball(1, 0x1.8p-53)}, DType::f64);
  EXPECT_EQ(tally.counts, (std::array<std::int64_t, 5>{3, 2, 2, 1, 3}));
  tally.add(1, {Unknown::no_slope}, DType::f64);
  tally.add(1, {Unknown::undecided}, DType::f64);
  tally.add(1, {Unknown::outside}, DType::f64);
  EXPECT_EQ(tally.compared(), 11);
  EXPECT_EQ(tally.no_slope, 1);
  EXPECT_EQ(tally.undecided, 1);
}

TEST(UlpTally, KeepsTheWorstPointsOnce) {
  UlpTally tally;
  for (const double ulps : {3.0, 1.0, 5.0, 0.0, 2.0, 4.0, 5.0}) tally.keep({ulps, {ulps}});
  std::vector<double> kept;
  for (const Judged& judged : tally.worst) kept.push_back(judged.ulps);
  EXPECT_EQ(kept, (std::vector<double>{5, 4, 3, 2}));
  EXPECT_EQ(tally.max(), 5);
}

// By the definition in reports/accuracy_model.hpp, worked out by hand.
TEST(UlpError, IsInUnitsOfTheRoundedTruth) {
  EXPECT_EQ(ulp_error(1, ball(1), DType::f64), 0);
  EXPECT_EQ(ulp_error(1, ball(1, 0x1p-54), DType::f64), 0.25);
  EXPECT_EQ(ulp_error(1, ball(1, 0x1p-53), DType::f64), 0.5);
  EXPECT_EQ(ulp_error(1, ball(1, 0x1p-23), DType::f32), 1);
  EXPECT_EQ(ulp_error(-3, ball(-3, 0x1p-51), DType::f64), 1);
  // Below 2, half as wide as above; what rounds to 2 has the unit of 2.
  EXPECT_EQ(ulp_error(2, ball(2, -0x1p-51), DType::f64), 2);
  EXPECT_EQ(ulp_error(2, ball(2, -0x1p-54), DType::f64), 0.125);
  EXPECT_EQ(ulp_error(0, ball(0), DType::f64), 0);
}

TEST(UlpError, AtTheEndsOfTheRange) {
  EXPECT_EQ(ulp_error(0, ball(0x1p-1074), DType::f64), 1);
  EXPECT_EQ(ulp_error(0x1p-1074, ball(0), DType::f64), 1);
  EXPECT_EQ(ulp_error(0, ball(0x1p-150), DType::f32), 0.5);
  EXPECT_EQ(ulp_error(0x1p-149, ball(0x1.8p-148), DType::f32), 2);
  EXPECT_EQ(ulp_error(INFINITY, ball(DBL_MAX, 0x1p970), DType::f64), 0);
  EXPECT_EQ(ulp_error(INFINITY, ball(0x1p128), DType::f32), 0);
  EXPECT_EQ(ulp_error(FLT_MAX, ball(0x1p128), DType::f32), 1);
  EXPECT_EQ(ulp_error(-INFINITY, ball(0x1p128), DType::f32), INFINITY);
  EXPECT_EQ(ulp_error(INFINITY, ball(FLT_MAX), DType::f32), INFINITY);
  EXPECT_EQ(ulp_error(NAN, ball(1), DType::f64), INFINITY);
  EXPECT_EQ(ulp_error(NAN, ball(0x1p128), DType::f32), INFINITY);
}

}  // namespace
}  // namespace verigrad::runner
