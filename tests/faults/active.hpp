// Which line of the engine is wrong on this thread. Copies of the engine's files ask at every place
// where `plant` has put a faulty text beside the right one.
#pragma once

namespace verigrad::faults {

/// The number of the line that is wrong, from 1; 0 when the engine is right.
inline constinit thread_local int active_line = 0;

inline bool active(int line) { return active_line == line; }

/// Makes a line wrong (or none, for 0) as long as this lives.
class Activate {
 public:
  explicit Activate(int line) : previous_(active_line) { active_line = line; }
  ~Activate() { active_line = previous_; }
  Activate(const Activate&) = delete;
  Activate& operator=(const Activate&) = delete;

 private:
  int previous_;
};

}  // namespace verigrad::faults
