#pragma once

#include <string>
#include <vector>

#include "tests/accuracy/corpus.hpp"

namespace verigrad::accuracy {

/// How many points of its domain each operation is tried at for the page, and how many around each
/// of the worst of them.
inline constexpr std::size_t page_points = 100'000, search_points = 256;

/// One operation in one type: a row a target, and what its corpus lacks.
struct Survey {
  const Formula* formula;
  bool single;
  std::vector<Target> targets;
  std::vector<Row> rows;         ///< over the sampled points
  std::vector<Worst> worst;      ///< a row's worst over samples, search and corpus
  std::vector<Entry> additions;  ///< inputs worse than all that the corpus has
};

template <class T>
Survey survey(const Formula& formula);

/// Every operation of the table in both types, on all processors; the order and the results do not
/// depend on how many there are.
std::vector<Survey> survey_table();

/// The page docs/accuracy.md.
std::string accuracy_page(const std::vector<Survey>& surveys);

}  // namespace verigrad::accuracy
