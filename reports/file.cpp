#include "reports/file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "reports/display.hpp"

namespace verigrad::reports {
namespace {

[[noreturn]] void fail(const std::string& path, int error) {
  throw std::system_error(error, std::generic_category(),
                          fmt::format("cannot write '{}'", printable(path)));
}

// A file descriptor that `close_checked` or the destructor closes.
class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }
  int close_checked() { return ::close(std::exchange(fd_, -1)); }

 private:
  int fd_;
};

// Removes the file at the end of the scope unless it is kept.
class TemporaryFile {
 public:
  explicit TemporaryFile(std::string path) : path_(std::move(path)) {}
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;
  ~TemporaryFile() {
    if (!kept_) ::unlink(path_.c_str());
  }
  void keep() { kept_ = true; }

 private:
  std::string path_;
  bool kept_ = false;
};

void write_all(int fd, std::string_view contents, const std::string& path) {
  while (!contents.empty()) {
    const ssize_t written = ::write(fd, contents.data(), contents.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path, errno);
    contents.remove_prefix(static_cast<std::size_t>(written));
  }
}

void write_directly(const std::string& path, std::string_view contents) {
  Descriptor file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (file.get() < 0) fail(path, errno);
  write_all(file.get(), contents, path);
  if (file.close_checked() != 0) fail(path, errno);
}

// The rename is done; a directory that cannot be flushed does not undo it.
void flush_directory(const std::filesystem::path& directory) {
  Descriptor handle(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (handle.get() >= 0) ::fsync(handle.get());
}

// What `path` leads to, which need not exist.
std::filesystem::path behind_links(const std::string& path) {
  constexpr int most_links = 40;  // as in Linux
  std::filesystem::path target = path;
  std::error_code error;
  for (int i = 0; std::filesystem::is_symlink(target, error); ++i) {
    if (i == most_links) fail(path, ELOOP);
    const std::filesystem::path next = std::filesystem::read_symlink(target, error);
    if (error) fail(path, error.value());
    target = target.parent_path() / next;
  }
  return target;
}

std::filesystem::path unused_name(const std::filesystem::path& directory) {
  static std::atomic<unsigned> counter{0};
  return directory / fmt::format(".verigrad-{}-{}.tmp", ::getpid(), counter++);
}

}  // namespace

void write_file_atomically(const std::string& path, std::string_view contents) {
  const std::filesystem::path target = behind_links(path);
  std::optional<mode_t> mode;
  if (struct stat status{}; ::stat(target.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail(path, EISDIR);
    if (!S_ISREG(status.st_mode)) return write_directly(path, contents);
    if (::access(target.c_str(), W_OK) != 0) fail(path, errno);
    mode = status.st_mode & 07777U;
  }
  const std::filesystem::path directory =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");

  std::filesystem::path temporary;
  int fd = -1;
  do {
    temporary = unused_name(directory);
    fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  } while (fd < 0 && errno == EEXIST);
  Descriptor file(fd);
  if (file.get() < 0) fail(path, errno);
  TemporaryFile guard(temporary);

  if (mode && ::fchmod(file.get(), *mode) != 0) fail(path, errno);
  write_all(file.get(), contents, path);
  if (::fsync(file.get()) != 0) fail(path, errno);
  if (file.close_checked() != 0) fail(path, errno);
  if (::rename(temporary.c_str(), target.c_str()) != 0) fail(path, errno);
  guard.keep();
  flush_directory(directory);
}

}  // namespace verigrad::reports
