#pragma once

#include <stdexcept>
#include <string_view>

namespace verigrad::cli {

/// Standard output cannot be written: exit code 3.
class OutputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Standard streams as this program needs them: those that are closed are opened on /dev/null, so
/// that no other file takes their numbers, and a reader that goes away is an error of `write`
/// instead of a signal.
void prepare_streams();

/// Writes to standard output, where results go. Throws OutputError, with the reason.
void write_output(std::string_view text);

/// Writes to standard error, where everything else goes. Errors are not looked at.
void write_message(std::string_view text);

bool output_is_terminal();
bool messages_go_to_terminal();

/// Columns of the terminal behind standard error; 80 when it does not say.
std::size_t message_columns();

}  // namespace verigrad::cli
