#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gradcheck/verdict.hpp"
#include "reports/accuracy_model.hpp"
#include "reports/snippet.hpp"

namespace verigrad::reports {

using gradcheck::Verdict;

/// The statement that a result belongs to.
enum class Kind { check, grad, jacobian, hessian, vjp, jvp, hvp, expect, test };

std::string_view to_string(Kind kind);
std::optional<Kind> kind_from_string(std::string_view name);

/// A scalar (empty shape) or a tensor with its entries in row-major order.
struct TensorValue {
  std::vector<std::int64_t> shape;
  std::vector<double> data;

  bool operator==(const TensorValue&) const = default;
};

/// The entry that a verdict rests on: the first of the worst verdict, with the fewest digits.
/// Numbers that do not apply are absent; NaN and infinities are values like any other.
struct WorstEntry {
  std::vector<std::int64_t> index;  ///< within the derivative; empty for a scalar
  std::int64_t point = 0;           ///< number of the sample
  std::vector<std::pair<std::string, TensorValue>> inputs;  ///< in order of declaration
  std::optional<double> analytic;        ///< the derivative under test: the claim's or the engine's
  std::optional<double> reference;       ///< what it is compared with
  std::optional<double> error_bar;       ///< of the reference, absolute
  std::optional<double> absolute_error;  ///< |analytic - reference|
  std::optional<double> relative_error;  ///< absolute_error / |reference|
  std::optional<double> ulps;            ///< absolute_error in units of the reference's last place
  std::optional<double> digits;          ///< -log10(relative_error), between 0 and the dtype's

  bool operator==(const WorstEntry&) const = default;
};

/// A reason for a verdict, in `gradcheck explain`'s terms.
struct Diagnosis {
  std::string code;
  std::string message;

  bool operator==(const Diagnosis&) const = default;
};

/// How the terminal explains a verdict other than `pass`. Not part of a saved run: a run that was
/// read back is explained by `diagnosis` and `worst` alone.
struct Explanation {
  std::string code;                      ///< "G101"
  std::string message;                   ///< "claimed gradient disagrees with the function"
  std::size_t line = 0;                  ///< of the fault, within a test; 0: the check's own line
  std::optional<std::string> line_text;  ///< source line of the statement
  std::size_t column = 0;                ///< of the span, in code points; 0: the check's own column
  std::size_t length = 1;                ///< of the span, in code points
  std::string label;        ///< "entry [3] of 4 is off by a factor 3.39 at x[3] = 0.294644"
  std::vector<Fact> facts;  ///< claimed, true, engine, pattern, try, again

  bool operator==(const Explanation&) const = default;
};

/// One check, claim, expectation or test, over all of its points.
struct CheckResult {
  std::string id;           ///< "FILE:LINE"
  std::int64_t line = 0;    ///< 1-based; 0: the check that a file without any statement gets
  std::int64_t column = 0;  ///< 1-based, in code points
  Kind kind = Kind::check;
  std::optional<std::string> name;    ///< of a test
  std::optional<std::string> output;  ///< what is differentiated
  std::vector<std::string> wrt;       ///< with respect to what
  std::optional<std::string> dtype;   ///< "f32" or "f64"
  Verdict verdict = Verdict::pass;
  std::int64_t points = 0;            ///< at which it was judged
  std::int64_t comparisons = 0;       ///< of single entries
  std::int64_t rejected = 0;          ///< draws outside the function's domain
  std::optional<std::string> method;  ///< "enclosure" or "finite-difference"
  std::optional<WorstEntry> worst;
  std::vector<Diagnosis> diagnosis;  ///< most important first
  std::optional<std::string> repro;  ///< token for `--repro`
  std::vector<std::string> warnings;
  std::vector<std::string> printed;  ///< what `print` wrote
  /// Of a pass, the fewest that any comparison was verified to, products included.
  std::optional<double> fewest_digits{};
  Explanation explanation;

