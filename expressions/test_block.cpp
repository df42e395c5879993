#include "expressions/test_block.hpp"

#include <fmt/format.h>

#include "engine/compare.hpp"
#include "engine/error.hpp"
#include "expressions/codes.hpp"
#include "expressions/eager.hpp"
#include "expressions/eager_compare.hpp"
#include "expressions/print.hpp"

namespace verigrad::expressions {
namespace {

/// Leaves a test whose expectation does not hold.
struct Failed {
  TestFailure failure;
};

TestFailure failure_of(const Diagnostic& diagnostic, const SourcePtr& source) {
  TestFailure failure{diagnostic.code,
                      locate(diagnostic.source ? diagnostic.source : source, diagnostic.span),
                      diagnostic.message,
                      diagnostic.label,
                      {}};
  for (const std::string& note : diagnostic.notes) failure.facts.emplace_back("note", note);
  if (!diagnostic.help.empty()) failure.facts.emplace_back("help", diagnostic.help);
  return failure;
}

/// Collects the warnings of this thread while it lives.
class Warnings {
 public:
  Warnings() : scope_(&Warnings::receive, this) {}
  std::vector<std::string> texts;

 private:
  static void receive(const std::string& text, void* context) {
    static_cast<Warnings*>(context)->texts.push_back(text);
  }
  WarningScope scope_;
};

/// One line of bounded length.
std::string one_line(std::string_view text) {
  constexpr std::size_t longest = 100;
  std::string line;
  for (char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (!blank || (!line.empty() && line.back() != ' ')) line += blank ? ' ' : c;
  }
  if (line.size() <= longest) return line;
  line.resize(longest);
  while (!line.empty() && (static_cast<unsigned char>(line.back()) & 0xC0) == 0x80) line.pop_back();
  if (!line.empty() && (static_cast<unsigned char>(line.back()) & 0x80)) line.pop_back();
  return line + "…";
}

/// Executes one test's statements on entries of type T.
template <class T>
class Interpreter {
 public:
  Interpreter(const Document& document, const Instance& instance, const Point& point, Random random,
              TestOutcome& outcome)
      : eager_(instance, point, random, document.limits().max_entries),
        lowering_(eager_, document.functions(), document.source(), document.limits(),
                  document.operations()),
        source_(document.source()),
        outcome_(outcome) {
    eager_.attach(lowering_);
  }

  void run(std::span<const Statement* const> body) {
    for (const Statement* statement : body) execute(*statement);
  }

 private:
  void execute(const Statement& statement) {
    if (++executed_ > max_test_statements)
      lowering_.fail(code::too_much_work, statement.span,
                     fmt::format("the test executes more than the limit of {} statements",
                                 max_test_statements));
    placed(lowering_, statement.span, [&] {
      std::visit([&](const auto& node) { execute(statement, node); }, statement.node);
    });
    eager_.collect();
  }

  void execute(const Statement&, const BindingStatement& binding) {
    eager_.assign(binding.name.text, *binding.value, lowering_);
  }

  void execute(const Statement&, const ExpressionStatement& statement) {
    lowering_.lower(*statement.expression);
  }

  void execute(const Statement&, const PrintStatement& statement) {
    outcome_.printed.push_back(eager_.text(*statement.expression, lowering_));
  }

  void execute(const Statement&, const NoGradStatement& block) {
    const NoGrad scope;
    run(block.body);
  }

  void execute(const Statement&, const ForStatement& loop) {
    const std::int64_t first = lowering_.whole(loop.range->child(0), "the start of a range");
    const std::int64_t last = lowering_.whole(loop.range->child(1), "the end of a range");
    for (std::int64_t i = first; i <= last; ++i) {
      eager_.assign(loop.variable.text, i);
      run(loop.body);
    }
  }

  void execute(const Statement& statement, const ExpectStatement& expect) {
    const Item left = lowering_.lower(*expect.left);
    if (!expect.op) {
      const Comparison result = truth(left, eager_, lowering_, expect.left->span);
      if (!result.holds) does_not_hold(expect.left->span, result, left, nullptr);
    } else {
      const Item right = lowering_.lower(*expect.right);
      const double tolerance = expect.tolerance == nullptr
                                   ? default_closeness
                                   : lowering_.constant(*expect.tolerance, "a tolerance");
      if (tolerance < 0)
        lowering_.fail(code::within, expect.tolerance->span, "a tolerance cannot be negative");
      const Span span = join(expect.left->span, expect.right->span);
      const Comparison result =
          compare(*expect.op, left, right, tolerance, eager_, lowering_, statement.span);
      if (!result.holds) does_not_hold(span, result, left, &right);
    }
    ++outcome_.expectations;
  }

