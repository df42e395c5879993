// The readers behind load_data(). Not for use outside data*.cpp.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "expressions/data.hpp"

namespace verigrad::expressions {

struct CloseDataFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

/// An open regular file.
struct DataFile {
  std::unique_ptr<std::FILE, CloseDataFile> handle;
  std::string shown;  ///< its path for messages
  std::uintmax_t size = 0;
  std::int64_t max_entries = 0;

  /// Throws DataError with the path before the message.
  [[noreturn]] void fail(const std::string& message) const;
  [[noreturn]] void fail(const std::string& message, std::size_t line, std::size_t column) const;
  /// Reads up to `wanted` bytes; fewer only at the end of the file.
  std::size_t read(char* into, std::size_t wanted) const;
};

LoadedData load_csv(const DataFile& file);
LoadedData load_npy(const DataFile& file);

}  // namespace verigrad::expressions
