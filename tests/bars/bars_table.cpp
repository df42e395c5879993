// usage: bars_table POINTS FILE.fpcore…
// Writes docs/bars.md to standard output, and every derivative that is not covered to standard
// error: scripts/bars-page.
#include <fmt/core.h>

#include <cstdlib>
#include <exception>

#include "runner/fpcore_input.hpp"
#include "tests/bars/survey.hpp"

namespace verigrad::bars {
namespace {

constexpr const char* introduction =
    R"(# Do the error bars cover the error?

The checks of C++ functions ([cpp.md](cpp.md)) compare with numeric derivatives whose error bars are meant as bounds. Here
they are measured: {} functions of FPBench (github.com/FPBench/FPBench; {} cores with loops, arrays, branches or no input
are left out) as black boxes, each at {} points of a draw, beside the derivatives that ball arithmetic proves. *Covered*: the
true derivative of the exact function lies within the bar. *Inconclusive*: the bar is too wide to let the right derivative
pass, e = 1e-4 of its size in double and 2^-4 in float. *Hidden*: inconclusive for every method, since f and f + e f' (t - x)
round to the same values wherever the input's domain lets it go; an input whose domain is one number is among these.
Unbounded functions have an input without a finite domain.

In float an input that moves a large value little drowns in that value's rounding. Where differences leave it open,
polynomials are fitted to some hundred values out to the ends of the domain, which average rounding out
(`gradcheck/slope_fit.hpp`). Where values lie on few levels or do not change at all, the bar has room for what rounding may
have swallowed. That a function hides more is not seen: (x + 1)^(1/n) - x^(1/n) is exactly 0 in float at x = 5.6e7, n = 0.68,
where its slopes are 4e-5 and -2e5, and functions whose values are nothing but rounding may move in any way. Other draws vary
these shares: of 200 points instead of 20, 1.4 % (uniform) and 2.2 % (log-uniform) of the float derivatives of bounded functions
are inconclusive, 0.5 % and 1.1 % hidden, and 99.96 % and 99.998 % covered.

Written by `scripts/bars-page FOLDER`, with the folder of FPBench's files.

)";

std::vector<Function> functions_of(const std::string& path, int& skipped) {
  std::vector<Function> functions;
  for (const runner::Input& input : runner::inputs_of_fpcore({.path = path, .text = {}})) {
    try {
      functions.emplace_back(fmt::format("{} {}", path, functions.size() + 1), path,
                             input.text.value_or(""));
    } catch (const std::exception&) {
      ++skipped;  // loops, arrays, constants
    }
  }
  return functions;
}

void print_row(const std::string& kind, DType dtype, Draw draw, const Tally& tally) {
  const auto percent = [&](std::int64_t count) {
    return 100 * static_cast<double>(count) /
           static_cast<double>(std::max<std::int64_t>(1, tally.entries));
  };
  fmt::print("| {} | {} | {} | {} | {:.3f} % | {:.2f} % | {:.2f} % |\n", kind,
             dtype == DType::f64 ? "double" : "float",
             draw == Draw::uniform ? "uniform" : "log-uniform", tally.entries,
             100 - percent(tally.uncovered), percent(tally.inconclusive), percent(tally.hidden));
}

void print_misses(const Tally& tally) {
  for (const Case& miss : tally.missed) {
    fmt::print(stderr, "{} by input {} at", miss.function, miss.input);
    for (const auto& entry : miss.point) fmt::print(stderr, " {:.17g}", entry[0]);
    fmt::print(stderr, ": {:.17g} ± {:.2g}, true {:.17g}\n", miss.estimate, miss.bar, miss.truth);
  }
}

void survey_all(const std::vector<Function>& functions, int points) {
  fmt::print(
      "| functions | precision | points | derivatives | covered | inconclusive | hidden |\n"
      "|---|---|---|---|---|---|---|\n");
  Tally misses;
  for (const bool bounded : {true, false})
    for (const DType dtype : {DType::f64, DType::f32})
      for (const Draw draw : {Draw::uniform, Draw::log_uniform}) {
        Tally tally;
        for (const Function& function : functions)
          if (function.bounded() == bounded) tally.add(function.survey(dtype, draw, points, 42));
        print_row(bounded ? "bounded" : "unbounded", dtype, draw, tally);
        misses.add(tally);
      }
  print_misses(misses);
}

}  // namespace
}  // namespace verigrad::bars

int main(int count, char** arguments) {
  if (count < 3) {
    fmt::print(stderr, "usage: bars_table POINTS FILE.fpcore…\n");
    return 2;
  }
  std::vector<verigrad::bars::Function> functions;
  int skipped = 0;
  for (int i = 2; i < count; ++i)
    for (verigrad::bars::Function& function : verigrad::bars::functions_of(arguments[i], skipped))
      functions.push_back(std::move(function));
  fmt::print(verigrad::bars::introduction, functions.size(), skipped, std::atoi(arguments[1]));
  verigrad::bars::survey_all(functions, std::atoi(arguments[1]));
}
