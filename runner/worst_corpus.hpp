// The worst points of files' derivatives, kept from run to run.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "reports/worst_inputs.hpp"
#include "runner/accuracy_row.hpp"
#include "runner/draw.hpp"
#include "runner/options.hpp"
#include "runner/run.hpp"
#include "runner/worst_search.hpp"

namespace verigrad::runner {

/// A point of the corpus, measured again.
struct StoredPoint {
  std::size_t derivative = 0;  ///< index among those that were asked for
  SearchedPoint point;
  std::string worsened{};  ///< if its error has grown, by reports::is_worse_than_stored
};

/// The file of `options.corpus` that belongs to an input: `PATH.txt`, for a core of an FPCore file
/// `PATH.CORE.txt`, with the path from the working directory and the core's name or `line N`.
/// Whatever is no letter, digit, dot, dash or underscore is an underscore there.
///
/// A line (reports/worst_inputs.hpp) has the target OUTPUT/WRT, or OUTPUT/WRT[n=3,m=4] where sizes
/// are drawn, without spaces, and the entries of all drawn inputs in their order.
class WorstCorpus {
 public:
  /// Reads the file, if there is one. There is no corpus without `options.corpus`, under
  /// `options.repro`, with values of `--set`, which lines do not say, and for standard input.
  /// Throws reports::BadWorstInput, and std::system_error for a file that cannot be read.
  WorstCorpus(const Input& input, const Options& options);

  /// The entries of the derivatives at the stored points that lie inside of their domains; does not
  /// depend on `options.jobs`. `all` are the derivatives of the file, `asked` those that are
  /// measured.
  std::vector<StoredPoint> measure(const DrawnFile& drawn,
                                   const std::vector<MeasuredDerivative>& all,
                                   const std::vector<MeasuredDerivative>& asked,
                                   const Options& options);

  /// Takes a row's worst point, if its error is larger than all that are stored of its derivative,
  /// and no zero that cancelling terms explain.
  void offer(const reports::AccuracyRow& row, const MeasuredDerivative& derivative,
             const Sample& sample);

  /// On lines that were passed over, in sentences.
  const std::vector<std::string>& notes() const { return notes_; }
  /// Adds what was taken to the file, and returns how many points. Throws std::system_error.
  std::size_t save() const;

 private:
  std::string path_, input_;
  std::vector<reports::WorstInput> lines_, additions_;
  std::vector<std::string> notes_;
};

}  // namespace verigrad::runner
