#include "tests/expressions/elaborate_helpers.hpp"

#include <gtest/gtest.h>

namespace verigrad::expressions {

std::vector<std::string> Elaborated::codes() const {
  std::vector<std::string> codes;
  for (const Diagnostic& diagnostic : diagnostics.all()) codes.push_back(diagnostic.code);
  return codes;
}

ValueId Elaborated::named(const std::string& name) const {
  if (const auto leaf = instance->program.find_leaf(name))
    return instance->program.leaf_value(*leaf);
  for (const NamedValue& binding : instance->bindings)
    if (binding.name == name) return binding.value;
  ADD_FAILURE() << "no value " << name;
  return 0;
}

Shape Elaborated::shape(const std::string& name) const {
  return instance->program.shape(named(name));
}

std::vector<double> Elaborated::entries(ValueId id) const {
  const Program& program = instance->program;
  std::vector<Tensor<double>> leaves;
  for (const Leaf& leaf : program.leaves()) {
    if (leaf.initial != no_value) {
      leaves.resize(program.leaves().size());
      leaves[static_cast<std::size_t>(&leaf - program.leaves().data())] =
          run<double>(program, leaves, std::vector{leaf.initial})[0];
    } else {
      leaves.resize(program.leaves().size());
      const auto count = static_cast<std::size_t>(leaf.shape.numel());
      leaves[static_cast<std::size_t>(&leaf - program.leaves().data())] =
          Tensor<double>(leaf.shape, std::vector<double>(count, 0.0));
    }
  }
  const Tensor<double> value = run<double>(program, leaves, std::vector{id})[0];
  return {value.entries().begin(), value.entries().end()};
}

std::vector<double> Elaborated::entries(const std::string& name) const {
  return entries(named(name));
}

Elaborated elaborate_source(const SourcePtr& source, const Overrides& overrides) {
  Elaborated result{Diagnostics(source), std::nullopt};
  const Document document = Document::load(source, result.diagnostics, overrides);
  if (result.diagnostics.has_errors()) return result;
  std::vector<std::int64_t> sizes;
  for (const DimRange& dim : document.dims()) sizes.push_back(dim.first);
  result.instance = document.instantiate(sizes, result.diagnostics);
  return result;
}

Elaborated elaborate_text(const std::string& text, const Overrides& overrides) {
  return elaborate_source(SourceFile::from_text("test.grad", text), overrides);
}

std::string error_of(const std::string& text, const Overrides& overrides) {
  const Elaborated result = elaborate_text(text, overrides);
  if (result.diagnostics.all().empty()) {
    ADD_FAILURE() << "no error in\n" << text;
    return "";
  }
  EXPECT_FALSE(result.instance.has_value());
  return render(result.diagnostics.all().front());
}

std::vector<double> value_of(const std::string& text) {
  const Elaborated result = elaborate_text(text);
  EXPECT_TRUE(result.instance.has_value()) << result.report();
  return result.instance ? result.entries("y") : std::vector<double>{};
}

Shape shape_of(const std::string& text) {
  const Elaborated result = elaborate_text(text);
  EXPECT_TRUE(result.instance.has_value()) << result.report();
  return result.instance ? result.shape("y") : Shape{};
}

}  // namespace verigrad::expressions
