#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "reports/model.hpp"

namespace verigrad::reports {

/// One format of a report. Writers have no state: the same run gives the same text.
class Writer {
 public:
  virtual ~Writer() = default;

  virtual std::string_view name() const = 0;            ///< as in `--format NAME`
  virtual std::string_view file_extension() const = 0;  ///< with the dot: ".json"
  virtual std::string render(const Run& run) const = 0;
};

/// The writer of that name, which lives as long as the program; nullptr when there is none.
const Writer* writer(std::string_view name);

/// The names of all writers, in the order in which help lists them.
std::vector<std::string_view> writer_names();

}  // namespace verigrad::reports
