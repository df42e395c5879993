// The values of a `test` block: what Lowering emits is computed at once on the engine.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "engine/error.hpp"
#include "engine/optim.hpp"
#include "engine/program.hpp"
#include "engine/random.hpp"
#include "engine/tensor.hpp"
#include "expressions/codes.hpp"
#include "expressions/eager_arguments.hpp"
#include "expressions/instance.hpp"
#include "expressions/lowering.hpp"

namespace verigrad::expressions {

/// An Emitter whose handles are tensors of T, integer tensors, optimisers and their
/// schedules.
///
/// Handles are not counted; collect() frees those that no variable holds.
template <class T>
class Eager final : public Emitter {
 public:
  /// Makes the leaves of the instance with the point's values, and computes the bindings.
  /// `max_entries` bounds one tensor. The instance must outlive this.
  Eager(const Instance& instance, const Point& point, Random random, std::int64_t max_entries);

  ~Eager() override;
  Eager(const Eager&) = delete;
  Eager& operator=(const Eager&) = delete;

  // Emitter
  Handle number(const std::string& text, double value) override;
  Handle entries(const Shape& shape, std::vector<double> entries) override;
  Handle random(const Shape& shape, const verigrad::Domain& domain) override;
  Handle apply(const Operation& operation, std::span<const Handle> operands,
               const AttributesRef& attributes) override;
  [[nodiscard]] Shape shape(Handle value) const override { return tensor(value).shape(); }
  std::optional<Item> lookup(std::string_view name, Span at) override;
  [[nodiscard]] std::vector<std::string_view> names() const override;
  std::optional<Item> call(const Expr& call, Lowering& lowering) override;
  std::optional<Item> method(const Expr& call, const Item& object, Lowering& lowering) override;
  std::optional<Item> attribute(const Expr& attribute, const Item& object,
                                Lowering& lowering) override;
  [[nodiscard]] bool in_test() const override { return true; }
  [[nodiscard]] std::string describe(const Item::Object& object) const override;
  [[nodiscard]] std::string no_operand(const Item::Object& object) const override;

  /// Errors that lookup() meets are reported through this Lowering. Call it before any lowering.
  void attach(const Lowering& lowering) { lowering_ = &lowering; }

  // variables

  /// Gives a name a value. A list of numbers as written becomes a tensor, and known arithmetic one
  /// number. Throws a DiagnosticError for a list that is too large or too deep to be kept.
  void assign(std::string_view name, const Expr& value, Lowering& lowering);
  void assign(std::string_view name, std::int64_t value);
  /// Frees what neither a variable nor the engine's graphs refer to; cheap when there is little.
  void collect();

  // items

  [[nodiscard]] const Tensor<T>& tensor(Handle handle) const;
  /// The integer tensor behind an item, or null.
  [[nodiscard]] const Tensor<std::int64_t>* integers(const Item& item) const;
  /// A tensor as an item, None when it is undefined.
  Item item(Tensor<T> tensor, Span span);
  /// An item as PyTorch and Python print it. Throws Error when the test has printed too much.
  std::string text(const Item& item);
  /// The value of an expression as `print` and `str` show it.
  std::string text(const Expr& expression, Lowering& lowering);
  /// A list of data as written, as the tensor that it stands for; anything else as it is.
  Item settled(const Expr& expression, Item item, Lowering& lowering);

 private:
  using Integers64 = Tensor<std::int64_t>;
  using OptimizerPtr = std::shared_ptr<Optimizer<T>>;
  struct Schedule {
    OptimizerPtr optimizer;  ///< kept alive for the rule
    StepLR<T> rule;
  };
  using Slot = std::variant<std::monostate, Tensor<T>, Integers64, OptimizerPtr, Schedule>;

  Handle add(Slot slot);
  void charge(std::int64_t entries);
  void charge_walk(const Tensor<T>& root, std::int64_t passes);
  void check_shape(const Shape& shape) const;
  std::string plain_text(const Item& item) const;
  void load_bindings(const Instance& instance, const std::vector<Tensor<T>>& leaves);
  void mark(const Item& item, std::vector<bool>& live) const;
  Tensor<T> tensor_of(const Item& item, Lowering& lowering);
  std::vector<Tensor<T>> tensors_of(const Item& item, Lowering& lowering);
  double real_of(const Item& item, std::string_view what, Lowering& lowering);
  Item list(const std::vector<Tensor<T>>& tensors, Span span);

  // eager_calls.cpp
  std::optional<Item> call_function(const Expr& call, Lowering& lowering);
  Item call_grad(const Arguments& arguments, Lowering& lowering);
  Item call_derivative(const Arguments& arguments, Lowering& lowering);
  Item call_int(const Arguments& arguments, Lowering& lowering);
  Item call_str(const Arguments& arguments, Lowering& lowering);

  // eager_optim.cpp
  std::optional<Item> call_optim(const Expr& call, Lowering& lowering);
  Item call_sgd(const Arguments& arguments, Lowering& lowering);
  Item call_adam(const Arguments& arguments, Lowering& lowering);
  Item call_step_lr(const Arguments& arguments, Lowering& lowering);
  Item optim_method(const Expr& call, const Item::Object& object, Lowering& lowering);
  std::vector<Tensor<T>> params_of(const Arguments& arguments, Lowering& lowering);
  double option(const Arguments& arguments, std::size_t n, double fallback, Lowering& lowering);

  // eager_methods.cpp
  std::optional<Item> call_method(const Expr& call, const Item& object, Lowering& lowering);
  std::optional<Item> read_attribute(const Expr& e, const Item& object, Lowering& lowering);
  Item self_of(const Expr& e, const Item& object, Lowering& lowering);
  Item graph_method(const Expr& call, const Item& object, Lowering& lowering);
  Item in_place_method(const Expr& call, const Item& object, Lowering& lowering);
  Item integer_method(const Expr& call, const Item& self, const Integers64& tensor,
                      Lowering& lowering);

  const Lowering* lowering_ = nullptr;
  /// Every tensor that was made to collect gradients; a gradient with a graph (create_graph) refers
  /// back to it, and that circle has to be broken at the end.
  std::vector<Tensor<T>> leaves_;
  std::vector<Slot> slots_;
  std::vector<Handle> free_;
  std::size_t collect_at_ = 256;
  std::int64_t entries_since_collect_ = 0;
  std::int64_t entries_ = 0;
  std::int64_t max_entries_;
  std::int64_t entries_limit_;
  Random random_;
  std::unordered_map<std::string_view, Item> variables_;
  /// Bindings that could not be computed, and why.
  std::unordered_map<std::string_view, std::string> broken_;
};

/// Runs f; an error of the engine becomes a diagnostic at the span.
template <class F>
auto placed(const Lowering& lowering, Span span, F&& f) {
  try {
    return f();
  } catch (const ShapeError& error) {
    lowering.fail(code::shape_mismatch, span, error.what());
  } catch (const IndexError& error) {
    lowering.fail(code::out_of_range, span, error.what());
  } catch (const Error& error) {
    lowering.fail(code::refused, span, error.what());
  }
}

/// The numbers rounded to the nearest of T.
template <class T>
std::vector<T> rounded_to(const std::vector<double>& numbers) {
  std::vector<T> result;
  result.reserve(numbers.size());
  for (double number : numbers) result.push_back(static_cast<T>(number));
  return result;
}

/// The number as Python prints it: `3`, `3.0`, `1e-05`, `inf`.
std::string number_text(double value);
std::string number_text(const Constant& constant);

extern template class Eager<float>;
extern template class Eager<double>;

}  // namespace verigrad::expressions
