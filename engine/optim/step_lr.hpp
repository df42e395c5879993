#pragma once

#include "engine/optim/optimizer.hpp"

namespace verigrad {

/// Multiplies an optimiser's learning rate by gamma at every step_size-th step(),
/// `torch.optim.lr_scheduler.StepLR` of PyTorch 1.13. After n steps
///
///     lr = lr₀ · gamma^⌊n / step_size⌋,
///
/// one product at a time, so that a rate which was set by hand in between stays in force.
///
///     StepLR schedule(optimiser, 30, 0.1);
///     for (epoch…) { train(…); optimiser.step(); schedule.step(); }
template <class T>
class StepLR {
 public:
  /// The optimiser must outlive the schedule. Throws Error for a step size below 1 and for a gamma
  /// that is negative or NaN.
  StepLR(Optimizer<T>& optimizer, std::int64_t step_size, double gamma = 0.1);

  /// Ends an epoch. Warns when the first comes before the optimiser has made a step, which skips
  /// the first value of the schedule.
  void step();

  std::int64_t last_epoch() const { return last_epoch_; }
  double lr() const { return optimizer_->lr(); }

 private:
  Optimizer<T>* optimizer_;
  std::int64_t step_size_;
  double gamma_;
  std::int64_t last_epoch_ = 0;
  std::int64_t optimizer_steps_;  ///< when the schedule was made
};

template <template <class> class Rule, class T>
StepLR(Rule<T>&, std::int64_t, double = 0.1) -> StepLR<T>;

extern template class StepLR<float>;
extern template class StepLR<double>;

}  // namespace verigrad
