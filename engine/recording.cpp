#include "engine/recording.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "engine/operation_table.hpp"
#include "engine/ops/dims.hpp"

namespace verigrad {

constinit thread_local Recording<float>* detail::recording_f32 = nullptr;
constinit thread_local Recording<double>* detail::recording_f64 = nullptr;

template <class T>
class Recording<T>::Reading {
 public:
  explicit Reading(int& depth) : depth_(depth) { ++depth_; }
  ~Reading() { --depth_; }
  Reading(const Reading&) = delete;
  Reading& operator=(const Reading&) = delete;

 private:
  int& depth_;
};

template <class T>
Recording<T>::Recording() {
  if (recording<T>() != nullptr) throw std::logic_error("another Recording lives on this thread");
  program_.dtype = std::is_same_v<T, float> ? DType::f32 : DType::f64;
  recording<T>() = this;
}

template <class T>
Recording<T>::~Recording() {
  end();
}

template <class T>
void Recording<T>::end() {
  for (auto& [storage, known] : known_) known.entries->set_watch(nullptr);
  known_.clear();
  if (recording<T>() == this) recording<T>() = nullptr;
}

template <class T>
Program Recording<T>::take() {
  end();
  return std::move(program_);
}

template <class T>
void Recording<T>::add_leaf(Leaf leaf, const Tensor<T>& tensor) {
  if (is_known(tensor))
    throw std::logic_error("the entries of a leaf are a recorded value already");
  tensor.impl()->storage->write();  // what is pending keeps entries of its own to read
  learn(tensor, noted(program_.add_leaf(std::move(leaf))), true);
}

template <class T>
void Recording<T>::add_number(const std::string& text, double value, const Tensor<T>& tensor) {
  if (!is_known(tensor)) learn(tensor, noted(program_.add_number(text, value)), false);
}

template <class T>
ValueId Recording<T>::id(const Tensor<T>& tensor) {
  return reshaped(known(tensor), tensor.shape());
}

template <class T>
Tensor<T> Recording<T>::apply(const Operation& operation, Operands<T> operands,
                              const AttributesRef& attributes, const Shape& shape) {
  static const Attributes none;
  const auto value = [&] {
    return operation.kernels<T>().forward(operands, attributes ? *attributes : none, shape);
  };
  if (reading_ > 0) return value();
  std::vector<ValueId> ids;
  bool depends = false;
  for (const Tensor<T>& operand : operands) {
    ids.push_back(id(operand));
    depends = depends || known(operand).depends;
  }
  const Reading reading(reading_);
  Tensor<T> out = value();
  out.data();  // what is pending would be read later
  if (is_known(out)) out = Tensor<T>(out.shape(), out.entries());
  learn(out, noted(program_.add(operation, std::move(ids), attributes)), depends);
  return out;
}

template <class T>
Tensor<T> Recording<T>::clone(const Tensor<T>& tensor) {
  const bool made_by_operation = reading_ > 0;
  const Reading reading(reading_);
  Tensor<T> copy(tensor.shape(), tensor.entries());
  if (!made_by_operation && is_known(tensor)) learn(copy, id(tensor), known(tensor).depends);
  return copy;
}

template <class T>
typename Recording<T>::Known& Recording<T>::learn(const Tensor<T>& tensor, ValueId id,
                                                  bool depends) {
  const Ref<Storage<T>>& entries = tensor.impl()->storage;
  entries->data();
  entries->set_watch(this);
  return known_[entries.get()] = Known{entries, {id}, depends};
}

template <class T>
typename Recording<T>::Known& Recording<T>::known(const Tensor<T>& tensor) {
  const auto found = known_.find(tensor.impl()->storage.get());
  if (found != known_.end()) return found->second;
  const auto entries = tensor.entries();
  return learn(
      tensor, noted(program_.add_entries(tensor.shape(), {entries.begin(), entries.end()})), false);
}

template <class T>
ValueId Recording<T>::reshaped(Known& known, const Shape& shape) {
  for (const ValueId candidate : known.shapes)
    if (program_.shape(candidate) == shape) return candidate;
  known.shapes.push_back(
      noted(program_.add(*OperationTable::standard().find("reshape"), {known.shapes.front()},
                         make_attributes({sizes_of(shape)}))));
  return known.shapes.back();
}

template <class T>
ValueId Recording<T>::origin_of(const Node<T>& node) const {
  const auto found = node_origins_.find(&node);
  return found == node_origins_.end() ? no_value : found->second;
}

template <class T>
ValueId Recording<T>::origin_of(const Operand<T>& operand) const {
  if (operand.node) return origin_of(*operand.node);
  const auto found = known_.find(operand.leaf->storage.get());
  return found == known_.end() ? no_value
                               : origins_[static_cast<std::size_t>(found->second.shapes.front())];
}

template <class T>
void Recording<T>::before_reading(const Storage<T>& entries) {
  if (reading_ == 0 && known_.at(&entries).depends) refuse("entries read outside of operations");
}

template <class T>
void Recording<T>::before_changing(const Storage<T>&) {
  refuse("recorded entries changed");
}

template <class T>
void Recording<T>::refuse(std::string_view what) const {
  throw NotRecordable(rule_ == nullptr
                          ? std::string(what)
                          : fmt::format("the derivative of {}: {}", rule_->name(), what));
}

template class Recording<float>;
template class Recording<double>;

}  // namespace verigrad
