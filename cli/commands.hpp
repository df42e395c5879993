#pragma once

#include <span>
#include <string>
#include <string_view>

namespace verigrad::cli {

/// What `main` hands to a command.
struct Call {
  std::span<const std::string> arguments;  ///< behind the command's name
  std::string command_line;                ///< all of it, for a shell
  std::string_view version;
};

// Each runs one command and returns its exit code; throws UsageError, HelpRequested, OutputError,
// and what the rooms below throw.
int run_check(const Call& call);
int run_eval(const Call& call);
int run_grad(const Call& call);
int run_ops(const Call& call);
int run_fuzz(const Call& call);
int run_accuracy(const Call& call);
int run_report(const Call& call);
int run_compare(const Call& call);
int run_explain(const Call& call);
int run_fmt(const Call& call);

}  // namespace verigrad::cli
