// An error says what is wrong, and leaves everything as it was.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using D = Tensor<double>;

D leaf(const Nested<double>& entries) { return tensor<double>(entries).requires_grad_(); }

/// All that can be seen of a tensor.
std::string snapshot(const D& tensor) {
  const PrintOptions options{.default_dtype = "float64"};
  std::string text = to_string(tensor, options) + std::to_string(tensor.version()) +
                     (tensor.requires_grad() ? " tracked" : "") + (tensor.is_leaf() ? " leaf" : "");
  if (tensor.impl()->grad.defined()) text += " grad " + to_string(tensor.impl()->grad, options);
  return text;
}

struct Fault {
  const char* what;
  testing::Matcher<std::string> message;
  std::function<void(D&, D&, D&, D&)> action;
};

/// Of a graph y = sum(exp(x) w), a matrix m and an untracked c.
TEST(Errors, LeaveEveryTensorAsItWas) {
  const Fault faults[] = {
      {"non-scalar root", HasSubstr("grad can be implicitly created only for scalar outputs"),
       [](D& x, D&, D&, D&) { exp(x).backward(); }},
      {"cotangent of another shape", AllOf(HasSubstr("[3]"), HasSubstr("[2]")),
       [](D& x, D&, D&, D&) {
         exp(x).backward(tensor<double>({1, 2, 3}));
       }},
      {"untracked root", HasSubstr("does not require grad"),
       [](D&, D&, D&, D& c) { sum(c).backward(); }},
      {"no inputs", HasSubstr("grad requires non-empty inputs."),
       [](D&, D&, D& y, D&) { grad(y, {}); }},
      {"an input without a gradient",
       HasSubstr("One of the differentiated Tensors does not require grad"),
       [](D&, D&, D& y, D& c) { grad(y, {c}); }},
      {"an input that is not used", HasSubstr("allow_unused=True"),
       [](D&, D&, D& y, D&) { grad(y, {leaf(1)}); }},
      {"product of shapes that do not fit", AllOf(HasSubstr("2x2"), HasSubstr("3x1")),
       [](D&, D& m, D&, D&) {
         matmul(m, zeros<double>({3, 1}));
       }},
      {"broadcast of shapes that do not fit", AllOf(HasSubstr("[2, 2]"), HasSubstr("[3]")),
       [](D&, D& m, D&, D&) { m + zeros<double>({3}); }},
      {"in-place change of a leaf", HasSubstr("a leaf Variable that requires grad"),
       [](D& x, D&, D&, D&) { x.add_(1); }},
      {"in-place change to a larger shape", AllOf(HasSubstr("[2]"), HasSubstr("[2, 2]")),
       [](D&, D& m, D&, D& c) { c.add_(m.detach()); }},
      {"gradient of another size", HasSubstr("[3]"),
       [](D& x, D&, D&, D&) { x.set_grad(zeros<double>({3})); }},
      {"switching a result off", HasSubstr("you can only change requires_grad flags of leaf"),
       [](D&, D&, D& y, D&) { y.requires_grad_(false); }},
      {"the number of several", HasSubstr("a Tensor with 2 elements cannot be converted to Scalar"),
       [](D& x, D&, D&, D&) { static_cast<void>(x.item()); }},
      {"dim out of range", HasSubstr("Dimension out of range"),
       [](D&, D& m, D&, D&) { sum(m, {2}); }},
  };
  for (const Fault& fault : faults) {
    D x = leaf({0.5, -2}), m = leaf({{1, 2}, {3, 4}}), c = tensor<double>({7, 8});
    x.set_grad(tensor<double>({10, 20}));
    D y = sum(exp(x) * sum(m, {0}));
    const auto all = [&] { return snapshot(x) + snapshot(m) + snapshot(y) + snapshot(c); };
    const std::string before = all();
    std::string message = "no error";
    try {
      fault.action(x, m, y, c);
    } catch (const Error& error) {
      message = error.what();
    }
    EXPECT_THAT(message, fault.message) << fault.what;
    EXPECT_EQ(all(), before) << fault.what;
    y.backward();
    EXPECT_DOUBLE_EQ(x.grad()[0], 10 + 4 * std::exp(0.5)) << "the graph can still be walked";
    EXPECT_DOUBLE_EQ(m.grad()[3], std::exp(-2.0));
  }
}

}  // namespace
}  // namespace verigrad
