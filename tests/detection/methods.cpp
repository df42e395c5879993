#include <array>

#include "tests/detection/peers.hpp"
#include "tests/detection/verigrad.hpp"

namespace verigrad::detection {

std::span<const Method> methods() {
  static constexpr std::array all{
      Method{"Verigrad, proof", verigrad_by_proof},
      Method{"Verigrad, differences", verigrad_by_differences},
      Method{"torch", torch_gradcheck},
      Method{"torch, fast", torch_fast_gradcheck},
      Method{"JAX", jax_check_grads},
      Method{"Ceres", ceres_gradient_checker},
      Method{"ChainRules", chainrules_test_rrule},
  };
  return all;
}

}  // namespace verigrad::detection
