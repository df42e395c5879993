#include "cli/console.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <string>
#include <system_error>

namespace verigrad::cli {
namespace {

// Returns 0, or the error.
int write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return errno;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return 0;
}

}  // namespace

void prepare_streams() {
  // Standard output is opened for reading only: writing to it then fails, as it should.
  constexpr int modes[] = {O_RDONLY, O_RDONLY, O_WRONLY};
  for (int fd = 0; fd < 3; ++fd)
    if (::fcntl(fd, F_GETFD) < 0 && errno == EBADF) {
      const int opened = ::open("/dev/null", modes[fd]);
      if (opened >= 0 && opened != fd) ::close(opened);
    }
  std::signal(SIGPIPE, SIG_IGN);
}

void write_output(std::string_view text) {
  if (const int error = write_all(STDOUT_FILENO, text))
    throw OutputError(
        fmt::format("cannot write to standard output: {}", std::generic_category().message(error)));
}

void write_message(std::string_view text) { write_all(STDERR_FILENO, text); }

bool output_is_terminal() { return ::isatty(STDOUT_FILENO) == 1; }

bool messages_go_to_terminal() { return ::isatty(STDERR_FILENO) == 1; }

std::size_t message_columns() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 80;
  return size.ws_col;
}

}  // namespace verigrad::cli
