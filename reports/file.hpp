#pragma once

#include <string>
#include <string_view>

namespace verigrad::reports {

/// Writes `contents` to the file `path`, whole or not at all: to a new file in the same directory,
/// flushed to disk, which then takes the place of `path`. The mode of a file that is replaced is
/// kept, a symbolic link goes on pointing to its target, and what is not a regular file (a device,
/// a pipe) is written to directly.
///
/// Throws `std::system_error` whose text names the path and the reason, such as
/// "cannot write 'out/run.json': No such file or directory"; `path` is then as it was.
void write_file_atomically(const std::string& path, std::string_view contents);

/// Throws what `write_file_atomically` would, as far as that can be told before there is something
/// to write. Leaves `path` as it is, and makes no file.
void require_writable(const std::string& path);

}  // namespace verigrad::reports
