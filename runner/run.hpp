#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/model.hpp"
#include "runner/options.hpp"

namespace verigrad::runner {

/// The core of an FPCore file that an input stands for.
struct CoreOrigin {
  std::string name;
  std::size_t line = 0, column = 0, length = 0;
  std::string line_text;
  std::string unsupported;                  ///< why it cannot be checked; empty when it can
  std::vector<std::string> alternatives{};  ///< texts of its `:alt`s that the language can say
};

/// A file named on the command line: its path as given, or standard input's text under the path
/// `-`.
struct Input {
  std::string path;
  std::optional<std::string> text;  ///< read from the path when absent
  std::optional<CoreOrigin> core{};
};

/// Runs every check, claim, expectation and test of the inputs and fills in everything of a Run but
/// `started`, `elapsed_s`, `command` and `environment`. The result depends only on the inputs'
/// texts, the seed and the options, not on `jobs`. Errors of a file are its result; nothing is
/// thrown for them.
reports::Run check(std::span<const Input> inputs, const Options& options);

/// Every binding's value and `grad_fn` and, for a scalar output, every input's gradient, at the
/// file's points (or at the one of `options.repro`).
reports::EvalFile evaluate(const Input& input, const Options& options);

/// What a run would judge, for `--list`: one line each, `FILE:LINE  what`; expectations as
/// they stand in the file.
std::vector<std::string> list(std::span<const Input> inputs, const Options& options,
                              std::vector<reports::FileResult>& errors);

}  // namespace verigrad::runner
