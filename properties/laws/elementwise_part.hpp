// The part of a program to which it does not matter where entries lie. For the files of this folder
// only.
#pragma once

#include <cfenv>

#include "properties/laws/law.hpp"

namespace verigrad::properties {

/// The newest elementwise value of a program as a function of what the elementwise operations
/// before it start from, all of that broadcast to the shape of the result. Nothing where the
/// program has no elementwise operation.
std::optional<Specimen> elementwise_part(Trial& trial);

/// The entries of a value of shape `from`, broadcast to another shape.
std::vector<double> broadcast_entries(const std::vector<double>& entries, const Shape& from,
                                      const Shape& to);

/// The same function of leaves of another shape, of which entry i is entry `source[i]` of the old.
Specimen rearranged(const Specimen& part, const Shape& shape,
                    const std::vector<std::size_t>& source);

/// A trial of a part inside that of the whole; what the whole has raised of floating-point flags is
/// raised again in the end.
class PartTrial {
 public:
  PartTrial(const Trial& whole, const Specimen& part)
      : raised_(std::fetestexcept(FE_ALL_EXCEPT)),
        trial_(whole.engine(), part, whole.operations()) {}
  ~PartTrial() { std::feraiseexcept(raised_); }
  PartTrial(const PartTrial&) = delete;
  PartTrial& operator=(const PartTrial&) = delete;
  Trial* operator->() { return &trial_; }
  Trial& operator*() { return trial_; }

 private:
  int raised_;
  Trial trial_;
};

}  // namespace verigrad::properties
