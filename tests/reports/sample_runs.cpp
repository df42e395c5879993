#include "tests/reports/sample_runs.hpp"

#include <limits>

namespace verigrad::reports {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

CheckResult result(const std::string& path, std::int64_t line, Kind kind, Verdict verdict) {
  CheckResult check;
  check.id = path + ":" + std::to_string(line);
  check.line = line;
  check.column = line > 0 ? 1 : 0;
  check.kind = kind;
  check.verdict = verdict;
  return check;
}

CheckResult derivative(const std::string& path, std::int64_t line, Kind kind, Verdict verdict,
                       std::vector<std::string> wrt, std::int64_t comparisons, double digits) {
  CheckResult check = result(path, line, kind, verdict);
  check.output = "loss";
  check.wrt = std::move(wrt);
  check.dtype = "f64";
  check.points = 20;
  check.comparisons = comparisons;
  check.method = "finite-difference";
  check.worst.emplace();
  check.worst->digits = digits;
  return check;
}

Run run_of(std::vector<FileResult> files) {
  Run run;
  run.version = "0.1.0";
  run.seed = 42;
  run.started = "2025-01-31T12:00:00Z";
  run.elapsed_s = 0.3125;
  run.command = "gradcheck check examples";
  run.environment = {{"compiler", "g++ 12.2.0"}, {"cpu", "x86-64"}};
  run.files = std::move(files);
  run.summary = summarize(run.files);
  run.exit_code = exit_code(run.files);
  return run;
}

CheckResult wrong_claim() {
  const std::string path = "examples/broken/wrong_claim.grad";
  CheckResult check = derivative(path, 5, Kind::grad, Verdict::fail, {"x"}, 80, 0);
  WorstEntry& worst = *check.worst;
  worst.index = {3};
  worst.point = 3;
  worst.inputs = {{"x", {{4}, {-1.25, 0.5, 2, 0.294644}}}, {"scale", {{}, {1}}}};
  worst.analytic = -1.833692914431962;
  worst.reference = -0.540287157577827;
  worst.error_bar = 3e-15;
  worst.absolute_error = 1.293405756854135;
  worst.relative_error = 2.3939229;
  worst.ulps = 1.1649895e16;
  check.diagnosis = {{"G101", "claimed gradient disagrees with the function"},
                     {"G112", "claimed / true = 1 / x at every entry: a factor x is missing"}};
  check.repro = "5:k3:42";
  Explanation& text = check.explanation;
  text.code = "G101";
  text.message = "claimed gradient disagrees with the function";
  text.line_text = "grad x = -2 * exp(-(x ** 2))";
  text.column = 10;
  text.length = 19;
  text.label = "entry [3] of 4 is off by a factor 3.39 at x[3] = 0.294644";
  text.facts = {{"claimed", "-1.833692914431962"},
                {"true", "-0.540287157577827  (± 3e-15)"},
                {"engine", "-0.540287157577828  agrees: the claim is at fault"},
                {"pattern", "claimed / true = 1 / x at every entry: a factor x is missing"},
                {"try", "grad x = -2 * x * exp(-(x ** 2))"},
                {"again", "gradcheck check examples/broken/wrong_claim.grad --repro 5:k3:42"}};
  return check;
}

CheckResult lost_digits() {
  CheckResult check =
      derivative("examples/digits.grad", 12, Kind::check, Verdict::inaccurate, {"x"}, 60, 2.37);
  check.worst->analytic = infinity;
  check.worst->reference = -infinity;
  check.worst->relative_error = nan;
  check.rejected = 4;
  check.diagnosis = {{"G201", "the engine's gradient has lost digits"}};
  Explanation& text = check.explanation;
  text.code = "G201";
  text.message = "the engine's gradient has lost digits";
  text.line_text = "check loss  # far out in the tail";
  text.length = 10;
  text.label = "2.3 of 16 digits are left";
  text.facts = {{"lost by", "exp(x) - 1"}};
  return check;
}

CheckResult implicit_and_undecided() {
  CheckResult check =
      derivative("examples/jump.grad", 0, Kind::check, Verdict::inconclusive, {"x"}, 40, 0);
  check.worst.reset();
  check.diagnosis = {{"G301", "the function jumps at the point"}};
  check.explanation.code = "G301";
  check.explanation.message = "the function jumps at the point";
  check.explanation.label = "floor(x) at x = 2";
  return check;
}

FileResult file_with_errors() {
  FileError unknown;
  unknown.code = "E012";
  unknown.line = 9;
  unknown.column = 8;
  unknown.message = "unknown function 'sigmod'";
  unknown.help = "did you mean 'sigmoid'?";
  unknown.line_text = "p    = sigmod(X @ w + b)";
  unknown.length = 6;
  FileError shapes;
  shapes.code = "E020";
  shapes.line = 10;
  shapes.column = 3;
  shapes.message = "cannot broadcast [3] with [4]";
  shapes.line_text = "q = a + b";
  shapes.facts = {{"a", "[3]  line 2"}, {"b", "[4]  line 3"}};
  return {"logistic.grad", {}, {unknown, shapes}};
}

AccuracyRow accuracy_row(const std::string& path, std::int64_t line, const std::string& wrt,
                         AccuracyVerdict verdict) {
  AccuracyRow row;
  row.id = path + ":" + std::to_string(line);
  row.line = line;
  row.column = 1;
  row.output = "f";
  row.wrt = wrt;
  row.dtype = "f64";
  row.points = 200;
  row.verdict = verdict;
  return row;
}

}  // namespace

