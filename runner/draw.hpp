#pragma once

#include <vector>

#include "reports/model.hpp"
#include "runner/points.hpp"
#include "runner/run.hpp"

namespace verigrad::runner {

/// A file at the points that it is drawn at, or what is wrong with it.
struct DrawnFile {
  std::optional<expressions::Document> document{};  ///< absent where the file cannot be read
  std::vector<Sample> samples;
  std::vector<reports::FileError> errors;
  DType dtype = DType::f64;
  std::uint64_t seed = default_seed;  ///< in force: of the options, else of the file
};

/// What is done with points at which a function is computed as not finite but has a value.
enum class Overflows { redrawn, kept };

/// Reads a file and draws `options.samples` random points of it (by default `samples`), or the one
/// of `options.repro`; a single one when everything is given.
DrawnFile draw_file(const Input& input, const Options& options, std::int64_t samples,
                    Overflows overflows = Overflows::redrawn);

}  // namespace verigrad::runner
