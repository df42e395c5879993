#include "tests/properties/faults.hpp"

#include <gtest/gtest.h>

#include "expressions/document.hpp"
#include "properties/search.hpp"

namespace verigrad::properties {
namespace {

/// The specimen that a text means under a table, its leaves at the values that the text gives.
Specimen read(const Counterexample& found, const OperationTable& operations) {
  const expressions::Instance instance = expressions::elaborate(found.text, operations);
  return {instance.program, instance.output, found.specimen.point};
}

class AlteredGraph : public PassingGraph {
 public:
  AlteredGraph(std::unique_ptr<Graph> right, const Program& program, const AlteredVjp& vjp)
      : PassingGraph(std::move(right)), program_(program), vjp_(vjp) {}

  PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override {
    return vjp_(program_, *right_, seeds, pass);
  }

 private:
  const Program& program_;
  const AlteredVjp& vjp_;
};

}  // namespace

OperationTable wrong_backward(std::string_view operation, Vjp vjp) {
  Operation copy = *find_operation(operation);
  copy.f64.vjp = vjp;
  return operation_table().replace(operation, std::move(copy));
}

OperationTable wrong_forward(std::string_view operation, Forward forward) {
  Operation copy = *find_operation(operation);
  copy.f64.forward = forward;
  return operation_table().replace(operation, std::move(copy));
}

OperationTable wrong_name(std::string_view operation, std::string_view signature) {
  Operation copy = *find_operation(operation);
  copy.info.signature = signature;
  copy.signature = Signature(signature);
  return operation_table().replace(operation, std::move(copy));
}

Tensor<double> right_vjp(std::string_view operation, const Saved<double>& saved,
                         const Tensor<double>& cotangent, std::size_t operand) {
  return find_operation(operation)->f64.vjp(saved, cotangent, operand);
}

std::string PassingEngine::refusal(const Program& program, ValueId output) const {
  return verigrad_engine().refusal(program, output);
}

std::unique_ptr<Graph> AlteredEngine::record(const Program& program, const Point& point,
                                             std::span<const ValueId> roots) const {
  return std::make_unique<AlteredGraph>(verigrad_engine().record(program, point, roots), program,
                                        vjp_);
}

std::vector<std::vector<double>> PassingEngine::evaluate(const Program& program, const Point& point,
                                                         std::span<const ValueId> roots) const {
  return verigrad_engine().evaluate(program, point, roots);
}

void expect_found(std::string_view name, const OperationTable& faulty, std::string_view shown,
                  int cases) {
  const Law& tried = law(name);
  const PropertyResult result = try_law(tried, cases, {.operations = &faulty});
  ASSERT_TRUE(result.counterexample) << "not found in " << result.cases << " programs";
  const Counterexample& found = *result.counterexample;
  EXPECT_LE(operation_count(found.specimen), 4U) << found.text;
  EXPECT_NE(found.text.find(shown), std::string::npos) << found.text;
  EXPECT_NE(judge(tried, verigrad_engine(), read(found, operation_table())).outcome, Outcome::fails)
      << found.text;

  const Specimen replayed = read(found, faulty);
  ASSERT_EQ(replayed.program.leaves().size(), found.specimen.program.leaves().size());
  EXPECT_EQ(judge(tried, verigrad_engine(), replayed, faulty).outcome, Outcome::fails)
      << found.text;
  EXPECT_EQ(text(replayed), text(found.specimen));
}

void expect_found(std::string_view name, const Engine& faulty) {
  const PropertyResult result = try_law(law(name), 2000, {.engine = &faulty});
  ASSERT_TRUE(result.counterexample) << "not found in " << result.cases << " programs";
  const Counterexample& found = *result.counterexample;
  EXPECT_LE(operation_count(found.specimen), 4U) << found.text;
  EXPECT_NE(judge(law(name), verigrad_engine(), found.specimen).outcome, Outcome::fails)
      << found.text;
}

}  // namespace verigrad::properties
