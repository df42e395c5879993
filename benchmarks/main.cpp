#include "benchmarks/measure.hpp"

int main(int argc, char** argv) {
  using namespace verigrad::benchmarks;
  add_pointwise();
  add_logistic();
  add_perceptron();
  add_product();
  add_chain();
  add_euler();
  add_checks();
  add_proofs();
  add_programs();
#ifdef VERIGRAD_HAS_LIBTORCH
  add_libtorch();
  add_libtorch_checks();
#endif
#ifdef VERIGRAD_HAS_ADOLC
  add_adolc();
#endif
#ifdef VERIGRAD_HAS_SACADO
  add_sacado();
#endif

  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
