// Laws tried on many random programs.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "properties/case.hpp"
#include "properties/coverage.hpp"
#include "properties/laws.hpp"
#include "properties/specimen.hpp"

namespace verigrad::properties {

/// What is held against which laws, and by which programs.
struct SearchOptions {
  std::uint64_t seed = 20240229;
  std::vector<const Law*> laws{};  ///< empty: all
  const Engine* engine = &verigrad_engine();
  /// The operations that programs are made of; null for the process's. A counterexample's program
  /// points to its rows.
  const OperationTable* operations = nullptr;
  std::vector<std::string> only{};  ///< names of operations; empty: all
  /// Expensive laws judge one case in so many.
  std::uint64_t expensive_every = 1;
};

/// What tells the programs of one seed apart: empty for those of all operations, else a number made
/// of the names that may be drawn, "-5f3a0c1e".
std::string mark_of(const SearchOptions& options);

/// A case that breaks a law.
struct Failure {
  const Law* law = nullptr;
  std::uint64_t number = 0;
  Case drawn{};
  std::string message{};
};

/// A program that breaks a law, made as small as it gets.
struct Counterexample {
  const Law* law = nullptr;
  Specimen specimen{};
  std::string message{};
  /// v of the law's formula, with the output's entries in row-major order, as "[1.5, -0.75]"; empty
  /// when there are none or more than eight.
  std::string cotangent{};
  /// The specimen as a .grad file, with the law, the message and v as comments in front.
  std::string text{};
};

/// How often a law has judged, and how often it could not tell.
struct Tally {
  std::uint64_t cases = 0;
  std::uint64_t undecided = 0;
};

/// Tries cases by their numbers. The same options and number give the same answer, whatever was
/// tried before; a Search belongs to one thread at a time.
class Search {
 public:
  /// Throws Error for unknown operations.
  explicit Search(SearchOptions options);

  /// The first law that the case breaks; nothing when none does.
  std::optional<Failure> try_case(std::uint64_t number);
  /// Every law that a given specimen breaks; expensive ones are asked as well.
  std::vector<Counterexample> try_specimen(const Specimen& specimen);
  /// The failure's program shrunk, by its genes and then by `shrink`, while the same law fails, for
  /// an exception if it was one. Other laws are not asked.
  Counterexample minimal(const Failure& failure);
  /// The failure's program as it was drawn.
  Counterexample as_drawn(const Failure& failure);

  const SearchOptions& options() const { return options_; }
  const std::map<const Law*, Tally>& tallies() const { return tallies_; }
  const Coverage& coverage() const { return coverage_; }
  /// Forgets what was counted.
  void clear();

 private:
  const OperationTable& operations() const;
  Specimen decode(const Case& drawn);
  SearchOptions options_;
  Decoder decoder_;
  std::map<const Law*, Tally> tallies_;
  Coverage coverage_;
};

/// What came of trying one law on many cases.
struct PropertyResult {
  std::uint64_t cases = 0;      ///< programs judged before shrinking
  std::uint64_t undecided = 0;  ///< of them
  std::optional<Counterexample> counterexample{};

  /// All cases were judged and none breaks the law. A run without cases does not pass.
  bool passed() const { return cases > 0 && !counterexample; }
};

/// Tries cases until one breaks the law or `cases` are judged. Every law draws programs of its own
/// from one seed, with the ending on which it bites best.
PropertyResult try_law(const Law& law, std::uint64_t cases, SearchOptions options = {});

}  // namespace verigrad::properties
