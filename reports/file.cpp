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

// Where a file will stand: its directory, and the mode of what it replaces.
struct Place {
  std::filesystem::path target;
  std::optional<mode_t> mode{};
  bool is_special = false;  // a device or a pipe

  std::filesystem::path directory() const {
    return target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  }
};

Place place_for(const std::string& path) {
  Place place{.target = behind_links(path)};
  if (struct stat status{}; ::stat(place.target.c_str(), &status) == 0) {
    if (S_ISDIR(status.st_mode)) fail(path, EISDIR);
    if (::access(place.target.c_str(), W_OK) != 0) fail(path, errno);
    place.is_special = !S_ISREG(status.st_mode);
    place.mode = status.st_mode & 07777U;
  }
  return place;
}

// A new file in a directory, and its name.
std::pair<int, std::filesystem::path> open_temporary(const std::filesystem::path& directory,
                                                     const std::string& path) {
  for (;;) {
    const std::filesystem::path name = unused_name(directory);
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd >= 0) return {fd, name};
    if (errno != EEXIST) fail(path, errno);
  }
}

}  // namespace

void require_writable(const std::string& path) {
  const Place place = place_for(path);
  if (place.is_special) return;
  const auto [fd, temporary] = open_temporary(place.directory(), path);
  const Descriptor file(fd);
  const TemporaryFile guard(temporary);
}

void write_file_atomically(const std::string& path, std::string_view contents) {
  const Place place = place_for(path);
  if (place.is_special) return write_directly(path, contents);
  const auto [fd, temporary] = open_temporary(place.directory(), path);
  Descriptor file(fd);
  TemporaryFile guard(temporary);

  if (place.mode && ::fchmod(file.get(), *place.mode) != 0) fail(path, errno);
  write_all(file.get(), contents, path);
  if (::fsync(file.get()) != 0) fail(path, errno);
  if (file.close_checked() != 0) fail(path, errno);
  if (::rename(temporary.c_str(), place.target.c_str()) != 0) fail(path, errno);
  guard.keep();
  flush_directory(place.directory());
}

}  // namespace verigrad::reports
