#include "engine/optim/step_lr.hpp"

#include <fmt/format.h>

#include "engine/error.hpp"

namespace verigrad {

template <class T>
StepLR<T>::StepLR(Optimizer<T>& optimizer, std::int64_t step_size, double gamma)
    : optimizer_(&optimizer),
      step_size_(step_size),
      gamma_(gamma),
      optimizer_steps_(optimizer.steps()) {
  if (step_size < 1) throw Error(fmt::format("Invalid step_size value: {}", step_size));
  if (!(gamma >= 0)) throw Error(fmt::format("Invalid gamma value: {}", gamma));
}

template <class T>
void StepLR<T>::step() {
  if (last_epoch_ == 0 && optimizer_->steps() == optimizer_steps_)
    warn(
        "Detected call of `lr_scheduler.step()` before `optimizer.step()`: the first value of the "
        "learning rate schedule is skipped");
  ++last_epoch_;
  if (last_epoch_ % step_size_ == 0) optimizer_->set_lr(optimizer_->lr() * gamma_);
}

template class StepLR<float>;
template class StepLR<double>;

}  // namespace verigrad
