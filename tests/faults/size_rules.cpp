// Rules that are off by a relative error, one operand of one operation each.
#include "tests/faults/rules.hpp"

namespace verigrad::faults {

std::vector<Fault> size_faults() {
  return {
      {"sin", "1e-1 too large", off<"sin", 1>},
      {"cos", "1e-2 too large", off<"cos", 2>},
      {"exp", "1e-3 too large", off<"exp", 3>},
      {"tanh", "1e-4 too large", off<"tanh", 4>},
      {"log", "1e-5 too large", off<"log", 5>},
      {"sigmoid", "1e-6 too large", off<"sigmoid", 6>},
      {"sqrt", "1e-7 too large", off<"sqrt", 7>},
      {"mul", "1e-8 too large by other", off<"mul", 8, 1>},
      {"div", "1e-6 too large by other", off<"div", 6, 1>},
      {"sub", "1e-9 too large by other", off<"sub", 9, 1>},
      {"matmul", "1e-7 too large by input", off<"matmul", 7, 0>},
      {"matmul", "1e-4 too large by other", off<"matmul", 4, 1>},
      {"softmax", "1e-5 too large", off<"softmax", 5>},
      {"layer_norm", "1e-5 too large by input", off<"layer_norm", 5, 0>},
      {"conv2d", "1e-4 too large by weight", off<"conv2d", 4, 1>},
      {"logsumexp", "1e-6 too large", off<"logsumexp", 6>},
      {"neg", "1e-10 too large", off<"neg", 10>},
  };
}

}  // namespace verigrad::faults
