#include "tests/docs/operations_page.hpp"

#include <fmt/format.h>

#include <string_view>
#include <vector>

#include "cli/ops_info.hpp"
#include "engine/ops/families.hpp"

namespace verigrad::docs {
namespace {

struct Family {
  std::string_view title;
  std::vector<const Operation*> operations;
};

std::vector<const Operation*> joined(
    std::initializer_list<std::vector<const Operation*>> families) {
  std::vector<const Operation*> all;
  for (const auto& family : families) all.insert(all.end(), family.begin(), family.end());
  return all;
}

std::vector<Family> families() {
  return {{"Arithmetic and comparisons", arithmetic_operations()},
          {"Exponentials, logarithms, powers",
           joined({exponential_operations(), logarithmic_operations()})},
          {"Trigonometric and hyperbolic functions", trigonometric_operations()},
          {"Activations", joined({activation_operations(), smooth_activation_operations(),
                                  piecewise_activation_operations()})},
          {"Special functions", special_operations()},
          {"Piecewise operations", joined({piecewise_operations(), modulo_operations()})},
          {"Reductions", reduction_operations()},
          {"Softmax and its kin", normalisation_operations()},
          {"Products of matrices", matrix_operations()},
          {"Shapes", joined({layout_operations(), rearranging_operations(), padding_operations()})},
          {"Indexing and joining", joined({indexing_operations(), gathering_operations()})},
          {"Statistics, norms and scans", joined({spread_operations(), norm_operations(),
                                                  extremum_operations(), scan_operations()})},
          {"Linear algebra",
           joined({product_operations(), einsum_operations(), diagonal_operations(),
                   determinant_operations(), solve_operations(), cholesky_operations()})},
          {"Losses", joined({loss_operations(), class_loss_operations(), distance_loss_operations(),
                             similarity_operations()})},
          {"Layers", joined({layer_operations(), convolution_operations()})}};
}

// As code in a table's cell, in which a bar must be escaped.
std::string code(std::string_view text) {
  std::string out = "`";
  for (const char c : text) out += c == '|' ? std::string("\\|") : std::string(1, c);
  return out + "`";
}

std::string code_or_nothing(std::string_view text) { return text.empty() ? "" : code(text); }

std::string names(const cli::OperationTexts& texts) {
  std::string out = code(texts.signature);
  for (const std::string_view alias : texts.aliases) out += fmt::format("<br>also {}", code(alias));
  return out;
}

std::string derivatives(const cli::OperationTexts& texts) {
  std::vector<std::string> lines;
  for (const auto& [operand, derivative] : texts.derivatives)
    if (!derivative.empty()) lines.push_back(fmt::format("{}: {}", operand, code(derivative)));
  return lines.empty() ? "none" : fmt::format("{}", fmt::join(lines, "<br>"));
}

std::string row(const Operation& operation) {
  const cli::OperationTexts texts = cli::texts_of(operation);
  return fmt::format("| {} | {} | {} | {} | {} | {} |\n", names(texts), code(texts.formula),
                     derivatives(texts), code_or_nothing(texts.domain),
                     code_or_nothing(texts.kinks), code_or_nothing(texts.grad_fn));
}

constexpr std::string_view introduction =
    R"(# The operations

Every function of the `.grad` language and of the engine, from the table in `engine/ops/`. This page is generated:
`scripts/operations-page` writes it anew, and a test fails when it is out of date. `gradcheck ops NAME` prints the
same about one operation, with its LaTeX and the points at which it is tested.

* **Signature**: parameters without a kind are tensors or numbers, `list` is a list of them; `dims` is an int, a list of
  ints or `None` for all; `int` an integer, `flag` True or False, `sizes` a shape or a list of ints (or a word, where
  the default is one), `word` one of some words in quotes, which an unknown word makes the error list. What has a default
  may be left out and be given by name.
* **Derivative**: of the value by each operand, in the names of the signature. The engine multiplies it by the
  cotangent and sums over broadcast dims; where the whole product is written, `g` is the cotangent. An operand that is
  not listed takes no gradient.
* **Domain**: the range of each operand on which the value is defined and finite, but for single points such as the
  zeros of a divisor or the poles of `lgamma`; empty for all real numbers. It says nothing of conditions on whole
  matrices: `inverse` and `solve` need a regular one, `cholesky` a positive definite one, `logdet` a positive
  determinant.
* **Kinks**: where the value or its derivative jumps; empty when the operation is smooth on its domain.
* **`grad_fn`**: PyTorch's name of the recorded operation, the usual one where it depends on shapes and arguments;
  empty when nothing is recorded.

Operators are operations under other names: `a + b` is `add(a, b)`, and likewise `-` `sub` (`neg` with one operand), `*`
`mul`, `/` `div`, `**` `pow`, `@` `matmul`, and the comparisons.
)";

}  // namespace

std::string operations_page() {
  std::string page(introduction);
  for (const Family& family : families()) {
    page += fmt::format(
        "\n## {}\n\n| signature | value | derivative | domain | kinks | `grad_fn` |\n"
        "|---|---|---|---|---|---|\n",
        family.title);
    for (const Operation* operation : family.operations)
      if (!operation->info.internal) page += row(*operation);
  }
  return page;
}

}  // namespace verigrad::docs