Run passing_run() {
  const std::string logistic = "examples/logistic.grad";
  const std::string tests = "examples/accumulation.grad";
  FileResult first{logistic,
                   {derivative(logistic, 12, Kind::check, Verdict::pass, {"w", "b"}, 620, 9.87),
                    derivative(logistic, 13, Kind::grad, Verdict::pass, {"w"}, 420, 9.39),
                    derivative(logistic, 14, Kind::grad, Verdict::pass, {"b"}, 200, 10.2)},
                   {}};
  first.checks[0].rejected = 1;
  FileResult second{
      tests,
      {result(tests, 4, Kind::expect, Verdict::pass), result(tests, 6, Kind::test, Verdict::pass),
       result(tests, 12, Kind::test, Verdict::pass)},
      {}};
  second.checks[1].name = "backward adds into .grad";
  second.checks[2].name = "the printed form";
  second.checks[2].printed = {"tensor([[1., 2.],\n        [3., 4.]])", "tensor(14.)"};
  second.checks[2].warnings = {".grad of a tensor that is not a leaf"};
  return run_of({first, second});
}

Run mixed_run() {
  const std::string broken = "examples/broken/wrong_claim.grad";
  const std::string digits = "examples/digits.grad";
  FileResult failing{
      broken,
      {derivative(broken, 4, Kind::check, Verdict::pass, {"x"}, 80, 11.5), wrong_claim()},
      {}};
  FileResult inaccurate{digits, {lost_digits()}, {}};
  FileResult undecided{"examples/jump.grad", {implicit_and_undecided()}, {}};
  FileResult empty{"-", {}, {}};
  return run_of({undecided, inaccurate, failing, file_with_errors(), empty});
}

Run hostile_run() {
  const std::string path = "a \"b\" <script>alert('x')</script>\x1b[31m\n\xff naïve 梯度.grad";
  CheckResult check = result(path, 7, Kind::test, Verdict::fail);
  check.name = "\"quoted\" \\ back\tslash\r\n</script>\x7f \u202Egnorw";
  check.printed = {"\x1b]0;title\x07", "ünï\u0301cödé", ""};
  check.warnings = {"two\nlines"};
  check.repro = "7:k0:42";
  check.diagnosis = {{"G4\"1", "<b>&amp;\x01"}};
  check.explanation.line_text = "test \"\x1b[2J梯度\tx\":\x80";
  check.explanation.column = 10;
  check.explanation.length = 4;
  check.explanation.label = "here\x1b[0m\nand there";
  Run run = run_of({{path, {check}, {}}});
  run.command = "gradcheck check 'a \"b\"'";
  run.environment = {{"<k\"ey>", "\x02"}};
  return run;
}

