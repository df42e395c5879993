// The accuracy of one file's derivatives.
#pragma once

#include <string>

#include "reports/model.hpp"
#include "runner/difference_methods.hpp"
#include "runner/options.hpp"
#include "runner/run.hpp"
#include "runner/worst_corpus.hpp"

namespace verigrad::runner {

/// What comes of one file, or of one core of an FPCore file.
struct FileAccuracy {
  reports::FileResult file;  ///< without rows where the file has errors or an interruption came
  MethodSurvey methods;
  std::string no_points{};  ///< why there are no rows, if for want of points
};

/// Measures the derivatives that `options` want at `options.samples` points, which is set, and at
/// those of the input's corpus, which takes what is worse.
FileAccuracy measure_file(const Input& input, const Options& options, WorstCorpus& corpus);

}  // namespace verigrad::runner
