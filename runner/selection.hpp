// What --filter and --repro choose, and how a message says what chooses the same again.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "reports/model.hpp"
#include "runner/points.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

/// Whether --repro and --filter let through what stands on `line` of the input, or is called one of
/// `names`: without --filter, or where it is `LINE`, `FILE:LINE` or a name. A core of an FPCore
/// file stands on its own line there, has its name as well, and is meant alone by `LINE:COLUMN`;
/// --repro counts the lines of the text that stands for it.
bool is_wanted(const Options& options, const Input& input, std::size_t line,
               std::span<const std::string> names);

/// Whether the filter is the `LINE:COLUMN` of another core than this input's.
bool is_for_another_core(const Options& options, const Input& input);

/// ` --repro TOKEN` with what a replay needs besides the file: the place of its core before it, the
/// options that decide points, function and verdict behind it. `--samples` is left out where it is
/// `usual_samples`.
std::string replay_arguments(const Options& options, const Input& input, const ReproToken& token,
                             std::optional<std::int64_t> usual_samples = std::nullopt);

/// The same for a point that no token names, such as one of a corpus: its sizes and entries as
/// `--dim` and `--set`; where they are too many or no option can say them, `--corpus`.
std::string point_arguments(const Options& options, const Input& input, const Sample& sample,
                            std::optional<std::int64_t> usual_samples);

/// The error of a file that has no point of the number that --repro names; nothing when it has.
std::optional<reports::FileError> no_such_point(const Options& options, const PointPlan& plan);

}  // namespace verigrad::runner