Run accuracy_run() {
  const std::string tails = "examples/tails.grad";
  const std::string cores = "examples/hamming.fpcore";
  AccuracyRow fine = accuracy_row(tails, 7, "x", AccuracyVerdict::ok);
  fine.ulps = {200, 0.31, 0.48, 0.75, 0.97, 0.4, 190, 200, 200, {190, 10}};
  fine.condition_median = 1.5;
  fine.condition_max = 20;
  fine.instability = 0.8;
  fine.samples = {{0.5, 0.25, 1.5}, {-2, 0.97, std::nullopt}};
  AccuracyRow kinks = accuracy_row(tails, 9, "k", AccuracyVerdict::non_smooth);
  kinks.non_smooth = 200;
  kinks.reason = "200 of 200 points lie on a kink of relu";
  AccuracyRow unknown = accuracy_row(tails, 10, "u", AccuracyVerdict::undecided);
  unknown.ulps.n = 150;
  unknown.undecided = 50;
  unknown.reason = "50 of 200 truths are not known at 16384 bits";
  AccuracyRow unstable = accuracy_row(cores, 3, "x", AccuracyVerdict::unstable);
  unstable.name = "NMSE example 3.1 | `sqrt`";
  unstable.ulps = {198, 120, 2.5e5, infinity, infinity, 31.25, 4, 10, 12, {4, 6, 2, 0, 186}};
  unstable.points = 200;
  unstable.rejected = 3;
  unstable.value_overflow = 2;
  unstable.truth_bits = 512;
  unstable.ball_ulps = infinity;
  unstable.balls = {{24, infinity}, {53, infinity}, {128, 0.5}};
  unstable.overflow = 1;
  unstable.underflow = 1;
  unstable.searched = 256;
  unstable.wrong_signs = 2;
  unstable.condition_median = 0.5;
  unstable.relative_max = 1;
  unstable.instability = 1e12;
  unstable.worst = WorstPoint{
      {}, 17, PointOrigin::search, {{"x", {0.1}}, {"v", {-0.0, 1e300}}}, 0, -3.5e-9, infinity, {}};
  unstable.reason = "errors up to 1e12 times what a rounding of the inputs causes";
  unstable.blame = {{"(sqrt x)", false, 0.91, 4, 21, 8, "", "  (- (sqrt (+ x 1)) (sqrt x)))"},
                    {"div", true, 0.09, 0, 0}};
  unstable.predicted = 812.5;
  unstable.rewrites = {{"(/ 1 (+ (sqrt (+ x 1)) (sqrt x)))", 0.75}, {"(| <x>)", std::nullopt}};
  unstable.repro = "gradcheck accuracy examples/hamming.fpcore --repro 3:k17:42";
  unstable.curve = StepCurve{"x", {{1e-8, 2e-4}}, 0.5, 1e-16, {{"central", 1e-5, 1e-11}}};
  AccuracyRow conditioned = accuracy_row(cores, 12, "=y", AccuracyVerdict::ill_conditioned);
  conditioned.ulps = {200, 3, 900, 4000, 5000, 6.5, 40, 60, 110, {40, 20, 50, 90}};
  conditioned.condition_median = 4e3;
  conditioned.reason = "condition numbers up to 1e5";
  AccuracyRow wrong = accuracy_row(cores, 12, "z", AccuracyVerdict::wrong);
  wrong.dtype = "f32";
  wrong.ulps = {200, 1e7, 1e7, 1e7, 1.6e7, 23.25, 0, 0, 0, {}};
  wrong.reason = "the rule of atan disagrees with its proven derivative";

  Run run = run_of({{tails, {}, {}, {}, {fine, kinks, unknown}},
                    {cores, {}, {}, {}, {unstable, conditioned, wrong}}});
  run.command = "gradcheck accuracy examples --ops";
  run.exit_code = 0;
  run.accuracy.emplace();
  run.accuracy->operations = {{"tanh",
                               "derivative by 1",
                               "|x| > 20",
                               "f64",
                               1000,
                               {700, 250, 40, 9, 1},
                               4.4,
                               {-20.25},
                               9e15,
                               "1 - tanh(x) ** 2"},
                              {"exp", "value", "typical", "f64", 1000, {1000}, 0.5, {}, {}, {}}};
  run.accuracy->methods = {
      {"central", 600, 2, 2.1e-11, 3.3e-4, 0.16, std::nullopt, 0.01, 0, {{1e-3, 1}, {1e-6, 1}}},
      {"adaptive", 600, 12.5, 9.3e-14, 4.5e-9, 2.4e-4, 0.995, 0.005, 0.25, {{1e-3, 0.0625}}}};
  run.accuracy->settings = {{"points", "256 <random> ones"}};
  run.accuracy->notes = {"1 file was left out: it has a test alone"};
  return run;
}

Run without_explanations(Run run) {
  for (FileResult& file : run.files) {
    for (CheckResult& check : file.checks) check.explanation = {};
    for (FileError& error : file.errors) {
      error.line_text.reset();
      error.length = 1;
      error.facts.clear();
    }
  }
  return run;
}

EvalResult sample_eval() {
  EvalPoint point;
  point.values = {{"x", {{3}, {1, 2, 3}}, {}},
                  {"A", {{2, 2}, {0.1, -0.0, 1e300, 5e-324}}, {}},
                  {"none", {{0, 3}, {}}, {}},
                  {"y", {{}, {14}}, "SumBackward0"}};
  point.gradients = {{"x", {{3}, {2, nan, -infinity}}, {}}};
  FileError error;
  error.code = "E001";
  error.line = 1;
  error.column = 2;
  error.message = "expected a name";
  return {{{"values.grad", {point}, {}}, {"-", {}, {error}}}};
}

}  // namespace verigrad::reports