  [[noreturn]] void does_not_hold(Span span, const Comparison& result, const Item& left,
                                  const Item* right) {
    TestFailure failure{
        "", locate(source_, span), "the expectation does not hold", result.reason, {}};
    failure.facts.emplace_back("left", side(left, right));
    if (right != nullptr) failure.facts.emplace_back("right", side(*right, &left));
    if (result.difference) failure.facts.emplace_back("first difference", *result.difference);
    throw Failed{std::move(failure)};
  }

  /// A side of a comparison in one line; numbers beside a tensor are shown as what they became.
  std::string side(const Item& item, const Item* other) {
    const bool number = item.get<ConstantPtr>() || item.get<Item::List>();
    if (!number || other == nullptr || !other->get<Item::Value>())
      return one_line(eager_.text(item));
    return one_line(eager_.text(Item{Item::Value{lowering_.tensor(item)}, item.span}));
  }

  void execute(const Statement& statement, const ExpectMessageStatement& expect) {
    const char* kind = expect.is_error ? "an error" : "a warning";
    std::vector<std::string> said;
    if (expect.is_error) {
      if (auto message = error_of(*expect.statement)) said.push_back(std::move(*message));
    } else {
      Warnings warnings;
      execute(*expect.statement);
      said = std::move(warnings.texts);
    }
    for (const std::string& text : said) {
      if (text.find(expect.text) == std::string::npos) continue;
      ++outcome_.expectations;
      return;
    }
    const std::string wanted =
        fmt::format("expected {} that contains {}", kind, string_to_literal(expect.text));
    TestFailure failure{"",
                        locate(source_, statement.span),
                        said.empty() ? wanted + ", but there was none" : wanted,
                        "",
                        {}};
    for (const std::string& text : said) failure.facts.emplace_back("said", one_line(text));
    throw Failed{std::move(failure)};
  }

  /// The message with which the statement fails, nothing when it succeeds.
  std::optional<std::string> error_of(const Statement& statement) {
    const std::int64_t held = outcome_.expectations;
    try {
      execute(statement);
      outcome_.expectations = held;
      return std::nullopt;
    } catch (const DiagnosticError& error) {
      return error.diagnostic().message;
    } catch (const Failed& failed) {
      return failed.failure.message;
    }
  }

  template <class Other>
  void execute(const Statement& statement, const Other&) {
    lowering_.fail(code::wrong_place, statement.span,
                   "this statement stands only at top level, not in a test block");
  }

  Eager<T> eager_;
  Lowering lowering_;
  SourcePtr source_;
  TestOutcome& outcome_;
  std::int64_t executed_ = 0;
};

template <class T>
void run_typed(const Document& document, const TestBlock& test, const Instance& instance,
               const Point& point, std::uint64_t seed, TestOutcome& outcome) {
  constexpr std::uint64_t stream_of_tests = 0x74657374;
  Interpreter<T> interpreter(document, instance, point,
                             Random::stream(seed, stream_of_tests, test.where.line), outcome);
  interpreter.run(test.statement->body);
}

}  // namespace

TestOutcome run_test(const Document& document, const TestBlock& test, const Instance& instance,
                     const Point& point, std::uint64_t seed) {
  TestOutcome outcome;
  const GradModeScope recording(true);
  Warnings warnings;
  try {
    if (document.dtype() == DType::f32) {
      run_typed<float>(document, test, instance, point, seed, outcome);
    } else {
      run_typed<double>(document, test, instance, point, seed, outcome);
    }
  } catch (const DiagnosticError& error) {
    outcome.failure = failure_of(error.diagnostic(), document.source());
  } catch (Failed& failed) {
    outcome.failure = std::move(failed.failure);
  } catch (const Error& error) {
    outcome.failure = TestFailure{code::refused, test.where, error.what(), "", {}};
  }
  outcome.warnings = std::move(warnings.texts);
  return outcome;
}

}  // namespace verigrad::expressions
