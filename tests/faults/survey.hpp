// What docs/faults.md counts.
#pragma once

#include <functional>

#include "tests/faults/hunt.hpp"

namespace verigrad::faults {

/// Budgets; the same numbers give the same page.
struct Plan {
  std::vector<std::uint64_t> seeds{1, 2, 3, 4, 5};
  std::uint64_t most = 20000;  ///< cases of a seed until a fault counts as missed
  std::uint64_t alone = 300;   ///< cases that each law gets for itself
  std::uint64_t sized = 400;   ///< cases for each size of an error in an operation's rule
  int digits = 14;             ///< errors from 1e-1 down to 1e-digits
};

struct FaultRow {
  Fault fault;
  std::size_t found = 0;         ///< of the seeds
  double cases = 0;              ///< until it was found, mean over those
  const properties::Law* law{};  ///< that found it with the first of them
  Shrunk smallest{};
  std::vector<const properties::Law*> alone{};  ///< that find it by themselves, see Plan
};
/// All but `alone`.
FaultRow survey(const Fault& fault, const Plan& plan);
/// Tells each law that finds the fault by itself.
void survey_alone(const FaultRow& row, const Plan& plan,
                  const std::function<void(const properties::Law&)>& found);

/// The smallest relative error of an operation's rule that is found.
struct SizeRow {
  std::string_view operation;
  int digits = 0;                ///< 1e-digits is found, and so is every greater one; 0: none is
  const properties::Law* law{};  ///< that finds it
};
SizeRow smallest_error(std::string_view operation, const Plan& plan);

/// The operations that programs are made of.
std::vector<std::string_view> drawn_operations();

/// The page docs/faults.md.
std::string page(const std::vector<FaultRow>& faults, const std::vector<SizeRow>& sizes,
                 const Plan& plan);

}  // namespace verigrad::faults
