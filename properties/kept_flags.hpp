// Floating-point flags of computations that do not count.
#pragma once

#include <cfenv>

namespace verigrad::properties {

/// Puts the thread's floating-point flags back as they were when this was made: what is computed
/// only to judge a result says nothing about the result.
class KeptFlags {
 public:
  KeptFlags() { std::fegetexceptflag(&flags_, FE_ALL_EXCEPT); }
  ~KeptFlags() { std::fesetexceptflag(&flags_, FE_ALL_EXCEPT); }
  KeptFlags(const KeptFlags&) = delete;
  KeptFlags& operator=(const KeptFlags&) = delete;

 private:
  std::fexcept_t flags_{};
};

}  // namespace verigrad::properties
