// Surveys in processes of their own: a wrong line of the engine may write where it should not.
#pragma once

#include <vector>

#include "tests/faults/survey.hpp"

namespace verigrad::faults {

/// survey() of every fault, two at a time, each in a process of its own. Of one that crashes, what
/// was found before counts.
std::vector<FaultRow> survey_apart(const std::vector<Fault>& faults, const Plan& plan);

}  // namespace verigrad::faults
