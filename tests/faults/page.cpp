// The text of docs/faults.md.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>

#include "tests/faults/survey.hpp"

namespace verigrad::faults {
namespace {

using properties::Law;

constexpr std::string_view head = R"(# Planted faults

Whether the laws that random programs are held against (`gradcheck fuzz`) find an engine's mistakes, and how soon.
`scripts/faults-page` writes this page anew, by the program `fault_table` in `tests/faults/`; `test_faults` demands that
every fault is found.

**A fault** is one wrong row of the table of operations (a derivative's rule, a value, a name) or one wrong line of the
engine. Lines are planted into copies of the engine's files when the tests are built (`tests/faults/lines.cpp`), rows
replace the right ones while a test runs: the engine itself carries nothing.

**Found** is a fault when some law fails for a random program under it and holds for the same program without it. Each
fault is tried with {seeds} seeds and up to {most} programs each; *programs* is how many it took, on average. *Law* is the
first that failed with the first seed, *operations* and *nodes* (with inputs and numbers) the size of that program when it
is shrunk.
)";

std::string escaped(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|') result += '\\';
    result += c;
  }
  return result;
}

std::string fault_rows(const std::vector<FaultRow>& rows, bool lines) {
  std::string text = fmt::format(
      "| {} | fault | found | programs | law | operations | nodes "
      "|\n|---|---|---|---|---|---|---|\n",
      lines ? "file" : "operation");
  for (const FaultRow& row : rows) {
    if ((row.fault.line != 0) != lines) continue;
    text += fmt::format("| `{}` | {} | {} | {:.1f} | {} | {} | {} |\n", row.fault.where,
                        escaped(row.fault.name), row.found, row.cases,
                        row.law != nullptr ? row.law->name : "", row.smallest.operations,
                        row.smallest.nodes);
  }
  return text;
}

/// How many faults each law finds by itself, and which of them no other law does.
std::string law_rows(const std::vector<FaultRow>& rows, const Plan& plan) {
  std::string text = fmt::format(
      "Each law by itself, with {} programs of one seed:\n\n"
      "| law | formula | faults found | found by no other |\n|---|---|---|---|\n",
      plan.alone);
  for (const Law& law : properties::laws()) {
    std::size_t found = 0, only = 0;
    for (const FaultRow& row : rows) {
      if (std::ranges::find(row.alone, &law) == row.alone.end()) continue;
      ++found;
      only += row.alone.size() == 1;
    }
    text += fmt::format("| {} {} | {} | {} | {} |\n", law.reference, law.name, escaped(law.formula),
                        found, only);
  }
  return text;
}

std::string size_rows(const std::vector<SizeRow>& rows) {
  std::map<int, std::vector<std::string>, std::greater<>> by_digits;
  std::map<int, std::vector<std::string_view>> laws;
  for (const SizeRow& row : rows) {
    by_digits[row.digits].push_back(fmt::format("`{}`", row.operation));
    auto& found = laws[row.digits];
    if (row.law != nullptr && std::ranges::find(found, row.law->name) == found.end())
      found.push_back(row.law->name);
  }
  std::string text = "| found down to | laws | operations | |\n|---|---|---|---|\n";
  for (const auto& [digits, names] : by_digits)
    text += fmt::format("| {} | {} | {} | {} |\n",
                        digits == 0 ? "not at all" : fmt::format("1e-{}", digits),
                        fmt::join(laws[digits], ", "), names.size(), fmt::join(names, " "));
  return text;
}

}  // namespace

std::string page(const std::vector<FaultRow>& faults, const std::vector<SizeRow>& sizes,
                 const Plan& plan) {
  const auto lines =
      std::ranges::count_if(faults, [](const auto& row) { return row.fault.line != 0; });
  const auto found = std::ranges::count_if(
      faults, [&](const auto& row) { return row.found == plan.seeds.size(); });
  std::string text = fmt::format(fmt::runtime(head), fmt::arg("seeds", plan.seeds.size()),
                                 fmt::arg("most", plan.most));
  text += fmt::format(
      "\n{} of {} faults are found with every seed.\n\n## Lines of the engine\n\n{} faults.\n\n{}",
      found, faults.size(), lines, fault_rows(faults, true));
  text +=
      fmt::format("\n## Rules, values and names\n\n{} faults.\n\n{}",
                  static_cast<std::ptrdiff_t>(faults.size()) - lines, fault_rows(faults, false));
  text += fmt::format("\n## By law\n\n{}", law_rows(faults, plan));
  text += fmt::format(
      "\n## The smallest error that is found\n\nThe whole rule of one operation is multiplied by 1 "
      "+ "
      "10^-k, for k = 1, 2, … until {} programs of this operation\nalone show nothing. A rule that "
      "gives zeros cannot be off by a factor.\n\n{}",
      plan.sized, size_rows(sizes));
  return text;
}

}  // namespace verigrad::faults
