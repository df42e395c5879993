#include "tests/reports/html_samples.hpp"

#include <cmath>
#include <limits>

#include "reports/html_pictures.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double golden_ratio = 0.6180339887498949;

// A sequence in [0, 1) that looks random and is the same everywhere (Weyl's).
double spread(int i) { return std::fmod(i * golden_ratio, 1.0); }

UlpStatistics statistics(std::vector<std::int64_t> histogram, double median, double max) {
  UlpStatistics ulps;
  for (std::size_t i = 0; i < histogram.size(); ++i) {
    ulps.n += histogram[i];
    if (i <= 1) ulps.within_1 += histogram[i];
    if (i <= 3) ulps.within_4 += histogram[i];
  }
  ulps.correctly_rounded = histogram.at(0);
  ulps.median = median;
  ulps.p90 = max / 8;
  ulps.p99 = max / 2;
  ulps.max = max;
  ulps.mean_bits = 1.25;
  ulps.histogram = std::move(histogram);
  return ulps;
}

AccuracyRow row(std::int64_t line, const std::string& wrt, AccuracyVerdict verdict) {
  AccuracyRow result;
  result.id = "examples/softplus.grad:" + std::to_string(line);
  result.line = line;
  result.column = 1;
  result.output = "loss";
  result.wrt = wrt;
  result.dtype = "f64";
  result.points = 256;
  result.verdict = verdict;
  result.repro =
      "gradcheck accuracy examples/softplus.grad --repro " + std::to_string(line) + ":k17:42";
  return result;
}

// Errors that grow as condition numbers do, on both sides of 0.
std::vector<AccuracySample> conditioned_samples(double excess) {
  std::vector<AccuracySample> samples;
  for (int i = 0; i < 240; ++i) {
    const double size = std::pow(10.0, -4 + 7 * spread(i));
    const double condition = 1 + size, noise = spread(i * i % 1009);
    samples.push_back({i % 3 == 0 ? -size : size, excess * condition * noise * noise, condition});
  }
  return samples;
}

StepCurve step_curve() {
  StepCurve curve{"x", {}, 2.5, 3e-16, {}};
  for (int i = 1; i < 60; ++i) {
    const double h = std::pow(10.0, -i * 0.2);
    curve.errors.push_back({h, curve.truncation * h * h + curve.roundoff / h * spread(i)});
  }
  curve.errors.push_back({1e-3, 0});  // met by chance
  curve.chosen = {{"central, h = ∛u", 6e-6, 1.2e-10},
                  {"Ridders", 3.1e-3, 4e-13},
                  {"complex step", 1e-9, 8e-8},
                  {"adaptive", 5e-6, 1e-10}};
  return curve;
}

BlameGraph softplus_graph() {
  return {{{"", "x", 1, 7, 0, 0},
           {"", "w", 2, 7, 0, 0},
           {"MulBackward0", "w * x", 4, 5, 0.04, 0.02},
           {"ExpBackward0", "exp(z)", 5, 12, 0.11, 0},
           {"AddBackward0", "1 + exp(z)", 5, 8, 0.62, 0.01},
           {"LogBackward0", "log(1 + exp(z))", 5, 4, 0, 0.2},
           {"SubBackward0", "log(1 + exp(z)) - z", 6, 8, 0, 0},
           {"SumBackward0", "sum(log(1 + exp(z)) - z)", 6, 4, 0, 0}},
          {{0, 2}, {1, 2}, {2, 3}, {3, 4}, {4, 5}, {5, 6}, {2, 6}, {6, 7}}};
}

AccuracyRow unstable_row() {
  AccuracyRow result = row(6, "x", AccuracyVerdict::unstable);
  result.ulps = statistics({41, 62, 48, 33, 27, 19, 11, 8, 4, 2, 1}, 1.8, 913);
  result.rejected = 3;
  result.condition_median = 1.4;
  result.condition_max = 1e6;
  result.instability = 211;
  result.reason = "errors of up to 211 times what a rounding of x causes";
  result.worst = WorstPoint{{3},
                            17,
                            PointOrigin::search,
                            {{"x", {-0.0, 36.7, -41.25, 0.1}}, {"w", {1}}},
                            1.1102e-16,
                            1.1369e-16,
                            913,
                            4.2};
  const std::string line = "s= log(1 + exp(z))";
  result.blame = {{"1 + exp(z)", false, 0.62, 5, 8, 10, "", line},
                  {"log(1 + exp(z))", true, 0.2, 5, 4, 15, "", line},
                  {"exp(z)", false, 0.11, 5, 12, 6, "lib/<z>.grad", line},
                  {"mul", false, 0.04, 4, 5},
                  {"mul", true, 0.02, 4, 5},
                  {"add", true, 0.01, 0, 0}};
  result.predicted = 1204;
  result.samples = conditioned_samples(1.1);
  result.curve = step_curve();
  result.value_overflow = 7;
  result.truth_bits = 256;
  result.ball_ulps = 1250;
  result.balls = {{24, infinity}, {32, 2.6e9},    {53, 1250},    {64, 0.61},
                  {96, 1.4e-10},  {128, 3.3e-20}, {256, 9.7e-59}};
  result.graph = softplus_graph();
  return result;
}

