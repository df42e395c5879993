#include "cli/inputs.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "cli/console.hpp"
#include "cli/usage.hpp"
#include "cli/values.hpp"
#include "expressions/source.hpp"
#include "reports/display.hpp"
#include "runner/set_values.hpp"

namespace verigrad::cli {
namespace {

namespace fs = std::filesystem;

bool has_extension(const fs::path& path, const std::vector<std::string_view>& extensions) {
  const std::string extension = path.extension().string();
  return std::find(extensions.begin(), extensions.end(), extension) != extensions.end();
}

// The files of a directory; nothing when it cannot be read.
std::optional<std::vector<std::string>> files_of(const std::string& directory,
                                                 const std::vector<std::string_view>& extensions) {
  std::error_code error;
  std::vector<std::string> files;
  for (fs::directory_iterator each(directory, error), end; !error && each != end;
       each.increment(error)) {
    std::error_code ignored;
    const bool readable = each->is_regular_file(ignored) || !each->exists(ignored);
    if (readable && has_extension(each->path(), extensions)) files.push_back(each->path().string());
  }
  if (error) return std::nullopt;
  std::sort(files.begin(), files.end());
  return files;
}

// Every file once, in the place where it is named first.
class Files {
 public:
  void add(const std::string& path, std::optional<std::string> text = std::nullopt) {
    std::error_code ignored;
    const std::string spelt_alike =
        path == "-" ? path : fs::absolute(path, ignored).lexically_normal().string();
    if (known_.insert(spelt_alike).second) inputs_.files.push_back({path, std::move(text)});
  }

  void add_all_of(const std::string& directory, const std::vector<std::string>& files) {
    if (files.empty()) inputs_.empty_directories.push_back(directory);
    for (const std::string& file : files) add(file);
  }

  Inputs inputs() && { return std::move(inputs_); }

 private:
  Inputs inputs_;
  std::set<std::string> known_;
};

}  // namespace

std::string read_standard_input() {
  std::string text;
  char buffer[1 << 16];
  while (text.size() <= expressions::max_file_bytes) {
    const ssize_t count = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0)
      throw expressions::SourceError(
          fmt::format("cannot read standard input: {}", std::generic_category().message(errno)));
    if (count == 0) break;
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

Inputs find_inputs(const std::vector<std::string>& paths,
                   const std::vector<std::string_view>& extensions) {
  if (paths.empty()) throw UsageError("no file given", "'-' reads standard input");
  Files named;
  std::optional<std::string> standard_input;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path == "-") {
      if (!standard_input) standard_input = read_standard_input();
      named.add(path, standard_input);
    } else if (!fs::is_directory(path, ignored)) {
      named.add(path);
    } else if (const auto files = files_of(path, extensions)) {
      named.add_all_of(path, *files);
    } else {
      named.add(path);
    }
  }
  return std::move(named).inputs();
}

void report_empty_directories(const Inputs& inputs, std::string_view kinds) {
  for (const std::string& directory : inputs.empty_directories)
    write_message(fmt::format("note: no {} file in {}\n", kinds, quote(directory)));
}

void report_values_outside_of_domains(const Inputs& inputs, const runner::Options& options) {
  for (const std::string& note : runner::values_outside_of_domains(inputs.files, options))
    write_message(fmt::format("note: {}\n", reports::printable(note)));
}

}  // namespace verigrad::cli
