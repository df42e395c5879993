// A law tried on many random programs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "properties/laws.hpp"
#include "properties/specimen.hpp"

namespace verigrad::properties {

struct PropertyOptions {
  int cases = 1000;
  /// Every law draws from a stream of its own, made from this and its name.
  std::uint64_t seed = 20240229;
  /// The operations that programs are made of; null for the process's. A counterexample's program
  /// points to its rows.
  const OperationTable* operations = nullptr;
};

/// A program that breaks a law, made as small as it gets.
struct Counterexample {
  Specimen specimen;
  std::string message{};
  /// The specimen as a .grad file, with the law and the message as comments in front.
  std::string text{};
};

struct PropertyResult {
  int cases = 0;      ///< programs judged before shrinking
  int undecided = 0;  ///< of them
  std::optional<Counterexample> counterexample{};
  /// What went wrong with the run itself; empty when nothing did.
  std::string error{};

  /// All cases were judged and none breaks the law. A run without cases does not pass.
  bool passed() const { return cases > 0 && !counterexample && error.empty(); }
};

/// Judges one specimen made of the table's operations; an exception is a failure with its text for
/// message.
LawResult judge(const Law& law, const Specimen& specimen,
                const OperationTable& operations = operation_table());

/// Draws programs until one breaks the law or all cases are judged; shrinks by genes, then by
/// `shrink`. The same options give the same result.
PropertyResult try_law(const Law& law, const PropertyOptions& options = {});

}  // namespace verigrad::properties
