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
  /// Operations that are replaced before a program is judged: planted faults.
  std::vector<Substitution> faults{};
};

/// A program that breaks a law, made as small as it gets.
struct Counterexample {
  Specimen specimen;  ///< without planted faults
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

/// Judges one specimen after planting the faults; an exception is a failure with its text for
/// message.
LawResult judge(const Law& law, const Specimen& specimen,
                std::span<const Substitution> faults = {});

/// Draws programs until one breaks the law or all cases are judged; shrinks by genes, then by
/// `shrink`. The same options give the same result.
PropertyResult try_law(const Law& law, const PropertyOptions& options = {});

}  // namespace verigrad::properties
