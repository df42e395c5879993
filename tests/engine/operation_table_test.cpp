// Tables of operations as values, and registration with the process.
#include "engine/operation_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <thread>

#include "engine/custom_operation.hpp"
#include "engine/verigrad.hpp"

namespace verigrad {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

struct Cube {
  static constexpr OperationInfo info{
      .signature = "cube(input)",
      .grad_fn = "CubeBackward0",
      .value = "input ** 3",
      .derivative = {"3 * input ** 2"},
      .latex = "x^3",
      .needs = {first},
  };
  template <class T>
  static T value(T x) {
    return x * x * x;
  }
  template <std::size_t, class V>
  static V vjp(const V& g, const V& x, const V&) {
    return g * (x * x * 3);
  }
};

/// The cube's row under another signature.
Operation row(std::string_view signature) {
  Operation copy = operation<Cube>();
  copy.info.signature = signature;
  copy.signature = Signature(signature);
  return copy;
}

TEST(OperationTable, TheStandardOneIsTheProcesssUntilSomethingIsRegistered) {
  EXPECT_EQ(OperationTable::standard().find("sin"), find_operation("sin"));
  EXPECT_EQ(OperationTable::standard().find("cube"), nullptr);
  EXPECT_EQ(OperationTable::standard().find("cat"), OperationTable::standard().find("concat"));
}

TEST(OperationTable, ATableWithARowMoreIsAnotherTable) {
  const OperationTable& standard = OperationTable::standard();
  const OperationTable longer = standard.with(operation<Cube>());
  EXPECT_EQ(longer.find("cube"), &operation<Cube>());
  EXPECT_EQ(longer.operations().back(), &operation<Cube>());
  EXPECT_EQ(longer.operations().size(), standard.operations().size() + 1);
  EXPECT_EQ(longer.find("sin"), standard.find("sin"));
  EXPECT_EQ(standard.find("cube"), nullptr);
  EXPECT_EQ(find_operation("cube"), nullptr) << "nothing is registered by it";
}

TEST(OperationTable, AReplacedRuleIsSeenInTheCopyAloneUnderEveryName) {
  const OperationTable& standard = OperationTable::standard();
  Operation wrong = *standard.find("clamp");
  wrong.f64.vjp = nullptr;
  const OperationTable copy = standard.replace("clip", wrong);
  EXPECT_EQ(copy.find("clamp")->f64.vjp, nullptr);
  EXPECT_EQ(copy.find("clip"), copy.find("clamp"));
  EXPECT_EQ(copy.operations().size(), standard.operations().size());
  EXPECT_THAT(copy.operations(), testing::Contains(copy.find("clamp")));
  EXPECT_THAT(copy.operations(), testing::Not(testing::Contains(standard.find("clamp"))));
  EXPECT_NE(standard.find("clamp")->f64.vjp, nullptr);
  EXPECT_THAT([&] { standard.replace("clamped", wrong); },
              ThrowsMessage<Error>(HasSubstr("no operation named 'clamped'")));
}

TEST(OperationTable, ReplacedRowsLiveAsLongAsACopyOfTheTable) {
  auto table = std::make_unique<OperationTable>(
      OperationTable::standard().replace("sin", operation<Cube>()));
  const OperationTable copy = *table;
  const Operation* cube = table->find("sin");
  table.reset();
  EXPECT_EQ(copy.find("sin"), cube);
  EXPECT_EQ(apply<double>(*cube, {tensor<double>(2)}).item(), 8);
}

TEST(OperationTable, ANameIsTakenOnce) {
  const OperationTable longer = OperationTable::standard().with(operation<Cube>());
  const auto taken = [](const char* name) {
    return ThrowsMessage<Error>(AllOf(HasSubstr(name), HasSubstr("registered already")));
  };
  EXPECT_THAT([&] { longer.with(operation<Cube>()); }, taken("'cube'"));
  const Operation sine = row("sin(input)"), alias = row("clip(input)");
  EXPECT_THAT([&] { longer.with(sine); }, taken("'sin'"));
  EXPECT_THAT([&] { longer.with(alias); }, taken("'clip'"));
}

TEST(OperationTable, MalformedSignaturesAreRefusedWithTheReason) {
  const auto reason = [](std::string_view signature) -> std::string {
    OperationInfo info = Cube::info;
    info.signature = signature;
    try {
      check_definition(info);
    } catch (const Error& error) {
      return error.what();
    }
    return "accepted";
  };
  EXPECT_THAT(reason("f"), HasSubstr("malformed signature 'f': expected name(parameters)"));
  EXPECT_THAT(reason(""), HasSubstr("expected name(parameters)"));
  EXPECT_THAT(reason("f(x"), HasSubstr("expected name(parameters)"));
  EXPECT_THAT(reason("f(x) + 1"), HasSubstr("expected name(parameters)"));
  EXPECT_THAT(reason("(x)"), HasSubstr("'' is no name"));
  EXPECT_THAT(reason("2f(x)"), HasSubstr("'2f' is no name"));
  EXPECT_THAT(reason("f()"), HasSubstr("one to four operands, not 0"));
  EXPECT_THAT(reason("f(dim: int)"), HasSubstr("one to four operands, not 0"));
  EXPECT_THAT(reason("f(a, b, c, d, e)"), HasSubstr("one to four operands, not 5"));
  EXPECT_EQ(reason("f(x,)"), "accepted") << "as in Python";
  EXPECT_THAT(reason("f(x, , y)"), HasSubstr("'' is no name"));
  EXPECT_THAT(reason("f(x, x)"), HasSubstr("'x' stands twice"));
  EXPECT_THAT(reason("f(x: number)"), HasSubstr("unknown parameter kind 'number'"));
  EXPECT_THAT(reason("f(x = 1, y)"), HasSubstr("'y' has no default"));
  EXPECT_THAT(reason("f(xs: list, y)"), HasSubstr("stands alone"));
  EXPECT_EQ(reason("f(x, alpha = 0.5, dim: dims = None)"), "accepted");
  EXPECT_EQ(reason("f(xs: list, dim: int = 0)"), "accepted");

  OperationInfo info = Cube::info;
  info.derivative[1] = "0";
  EXPECT_THAT([&] { check_definition(info); },
              ThrowsMessage<Error>(HasSubstr("a derivative for operand 1")));
}

/// In a process of its own, so that the table of this one stays as it is.
void in_a_child(bool (*holds)()) {
  GTEST_FLAG_SET(death_test_style, "fast");
  EXPECT_EXIT(std::exit(holds() ? 0 : 1), testing::ExitedWithCode(0), "");
}

TEST(RegisteredOperation, IsFoundByItsNameAndDifferentiated) {
  in_a_child([] {
    const OperationTable& before = operation_table();
    const Operation& cube = register_operation<Cube>();
    Tensor<double> x = tensor<double>(2).requires_grad_();
    apply<double>(*find_operation("cube"), {x}).backward();
    return find_operation("cube") == &cube && x.grad().item() == 12 &&
           operations().back() == &cube && before.find("cube") == nullptr;
  });
}

TEST(RegisteredOperation, IsRefusedTheSecondTimeAndNothingChanges) {
  in_a_child([] {
    register_operation<Cube>();
    const OperationTable* before = &operation_table();
    try {
      register_operation<Cube>();
    } catch (const Error&) {
      return before == &operation_table();
    }
    return false;
  });
}

TEST(RegisteredOperation, ThreadsRegisterAndReadAtTheSameTime) {
  in_a_child([] {
    static const std::array<const char*, 8> signatures{"a1(x)", "a2(x)", "a3(x)", "a4(x)",
                                                       "a5(x)", "a6(x)", "a7(x)", "a8(x)"};
    static std::vector<Operation> rows;
    for (const char* signature : signatures) rows.push_back(row(signature));
    const std::size_t standard = operations().size();
    std::atomic<int> refused = 0, missing = 0;
    std::vector<std::thread> threads;
    // Every row is registered by two threads, of which one is refused.
    for (std::size_t i = 0; i < 2 * rows.size(); ++i)
      threads.emplace_back([&, i] {
        const Operation& mine = rows[i % rows.size()];
        try {
          register_operation(mine);
        } catch (const Error&) {
          ++refused;
        }
        for (int k = 0; k < 1000; ++k)
          if (find_operation(mine.name()) != &mine || find_operation("sin") == nullptr) ++missing;
      });
    for (std::thread& thread : threads) thread.join();
    return refused == 8 && missing == 0 && operations().size() == standard + 8;
  });
}

}  // namespace
}  // namespace verigrad
