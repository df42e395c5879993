// Writes docs/faults.md.
#include <fmt/format.h>

#include <atomic>
#include <fstream>
#include <future>

#include "tests/faults/apart.hpp"

using namespace verigrad;
using namespace verigrad::faults;

namespace {

/// f of every item, on two threads.
template <class Row, class Item, class F>
std::vector<Row> for_all(const std::vector<Item>& items, F&& f) {
  std::vector<Row> rows(items.size());
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < items.size(); i = next++) rows[i] = f(items[i]);
  };
  auto other = std::async(std::launch::async, work);
  work();
  other.get();
  return rows;
}

}  // namespace

int main() {
  const Plan plan;
  const std::vector<FaultRow> faults = survey_apart(all_faults(), plan);
  const auto sizes = for_all<SizeRow>(drawn_operations(), [&](std::string_view operation) {
    return smallest_error(operation, plan);
  });
  std::ofstream file(VERIGRAD_SOURCE_DIR "/docs/faults.md", std::ios::binary);
  file << page(faults, sizes, plan);
  file.close();
  if (file) return 0;
  fmt::print(stderr, "fault_table: cannot write docs/faults.md\n");
  return 1;
}
