#include "tests/runner/accuracy_support.hpp"

namespace verigrad::runner {

reports::Run measured(const std::string& text, const Options& options) {
  const Input input{"t.grad", text};
  return measure_accuracy({&input, 1}, options);
}

reports::AccuracyRow row_of(const std::string& text, const Options& options) {
  const reports::Run run = measured(text, options);
  if (run.files.size() != 1 || run.files[0].accuracy.size() != 1) {
    ADD_FAILURE() << shown(run);
    return {};
  }
  return run.files[0].accuracy[0];
}

}  // namespace verigrad::runner
