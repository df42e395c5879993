// What the derivatives of class losses read of their targets.
#include "engine/elementwise.hpp"
#include "engine/ops/class_form.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"

namespace verigrad {
namespace {

struct ClassMask {
  static constexpr OperationInfo info{
      .signature = "class_mask(target, input: sizes, ignore_index: int)",
      .grad_fn = "",
      .value =
          "1 at the class that target names for each sample of an input of these sizes, unless it "
          "is ignore_index; 0 elsewhere",
      .latex = "[c = t_s]",
      .special = {0, 1},
      .internal = true,
      .indices = first,
  };
  static Shape input_shape(const Attributes& attributes) {
    return Shape(std::span<const std::int64_t>(attributes.integers(0)));
  }
  static detail::ClassForm form(const Shape& target, const Attributes& attributes) {
    const Shape shapes[] = {input_shape(attributes), target, Shape()};
    return {"class_mask", shapes, false};
  }
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    return form(operands[0], attributes).input;
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const detail::ClassForm at = form(operands[0].shape(), attributes);
    const auto classes = at.classes_of(operands[0], attributes.integer(1));
    Tensor<T> mask = Tensor<T>::uninitialised(shape);
    T* entries = mask.mutable_data();
    std::fill_n(entries, shape.numel(), T(0));
    const Lanes<T> lanes(mask, at.class_dims());
    lanes.each([&](std::int64_t lane, std::int64_t start) {
      const std::int64_t c = classes[static_cast<std::size_t>(lane)];
      if (c != detail::ignored) entries[start + c * lanes.inner] = T(1);
    });
    return mask;
  }
};

}  // namespace

template <class T>
Tensor<T> detail::class_mask(const Tensor<T>& target, const Shape& input,
                             std::int64_t ignore_index) {
  return apply<T>(operation<ClassMask>(), {target},
                  make_attributes({sizes_of(input), ignore_index}));
}
template Tensor<float> detail::class_mask(const Tensor<float>&, const Shape&, std::int64_t);
template Tensor<double> detail::class_mask(const Tensor<double>&, const Shape&, std::int64_t);

std::vector<const Operation*> class_mask_operations() { return {VERIGRAD_ROW(ClassMask)}; }

}  // namespace verigrad
