// What is asked of a checker of gradients, and what it answers.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "engine/random.hpp"
#include "runner/points.hpp"

namespace verigrad::detection {

/// A scalar function at a point. A checker is asked about its gradient by the entries of `leaves`,
/// one leaf after the other.
struct Subject {
  const runner::Sample& sample;
  ValueId output;
  std::vector<std::size_t> leaves;

  const Program& program() const { return sample.instance.program; }
  DType dtype() const { return program().dtype; }
  /// The entries of `leaves` at the point.
  std::vector<double> coordinates() const;
};

/// A gradient that is put before a checker.
struct Gradient {
  enum class Origin {
    numbers,  ///< known by its numbers alone
    claim,    ///< the value `claimed` of the subject's Program
    engine    ///< the engine's own
  };

  std::vector<double> tested;     ///< in the subject's precision
  std::vector<double> in_double;  ///< by the same rule in double
  Origin origin = Origin::numbers;
  ValueId claimed = no_value;
};

/// Peers accept or reject; Verigrad's verdicts are, in this order, pass, inconclusive, inaccurate
/// and fail.
enum class Answer { accepted, undecided, inaccurate, rejected };

/// A checker at one subject: numeric derivatives are computed once, and judge any gradient.
class Checker {
 public:
  virtual ~Checker() = default;
  virtual Answer judge(const Gradient& gradient) = 0;
};

/// A checker as a column of a table.
struct Method {
  std::string_view name;
  bool has_verdicts;  ///< may also say that it cannot tell, or that only digits are lost
  /// The subject must outlive the checker; directions are drawn from `random`.
  std::unique_ptr<Checker> (*make)(const Subject& subject, Random random);
};

/// Verigrad by proof, Verigrad by finite differences, and its peers.
std::span<const Method> methods();

}  // namespace verigrad::detection
