#include "tests/expressions/test_block_support.hpp"

#include <fmt/format.h>

#include <stdexcept>

#include "engine/functions.hpp"
#include "engine/random.hpp"

namespace verigrad::expressions {
namespace {

template <class T>
std::vector<double> initial_entries(const Program& program, const Leaf& leaf, const Point& point) {
  const std::vector<Tensor<T>> leaves = leaf_tensors<T>(program, point, false);
  const Tensor<T> value = broadcast_to(
      run<T>(program, leaves, std::span<const ValueId>(&leaf.initial, 1))[0], leaf.shape);
  return {value.entries().begin(), value.entries().end()};
}

Point point_of(const Program& program, std::uint64_t seed) {
  Point point;
  for (const Leaf& leaf : program.leaves())
    point.emplace_back(static_cast<std::size_t>(leaf.shape.numel()), 0.0);
  Random random(seed);
  for (std::size_t i = 0; i < point.size(); ++i) {
    const Leaf& leaf = program.leaves()[i];
    if (leaf.initial == no_value) {
      for (double& entry : point[i]) entry = round_to(program.dtype, leaf.domain.draw(random));
    } else if (program.dtype == DType::f32) {
      point[i] = initial_entries<float>(program, leaf, point);
    } else {
      point[i] = initial_entries<double>(program, leaf, point);
    }
  }
  return point;
}

}  // namespace

std::vector<TestOutcome> run_tests(const std::string& text, std::uint64_t seed) {
  const SourcePtr source = SourceFile::from_text("test.grad", text);
  Diagnostics diagnostics(source);
  const Document document = Document::load(source, diagnostics);
  if (diagnostics.has_errors()) throw std::runtime_error(diagnostics.render_all());
  std::vector<std::int64_t> sizes;
  for (const DimRange& dim : document.dims()) sizes.push_back(dim.first);
  const std::optional<Instance> instance = document.instantiate(sizes, diagnostics);
  if (!instance) throw std::runtime_error(diagnostics.render_all());
  const Point point = point_of(instance->program, seed);
  std::vector<TestOutcome> outcomes;
  for (const TestBlock& test : document.tests())
    outcomes.push_back(run_test(document, test, *instance, point, seed));
  return outcomes;
}

TestOutcome run_one(const std::string& text, std::uint64_t seed) {
  return run_tests(text, seed).at(0);
}

TestOutcome run_lines(const std::string& declarations, const std::string& lines) {
  std::string text = declarations + "\ntest \"lines\":\n";
  for (std::size_t begin = 0; begin < lines.size();) {
    const std::size_t end = lines.find('\n', begin);
    text += "    " + lines.substr(begin, end + 1 - begin);
    begin = end + 1;
  }
  return run_one(text);
}

std::string summary(const TestOutcome& outcome) {
  if (!outcome.failure) return "passed";
  const TestFailure& failure = *outcome.failure;
  std::string text = fmt::format("{}:{}+{} {}: {}", failure.where.line, failure.where.column,
                                 failure.where.length, failure.code, failure.message);
  if (!failure.label.empty()) text += " | " + failure.label;
  for (const auto& [name, value] : failure.facts) text += fmt::format(" | {}: {}", name, value);
  return text;
}

}  // namespace verigrad::expressions
