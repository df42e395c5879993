// Writes docs/accuracy.md and adds what is worse than the stored worst inputs to them. With
// operations' names as arguments, only prints their part of the table.
#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "tests/accuracy/survey.hpp"

using namespace verigrad::accuracy;

namespace {

int write_page() {
  const std::vector<Survey> surveys = survey_table();
  for (const Survey& survey : surveys) extend_corpus(*survey.formula, survey.additions);
  std::ofstream page(VERIGRAD_SOURCE_DIR "/docs/accuracy.md", std::ios::binary);
  page << accuracy_page(surveys);
  page.close();
  if (!page) {
    fmt::print(stderr, "accuracy_table: cannot write docs/accuracy.md\n");
    return 1;
  }
  return 0;
}

int print(const std::vector<std::string>& names) {
  std::vector<Survey> surveys;
  for (const Formula* formula : formulas_of_table())
    if (std::ranges::find(names, formula->operation) != names.end()) {
      surveys.push_back(survey<double>(*formula));
      surveys.push_back(survey<float>(*formula));
    }
  const std::string page = accuracy_page(surveys);
  fmt::print("{}", page.substr(page.find("| result | points |")));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> names(argv + 1, argv + argc);
  return names.empty() ? write_page() : print(names);
}
