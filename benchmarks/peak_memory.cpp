// Prints, as JSON, the peak of resident memory that (a) at n = 10^6 adds, and what its saved values
// need: x, for sin(x) and x · x; x², for the sigmoid; sin(x) and sigmoid(x²), for their product;
// exp(x), for exp; 1 + exp(x), for the logarithm. Its own program, since a peak is a process's.
#include <fmt/format.h>

#include <fstream>
#include <string>

#include "benchmarks/formulas.hpp"
#include "engine/verigrad.hpp"

namespace {

/// A line of /proc/self/status, in bytes.
long long status(const std::string& wanted) {
  std::ifstream lines("/proc/self/status");
  std::string name;
  while (lines >> name) {
    long long kibibytes = 0;
    if (name == wanted + ":" && lines >> kibibytes) return kibibytes * 1024;
    std::getline(lines, name);
  }
  return 0;
}

void differentiate(std::int64_t size) {
  verigrad::Tensor<double> x = verigrad::linspace<double>(-3, 3, size).requires_grad_();
  verigrad::benchmarks::tensors::pointwise(x).backward();
}

}  // namespace

int main() {
  constexpr std::int64_t size = 1'000'000, saved_tensors = 6;
  differentiate(10);
  const long long before = status("VmRSS");
  differentiate(size);
  const long long peak = status("VmHWM") - before;
  fmt::print("{{\"peak\": {}, \"saved\": {}}}\n", peak,
             saved_tensors * size * static_cast<std::int64_t>(sizeof(double)));
}
