#pragma once

#include <string>
#include <vector>

#include "reports/display.hpp"
#include "reports/worst_inputs.hpp"
#include "tests/accuracy/row.hpp"

namespace verigrad::accuracy {

/// One stored worst input.
struct Entry {
  bool single;         ///< float32, not float64
  std::string target;  ///< `value` or `d/input`
  double ulps;         ///< as measured when it was stored
  Point x{};
};

/// The stored inputs of an operation, from tests/accuracy/worst/, whose files are those of
/// reports/worst_inputs.hpp; none when there is no file.
std::vector<Entry> read_corpus(const Formula& formula);

/// Appends entries to the operation's file; nothing is ever removed.
void extend_corpus(const Formula& formula, const std::vector<Entry>& entries);

/// The points stored for one type, without repetition.
std::vector<Point> corpus_points(const std::vector<Entry>& entries, bool single);

/// `0x1.8p+3`, the same on every platform.
using reports::hexadecimal;

}  // namespace verigrad::accuracy
