#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "engine/tensor.hpp"

namespace verigrad {

/// What optimisers share: the list of parameters, the learning rate, and one state for each
/// distinct parameter.
///
/// Neither copied nor moved, because its state belongs to one sequence of steps and because
/// schedules (StepLR) refer to it.
template <class T>
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Updates every parameter in place by its gradient, without recording, and so changes its
  /// version once. Parameters without a gradient stay as they are, and so does their state.
  void step();
  /// Fills the gradients with zeros; those that are undefined stay so.
  void zero_grad();

  const std::vector<Tensor<T>>& params() const { return params_; }
  double lr() const { return lr_; }
  /// The learning rate of the steps to come. Throws Error when it is negative or NaN.
  void set_lr(double lr);
  /// How often step() was called.
  std::int64_t steps() const { return steps_; }

 protected:
  /// Throws Error for an empty list, an undefined parameter, one that is the result of an operation
  /// (unless it retains its gradient), and a learning rate that is negative or NaN. Warns when a
  /// parameter is named twice: it is then updated twice a step, from one state.
  Optimizer(std::vector<Tensor<T>> params, double lr);

  /// A bare tensor is no list of parameters: throws Error.
  [[noreturn]] static std::vector<Tensor<T>> refuse(const Tensor<T>& params);
  /// `Invalid NAME: VALUE` unless `valid`.
  static void require(bool valid, std::string_view name, double value);

  std::size_t states() const { return states_; }

 private:
  /// Comes before the updates of every step.
  virtual void begin_step() {}
  /// Sets u to what the parameter's entries lose: p ← p - u. All three have the same size.
  virtual void update(std::size_t state, std::span<const T> parameter, std::span<const T> gradient,
                      std::span<T> u) = 0;

  std::vector<Tensor<T>> params_;
  std::vector<std::size_t> state_of_;  ///< the state of each entry of params_
  std::size_t states_ = 0;
  double lr_;
  std::int64_t steps_ = 0;
};

extern template class Optimizer<float>;
extern template class Optimizer<double>;

}  // namespace verigrad