AccuracyRow overflowing_row() {
  AccuracyRow result = row(7, "w", AccuracyVerdict::wrong);
  result.name = "Kahan's <example>";
  result.ulps = statistics({5, 0, 1}, 0.4, infinity);
  result.overflow = 2;
  result.underflow = 1;
  result.wrong_signs = 4;
  result.reason = "the rule disagrees with the proven derivative at 2 points";
  for (double x : {0.0, 1e-310, 2.5, infinity}) result.samples.push_back({x, 2 * x, {}});
  result.samples.push_back({-3, std::numeric_limits<double>::quiet_NaN(), {}});
  result.graph.emplace();
  result.graph->nodes.resize(most_drawn_nodes + 1);
  return result;
}

AccuracyRow accurate_row(std::int64_t line, AccuracyVerdict verdict) {
  AccuracyRow result = row(line, "b", verdict);
  result.ulps = statistics({230, 22, 4}, 0.21, 1.6);
  result.condition_median = 1;
  result.condition_max = 40;
  result.instability = 1.1;
  result.samples = conditioned_samples(0.04);
  return result;
}

}  // namespace

Run pictured_run() {
  using enum AccuracyVerdict;
  Run run = passing_run();
  run.command = "gradcheck accuracy examples/softplus.grad --ops";
  FileResult file{"examples/softplus.grad", {}, {}};
  file.accuracy = {accurate_row(5, ok),         unstable_row(),
                   overflowing_row(),           accurate_row(8, ill_conditioned),
                   accurate_row(9, non_smooth), accurate_row(10, undecided)};
  run.files = {file};
  run.summary = {};
  run.accuracy.emplace();
  run.accuracy->operations = {{"tanh",
                               "value",
                               "typical",
                               "f64",
                               4000,
                               {3710, 290},
                               0.97,
                               {0.5493061443340549},
                               2.25e7,
                               "(exp(x) - exp(-x)) / (exp(x) + exp(-x))"},
                              {"pow",
                               "derivative by 2",
                               "x > 1e300",
                               "f32",
                               900,
                               {700, 150, 40, 10},
                               5.5,
                               {1e38, 0.75},
                               {},
                               {}}};
  run.accuracy->methods = {{"central",
                            512,
                            2,
                            1e-10,
                            3e-7,
                            0.5,
                            {},
                            0,
                            0,
                            {{1, 0}, {0.1, 0.25}, {1e-3, 0.5}, {1e-6, 1}}},
                           {"adaptive",
                            512,
                            11.25,
                            2e-12,
                            4e-10,
                            1e-8,
                            0.99609375,
                            0.00390625,
                            0.125,
                            {{1e-6, 0.0625}}}};
  run.accuracy->notes = {"2 tests have no derivative", "1 function of int operands"};
  return run;
}

Run large_run(std::size_t n) {
  Run run = passing_run();
  const CheckResult passing = run.files[0].checks[0];
  const Run mixed = mixed_run();
  CheckResult failing;
  for (const FileResult& file : mixed.files)
    for (const CheckResult& check : file.checks)
      if (check.verdict == Verdict::fail) failing = check;
  run.files.clear();
  for (std::size_t i = 0; i < n; ++i) {
    if (i % 100 == 0)
      run.files.push_back({"derivatives/file_" + std::to_string(i / 100) + ".grad", {}, {}});
    CheckResult check = i % 10 == 3 ? failing : passing;
    check.line = static_cast<std::int64_t>(i % 100) + 1;
    check.id = run.files.back().path + ":" + std::to_string(check.line);
    run.files.back().checks.push_back(std::move(check));
  }
  run.summary = summarize(run.files);
  return run;
}

}  // namespace verigrad::reports
