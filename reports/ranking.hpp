#pragma once

#include "reports/model.hpp"

namespace verigrad::reports {

/// Where results of a verdict stand in a report that begins with the worst: failures, files with
/// errors (rank_of_errors), inaccurate and then all other ones.
int rank(Verdict verdict);
constexpr int rank_of_errors = 1;

/// The fewest decimal digits that any comparison of a check was verified to: infinite when that is
/// not known, -inf when it is NaN. Of two results of one rank, the one with fewer comes first.
double verified_digits(const CheckResult& check);

}  // namespace verigrad::reports
