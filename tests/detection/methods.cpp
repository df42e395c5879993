#include <array>

#include "tests/detection/peers.hpp"
#include "tests/detection/verigrad.hpp"

namespace verigrad::detection {

std::span<const Method> methods() {
  static constexpr std::array all{
      Method{"Verigrad, proof", true, verigrad_by_proof},
      Method{"Verigrad, differences", true, verigrad_by_differences},
      Method{"torch", false, torch_gradcheck},
      Method{"torch, fast", false, torch_fast_gradcheck},
      Method{"JAX", false, jax_check_grads},
      Method{"Ceres", false, ceres_gradient_checker},
      Method{"ChainRules", false, chainrules_test_rrule},
  };
  return all;
}

}  // namespace verigrad::detection
