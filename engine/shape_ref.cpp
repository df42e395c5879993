#include "engine/shape_ref.hpp"

namespace verigrad::detail {

void dispose(SharedShape* shared) { delete shared; }

}  // namespace verigrad::detail
