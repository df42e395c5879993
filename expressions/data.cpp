#include "expressions/data.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

#include "expressions/data_impl.hpp"
#include "expressions/diagnostic.hpp"

namespace verigrad::expressions {

void DataFile::fail(const std::string& message) const {
  throw DataError(fmt::format("{}: {}", shown, message));
}

void DataFile::fail(const std::string& message, std::size_t line, std::size_t column) const {
  throw DataError(fmt::format("{}:{}:{}: {}", shown, line, column, message), line, column);
}

std::size_t DataFile::read(char* into, std::size_t wanted) const {
  const std::size_t got = std::fread(into, 1, wanted, handle.get());
  if (got < wanted && std::ferror(handle.get())) fail("cannot be read");
  return got;
}

LoadedData load_data(const std::filesystem::path& path, std::int64_t max_entries) {
  DataFile file;
  file.shown = path.string();
  file.max_entries = max_entries;
  std::string ending = path.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  if (ending != ".csv" && ending != ".npy")
    file.fail(
        fmt::format("the ending {} is not one of .csv and .npy", expressions::quoted(ending)));
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) file.fail("there is no such file");
  if (std::filesystem::is_directory(status)) file.fail("is a directory, not a file");
  if (error) file.fail(fmt::format("cannot be opened: {}", error.message()));
  if (!std::filesystem::is_regular_file(status)) file.fail("is not a regular file");
  file.size = std::filesystem::file_size(path, error);
  if (!error) file.handle.reset(std::fopen(path.c_str(), "rb"));
  if (!file.handle)
    file.fail(fmt::format("cannot be opened: {}", error ? error.message() : std::strerror(errno)));
  return ending == ".csv" ? load_csv(file) : load_npy(file);
}

}  // namespace verigrad::expressions