  bool operator==(const CheckResult&) const = default;
};

/// An error in a file's text, or in reading it (line 0).
struct FileError {
  std::string code;
  std::int64_t line = 0;
  std::int64_t column = 0;
  std::string message;
  std::optional<std::string> help;  ///< "did you mean 'sigmoid'?"
  std::optional<std::string>
      line_text{};  ///< like `length` and `facts` for the terminal, not saved
  std::size_t length = 1;
  std::string label{};  ///< behind the carets; empty: `help` stands there
  std::string path{};   ///< of the file at fault, when it is another one that this file uses
  std::vector<Fact> facts{};

  bool operator==(const FileError&) const = default;
};

/// At how many points an operation of a file's functions met a special point of its table.
struct MetPoint {
  std::string operation;
  double at = 0;
  std::int64_t points = 0;

  bool operator==(const MetPoint&) const = default;
};

/// What came of one file: its checks, or the errors that kept it from being checked.
struct FileResult {
  std::string path;  ///< as given on the command line; `-` is standard input
  std::vector<CheckResult> checks;
  std::vector<FileError> errors;
  std::vector<MetPoint> coverage{};
  std::vector<AccuracyRow> accuracy{};  ///< of `gradcheck accuracy`, in order of lines and inputs
  bool not_run = false;                 ///< the run ended before it came to this file; not saved

  bool operator==(const FileResult&) const = default;
};

/// Number of results of each verdict, and of files with errors.
struct Summary {
  std::int64_t pass = 0, inaccurate = 0, fail = 0, inconclusive = 0, error = 0;

  bool operator==(const Summary&) const = default;
};

/// A whole run of `gradcheck check`, as every writer gets it: schema `verigrad-run/1`.
struct Run {
  std::string tool = "verigrad";
  std::string version;
  std::uint64_t seed = 0;
  std::string started;  ///< UTC, ISO 8601: "2025-01-31T12:00:00Z"
  double elapsed_s = 0;
  std::string command;                                           ///< the command line
  std::vector<std::pair<std::string, std::string>> environment;  ///< compiler, CPU, …
  std::vector<FileResult> files;
  Summary summary;
  int exit_code = 0;
  bool strict = false;  ///< inaccurate and inconclusive results counted as failures
  std::optional<AccuracyReport> accuracy{};  ///< of `gradcheck accuracy`: what belongs to no file

  bool operator==(const Run&) const = default;
};

/// Counts verdicts and files with errors; `Run::summary` itself is not looked at.
Summary summarize(std::span<const FileResult> files);

/// What an exit code depends on besides the results.
struct RunConditions {
  bool strict = false;          ///< inaccurate and inconclusive count as failures
  bool interrupted = false;     ///< by Ctrl-C
  bool internal_error = false;  ///< or a report that could not be written
};

/// The command's exit code; of several that apply, the first of
/// 130 (interrupted), 3 (internal error), 2 (a file has errors), 1 (a failure), 4 (no checks), 0.
int exit_code(const std::vector<FileResult>& files, const RunConditions& conditions = {});

/// A value or gradient as `gradcheck eval` shows it.
struct NamedTensor {
  std::string name;
  TensorValue value;
  std::optional<std::string>
      grad_fn;            ///< of a value that was computed from a leaf that has a gradient
  std::string printed{};  ///< as PyTorch prints it; for the terminal, not saved

  bool operator==(const NamedTensor&) const = default;
};

/// A file's bindings at one point, in order of declaration, and the gradient of every input.
struct EvalPoint {
  std::vector<NamedTensor> values;
  std::vector<NamedTensor> gradients;  ///< `grad_fn` is not used; empty for an output not scalar

  bool operator==(const EvalPoint&) const = default;
};

struct EvalFile {
  std::string path;
  std::vector<EvalPoint> points;
  std::vector<FileError> errors;

  bool operator==(const EvalFile&) const = default;
};

/// What `gradcheck eval --format json` prints.
struct EvalResult {
  std::vector<EvalFile> files;

  bool operator==(const EvalResult&) const = default;
};

}  // namespace verigrad::reports
