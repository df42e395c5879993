// usage: libtorch_findings    writes docs/libtorch.md and the programs in docs/libtorch/ anew
// Fails, and writes nothing, where a finding has no reason: then see by hand whether the call that
// stands for the operation or LibTorch is at fault.
#include <fmt/format.h>

#include <cmath>
#include <exception>
#include <filesystem>
#include <fstream>
#include <set>
#include <vector>

#include "properties/libtorch/libtorch_engine.hpp"
#include "tests/libtorch/findings.hpp"
#include "tests/libtorch/reasons.hpp"

namespace verigrad::libtorch {
namespace {

namespace fs = std::filesystem;

const fs::path docs = VERIGRAD_SOURCE_DIR "/docs";

constexpr std::string_view head = R"(# What the laws find in LibTorch

Verigrad's random programs and laws judge any engine behind their interface, see [architecture.md](architecture.md).
Behind it here is LibTorch {version}, in float64 on the CPU: {operations} operations, each by the `at::` function that stands for it
(`properties/libtorch/`). Of {programs} random programs, {undecided} of them without a verdict, these are the smallest
whose gradient is wrong, one for each cause:

* the truth is an enclosure in ball arithmetic; Verigrad's gradient of the same program has at least 12 digits;
* more than half of LibTorch's digits are wrong, or it is above 1.5e-8 where the truth is 0, or LibTorch throws;
* not counted are conventions at kinks and ties, infinities and NaN, programs that leave the normal range, those that
  solve equations or invert matrices, which may be close to singular, and what rounding of earlier values explains.

Each cause was checked by hand with LibTorch alone. Every program is a file in `docs/libtorch/`, which
`gradcheck check` takes. `scripts/libtorch-page` searches anew and writes this page, and refuses to where a finding has no explanation.
[pytorch.md](pytorch.md) looks at chosen points instead.
)";

std::string joined(const std::set<std::string>& operations, std::string_view separator) {
  return fmt::format("{}", fmt::join(operations, separator));
}

/// In percent above 0.1 %.
std::string error(double got, double truth) {
  if (truth == 0) return fmt::format("{:.1g} instead of 0", std::abs(got));
  const double relative = std::abs(got - truth) / std::abs(truth);
  return std::isnan(relative) ? "NaN"
         : relative > 0.001   ? fmt::format("{:.3g} %", 100 * relative)
                              : fmt::format("{:.1e}", relative);
}

std::string section(const Disagreement& each) {
  std::string text = fmt::format("\n## {}\n\n```grad\n{}```\n\n", joined(each.operations, ", "),
                                 properties::text(each.specimen));
  if (each.exception.empty())
    text += fmt::format(
        "| d by | LibTorch | Verigrad | truth, rounded | LibTorch's error "
        "|\n|---|--:|--:|--:|--:|\n"
        "| {} | {} | {} | {} | {} |\n",
        each.entry, each.libtorch, each.verigrad, each.truth, error(each.libtorch, each.truth));
  else
    text += fmt::format("LibTorch throws: *{}*\n", each.exception);
  return text + fmt::format("\n{}\n", reason(each.operations));
}

void write(const fs::path& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  file.close();
  if (!file) throw std::runtime_error("cannot write " + path.string());
}

/// The smallest program for each reason, and all that have none.
std::vector<Disagreement> one_for_each_reason(const std::vector<Disagreement>& all) {
  std::set<std::string_view> seen{};
  std::vector<Disagreement> kept;
  for (const Disagreement& each : all)
    if (const auto why = reason(each.operations); why.empty() || seen.insert(why).second)
      kept.push_back(each);
  return kept;
}

void write_all(const Survey& found, const std::vector<Disagreement>& shown) {
  std::string page =
      fmt::format(head, fmt::arg("version", properties::libtorch_version()),
                  fmt::arg("operations", properties::libtorch_operations().size()),
                  fmt::arg("programs", found.programs), fmt::arg("undecided", found.undecided));
  fs::remove_all(docs / "libtorch");
  fs::create_directory(docs / "libtorch");
  for (const Disagreement& each : shown) {
    page += section(each);
    write(docs / "libtorch" / (joined(each.operations, "_") + ".grad"),
          properties::text(each.specimen));
  }
  write(docs / "libtorch.md", page);
}

int run() {
  const Survey found = survey({});
  const std::vector<Disagreement> shown = one_for_each_reason(found.disagreements);
  bool explained = true;
  for (const Disagreement& each : shown) {
    if (!reason(each.operations).empty()) continue;
    explained = false;
    fmt::print(stderr, "not explained:{}\n", section(each));
  }
  if (!explained) return 1;
  write_all(found, shown);
  return 0;
}

}  // namespace
}  // namespace verigrad::libtorch

int main() {
  try {
    return verigrad::libtorch::run();
  } catch (const std::exception& error) {
    fmt::print(stderr, "libtorch_findings: {}\n", error.what());
    return 1;
  }
}
