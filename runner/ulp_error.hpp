// Errors in units in the last place.
#pragma once

#include "engine/program.hpp"
#include "proof/ball.hpp"

namespace verigrad::runner {

/// |computed - truth| / ulp(r) with r the truth rounded to the type, as reports/accuracy_model.hpp
/// defines the unit: below the normal numbers it is the least subnormal number, beyond the greatest
/// number that of the top binade. `truth` is as sharp as proof::sharp() asks.
///
/// 0 where the truth rounds to an infinity and `computed` is that infinity; infinite for NaN and
/// for infinities elsewhere.
double ulp_error(double computed, const proof::Ball& truth, DType dtype);

/// The type's number that is nearest to the truth, of two the even one; an infinity beyond the
/// greatest.
double correctly_rounded(const proof::Ball& truth, DType dtype);

}  // namespace verigrad::runner
