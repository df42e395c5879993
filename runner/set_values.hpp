#pragma once

#include <span>
#include <string>
#include <vector>

#include "runner/run.hpp"

namespace verigrad::runner {

/// What of `--set` lies outside of the domains that the inputs declare, where it is taken all the
/// same: `a.grad: x = 5 lies outside of its domain [0.99, 1.01]`, of a core of FPCore with its
/// line, and of a tensor its first such entry. Files with errors have nothing here.
std::vector<std::string> values_outside_of_domains(std::span<const Input> inputs,
                                                   const Options& options);

}  // namespace verigrad::runner
