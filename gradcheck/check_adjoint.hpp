#pragma once

#include "gradcheck/callable.hpp"
#include "gradcheck/report.hpp"

namespace verigrad::gradcheck {

/// Compares <Ju, v> and <u, Jᵀv>, for jvp(x) = Ju and vjp(x) = Jᵀv. See check_adjoint.
Report compare_adjoint(const Callable& jvp, const Callable& vjp, const Entries& x, const Entries& u,
                       const Entries& v, DType dtype);

}  // namespace verigrad::gradcheck
