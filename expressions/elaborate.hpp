// A Document at fixed sizes -> an Instance. For elaborate*.cpp and document.cpp only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "expressions/document_impl.hpp"
#include "expressions/instance.hpp"
#include "expressions/lowering.hpp"

namespace verigrad::expressions {

/// Thrown to leave a statement that uses a name whose own statement failed and was reported.
struct ReportedAlready {};

/// Declarations and bindings first, in their order; then checks, claims and expectations, which may
/// use all of them. After an error it goes on with the next statement.
class Elaborator : public Emitter {
 public:
  Elaborator(const Document::State& state, std::span<const std::int64_t> sizes,
             Diagnostics& diagnostics);

  /// The instance, or nothing when there were errors.
  std::optional<Instance> run();

  // Emitter
  Handle number(const std::string& text, double value) override;
  Handle entries(const Shape& shape, std::vector<double> entries) override;
  Handle random(const Shape& shape, const verigrad::Domain& domain) override;
  Handle apply(const Operation& operation, std::span<const Handle> operands,
               const AttributesRef& attributes) override;
  [[nodiscard]] Shape shape(Handle value) const override;
  void written_at(const SourcePtr& source, Span span) override;
  std::optional<Item> lookup(std::string_view name, Span at) override;
  [[nodiscard]] std::vector<std::string_view> names() const override;
  std::optional<Item> call(const Expr& call, Lowering& lowering) override;
  [[nodiscard]] std::vector<std::string_view> extra_functions() const override { return {"load"}; }

 private:
  /// A declared name; without a value its statement failed.
  using Environment = std::unordered_map<std::string_view, std::optional<Item>>;

  struct LeafParts {
    std::string_view name;
    bool is_input;
    std::optional<Shape> shape;  ///< as stated
    verigrad::Domain domain{};
    const Expr* value;
    Span span;
  };

  // elaborate.cpp
  template <class Action>
  bool guarded(const Statement& statement, Action action);
  void add_sizes(Diagnostic& diagnostic) const;
  void declare(const Statement& statement);
  void poison(const Statement& statement);
  void declare_dims(const DimStatement& dim);
  void bind(std::string_view name, Item item, Span span);
  void declare_core(const CoreUse& use);
  void define(std::string_view name, std::optional<Item> item);
  void choose_output();
  void count_value();
  ValueId placed(ValueId value);

  // elaborate_leaves.cpp
  void declare_leaf(const LeafStatement& leaf);
  Leaf make_leaf(const LeafParts& parts);
  Leaf make_leaf(const LeafStatement& leaf);
  ValueId initial_value(const LeafParts& parts, Lowering& lowering, const Expr& value);
  verigrad::Domain domain(const Domain& domain, Lowering& lowering);
  void refuse_nan(ValueId value, const Item& item, Lowering& lowering);

  // elaborate_judgements.cpp
  void judge(const Statement& statement);
  Judgement make_judgement(const Statement& statement, const Settings& settings);
  void fill_check(const CheckStatement& check, Judgement& judgement);
  void fill_claim(const ClaimStatement& claim, Judgement& judgement);
  void fill_expect(const ExpectStatement& expect, Judgement& judgement);
  void fill_message(const ExpectMessageStatement& expect, Judgement& judgement);
  std::vector<ValueId> evaluated(const Statement& statement);
  void choose_function(const Expr* output, Span span, Judgement& judgement);
  std::size_t input_named(const Name& name);
  /// Whether the file has an `output` line.
  [[nodiscard]] bool names_output() const;
  void require_scalar(const Judgement& judgement, std::string_view kind, Span span);
  ValueId claimed_value(const Expr& claimed, const Shape& wanted, std::string_view what);
  ValueId product_vector(const Expr& vector, const Shape& wanted, std::string_view what);
  std::optional<double> tolerance(const Expr* tolerance);
  void implicit_check();

  const Document::State& state_;
  std::span<const std::int64_t> sizes_;
  Diagnostics& diagnostics_;
  Lowering lowering_;
  Instance instance_;
  Place here_;  ///< of what is emitted next
  Environment environment_;
  std::vector<std::string_view> order_;  ///< of the names in environment_
  std::string_view stated_output_;
  bool failed_ = false;
  std::size_t drawn_ = 0;  ///< rand and randn so far
};

}  // namespace verigrad::expressions
