// Files of the worst known inputs of an operation or of a file's derivatives: what a run has found,
// kept so that every later one tries it again. Such a file only grows.
#pragma once

#include <cstddef>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace verigrad::reports {

/// One line: `f64 d/input 2.713 0x1.8p+3 …`, with one hexadecimal number for each entry of each
/// operand, in their order.
struct WorstInput {
  bool single = false;  ///< float32, not float64
  /// Of an operation `value`, or `d/NAME` with the name of an operand; of a file see
  /// runner/worst_corpus.hpp. A word without spaces.
  std::string target;
  double ulps = 0;  ///< as measured when the line was added
  std::vector<double> operands;
  std::size_t line = 0;  ///< in its file, from 1; 0 of one that is not stored yet

  bool operator==(const WorstInput&) const = default;
};

/// Whether an error exceeds the stored one by more than half an ulp and an eighth of it: what
/// another libm or another place in a batch may make.
bool is_worse_than_stored(double ulps, double stored);

/// Whether an error is worth a line beside the largest one that is stored: it is larger by more
/// than the three digits behind the point that a line has, and more than half an ulp, as nothing is
/// learnt from what is correctly rounded.
bool is_worth_storing(double ulps, double stored);

/// Makes the directory of such files where there is none. Throws std::system_error.
void make_corpus(const std::string& directory);

/// The name of an operation's file: of `gelu(approximate="tanh")` gelu_approximate_tanh.txt.
std::string worst_inputs_name(std::string_view operation);

/// A line that is none of the format's; the text begins with `PATH:LINE: `.
class BadWorstInput : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The lines of an operation's file; none when there is no such file. Lines that are empty or begin
/// with # say nothing. Throws BadWorstInput for a line of another form: a type other than f64 and
/// f32, another number of operands than `operands`, an operand that is not a finite number of the
/// type, or an error that is not a number from 0 on; std::system_error for a file that is there and
/// cannot be read.
std::vector<WorstInput> read_worst_inputs(const std::string& path, std::size_t operands);

/// The same of any file, whose targets and numbers of operands are not looked at.
std::vector<WorstInput> read_worst_inputs(const std::string& path);

/// Adds lines to a file, which is replaced whole or stays as it was; a new file begins with a
/// remark that names what they are inputs of. Throws std::system_error when it cannot be written,
/// or there is something that cannot be read.
void extend_worst_inputs(const std::string& path, std::string_view of,
                         std::span<const WorstInput> more);

}  // namespace verigrad::reports
