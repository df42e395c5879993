#include "engine/ops/overwriting.hpp"

#include "engine/elementwise.hpp"
#include "engine/ops/families.hpp"

namespace verigrad {
namespace {

struct Overwrite {
  static constexpr OperationInfo info{
      .signature = "overwrite(input, other)",
      .grad_fn = "CopyBackwards",
      .value = "other",
      .derivative = {"0", "1"},
      .latex = "y",
      .special = {0, -0.0, 1},
      .internal = true,
  };
  static constexpr std::uint8_t passes_cotangent = second;
  static std::string_view grad_fn(const Call& call) {
    return call.is_number[1] ? "FillBackward0" : "CopyBackwards";
  }
  template <class T>
  static T value(T, T other) {
    return other;
  }
  template <std::size_t i, class V>
  static V vjp(const V& g, const V&, const V&, const V&) {
    return i == 0 ? zeros_like(g) : g;
  }
};

}  // namespace

namespace detail {
VERIGRAD_DEFINE_BINARY(overwritten, Overwrite)
}

std::vector<const Operation*> overwriting_operations() { return {VERIGRAD_ROW(Overwrite)}; }

}  // namespace verigrad
