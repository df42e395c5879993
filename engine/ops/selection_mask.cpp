#include "engine/ops/selection_mask.hpp"

#include "engine/elementwise.hpp"
#include "engine/error.hpp"
#include "engine/ops/families.hpp"
#include "engine/ops/lanes.hpp"
#include "engine/ops/winner.hpp"

namespace verigrad {
namespace {

using detail::Extreme, detail::LowerMiddle, detail::Winner;

struct SelectionMask {
  static constexpr OperationInfo info{
      .signature = "selection_mask(input, statistic: word, dim: dims = None, ties: flag = False)",
      .grad_fn = "",
      .value =
          "1 where input is the max, min or median over dim, at the first such entry or at all "
          "ties; 0 elsewhere",
      .latex = R"([x_i \text{ is chosen}])",
      .kinks = "where two entries share the statistic",
      .special = {0, 1},
      .internal = true,
  };
  static Shape shape(std::span<const Shape> operands, const Attributes& attributes) {
    dim_set("selection_mask", attributes, 1, operands[0]);
    return operands[0];
  }
  template <class T>
  static Tensor<T> forward(Operands<T> operands, const Attributes& attributes, const Shape& shape) {
    const Lanes<T> lanes(operands[0], dim_set("selection_mask", attributes, 1, shape));
    const bool ties = attributes.flag(2);
    std::vector<T> chosen(static_cast<std::size_t>(shape.numel()), T(0));
    each_winner(lanes, attributes, [&](std::int64_t start, Winner winner) {
      const T* x = lanes.data + start;
      const T taken = x[winner.index * lanes.inner];
      for (std::int64_t k = winner.index; k < lanes.size; ++k) {
        const T entry = x[k * lanes.inner];
        if (k == winner.index ||
            (ties && (entry == taken || (std::isnan(entry) && std::isnan(taken)))))
          chosen[static_cast<std::size_t>(start + k * lanes.inner)] = T(1);
      }
    });
    return lanes.restored(chosen);
  }
  template <class T>
  static void branch(Operands<T> operands, const Attributes& attributes, Branches& branches) {
    const Lanes<T> lanes(operands[0],
                         dim_set("selection_mask", attributes, 1, operands[0].shape()));
    each_winner(lanes, attributes, [&](std::int64_t, Winner winner) {
      branches.add(winner.index);
      branches.add(winner.ties);
    });
  }

 private:
  /// Calls f(first entry of the lane, winner).
  template <class T, class F>
  static void each_winner(const Lanes<T>& lanes, const Attributes& attributes, F&& f) {
    const std::string& statistic = attributes.word(0);
    const auto choose = statistic == "max"      ? &Extreme<true>::of<T>
                        : statistic == "min"    ? &Extreme<false>::of<T>
                        : statistic == "median" ? &LowerMiddle::of<T>
                                                : nullptr;
    if (choose == nullptr)
      throw Error("selection_mask: there is no statistic named '" + statistic + "'");
    if (lanes.size == 0) return;
    lanes.each([&](std::int64_t, std::int64_t start) {
      f(start, choose(lanes.data + start, lanes.size, lanes.inner));
    });
  }
};

}  // namespace

template <class T>
Tensor<T> detail::selection_mask(const Tensor<T>& x, std::string_view statistic, const DimSet& dims,
                                 bool ties) {
  Integers over;
  for (std::size_t d = 0; d < x.shape().rank(); ++d)
    if (dims[d]) over.push_back(static_cast<std::int64_t>(d));
  return apply<T>(operation<SelectionMask>(), {x},
                  make_attributes({std::string(statistic), over, ties}));
}

template Tensor<float> detail::selection_mask(const Tensor<float>&, std::string_view, const DimSet&,
                                              bool);
template Tensor<double> detail::selection_mask(const Tensor<double>&, std::string_view,
                                               const DimSet&, bool);

std::vector<const Operation*> selection_mask_operations() { return {VERIGRAD_ROW(SelectionMask)}; }

}  // namespace verigrad
