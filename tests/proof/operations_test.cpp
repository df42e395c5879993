// Every operation of the standard table: that it has a line, and that the line's values and
// derivatives are those of the engine's kernels and rules, with which it shares no code.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>

#include "engine/error.hpp"
#include "engine/operation_table.hpp"
#include "proof/enclose.hpp"
#include "proof/evaluate.hpp"
#include "proof/functions.hpp"
#include "proof/structure.hpp"
#include "properties/trial.hpp"
#include "tests/proof/drawn_forms.hpp"

namespace verigrad::proof {
namespace {

using gradcheck::Application;
using gradcheck::Form;

TEST(Operations, OfTheStandardTableAllHaveALine) {
  for (const Operation* operation : OperationTable::standard().operations())
    EXPECT_TRUE(find_function(operation->name()) || find_structure(operation->name()))
        << operation->name() << " has no line in proof/functions_*.cpp or proof/structure_*.cpp";
}

double size_of(const Ball& ball) { return std::abs(ball.midpoint()); }

/// Half the width of a ball, rounded up.
double radius_of(const Ball& ball) { return mag_get_d(arb_radref(ball.get())); }

struct Tally {
  int forms = 0, values = 0, derivatives = 0;
};

/// One operation in one form at one point.
class Comparison {
 public:
  Comparison(const Operation& operation, const Form& form, const Point& point)
      : operation_(operation), form_(form), application_(operation, form), point_(point) {
    const ValueId roots[] = {application_.output};
    const auto leaves = leaf_tensors<double>(application_.program, point, false);
    const Tensor<double> result = run<double>(application_.program, leaves, roots)[0];
    values_.assign(result.entries().begin(), result.entries().end());
  }

  /// Compares values, and derivatives where all that the gradient needs are enclosed.
  void expect_agreement(Tally& tally) {
    take_jacobians();
    take_values();
    for (std::size_t i = 0; i < values_.size(); ++i) expect_value(i, tally);
    if (operation_.differentiable()) expect_gradient(tally);
    ++tally.forms;
  }

 private:
  /// By every entry of every operand that has a derivative, the enclosures of all entries.
  void take_jacobians() {
    for (std::size_t leaf = 0; leaf < point_.size(); ++leaf) {
      jacobian_.emplace_back();
      if (!application_.program.leaves()[leaf].differentiable) continue;
      for (std::size_t k = 0; k < point_[leaf].size(); ++k)
        jacobian_[leaf].push_back(derivatives(application_.program, point_, application_.output,
                                              {leaf, static_cast<std::int64_t>(k)},
                                              {.last_bits = 4096}));
    }
  }

  void take_values() {
    for (slong bits = 128; bits <= 4096; bits *= 2) {
      const Precision precision(bits);
      truth_ = evaluate(application_.program, point_, application_.output).entries;
      if (std::ranges::all_of(truth_, [](const Series& entry) {
            return !entry.ok() || entry.value().relative_bits() >= 60;
          }))
        return;
    }
  }

  /// |y| and the sum of |dy/dx x|: what an error of one ulp in the operands amounts to.
  double magnitude(std::size_t i) const {
    double result = size_of(truth_[i].value());
    for (std::size_t leaf = 0; leaf < jacobian_.size(); ++leaf)
      for (std::size_t k = 0; k < jacobian_[leaf].size(); ++k)
        if (jacobian_[leaf][k][i].outcome == Outcome::enclosed)
          result += size_of(jacobian_[leaf][k][i].derivative) * std::abs(point_[leaf][k]);
    return result;
  }

  void expect_value(std::size_t i, Tally& tally) {
    ASSERT_EQ(truth_.size(), values_.size()) << text();
    EXPECT_EQ(truth_[i].ok(), std::isfinite(values_[i]))
        << text() << ", entry " << i << ": " << values_[i] << ", " << to_string(truth_[i].status());
    if (!truth_[i].ok() || !std::isfinite(values_[i])) return;
    const Ball truth = truth_[i].value();
    const double tolerance = 64 * unit_roundoff(DType::f64) * magnitude(i);
    EXPECT_LE(size_of(Ball(values_[i]) - truth), tolerance + radius_of(truth))
        << text() << ", entry " << i << ": " << values_[i] << ", " << to_string(truth);
    ++tally.values;
  }

  void expect_gradient(Tally& tally) {
    std::vector<double> v(values_.size());
    for (std::size_t i = 0; i < v.size(); ++i)
      v[i] = (i % 2 == 0 ? 1 : -1) * (0.5 + static_cast<double>(i % 5) / 4);
    const auto gradient = properties::gradient_of(
        properties::verigrad_engine(), {application_.program, application_.output, point_}, v);
    for (std::size_t leaf = 0; leaf < jacobian_.size(); ++leaf)
      for (std::size_t k = 0; k < jacobian_[leaf].size(); ++k)
        expect_slope(gradient[leaf][k], v, leaf, k, tally);
  }

  /// The gradient's entry is the sum of v dy/dx.
  void expect_slope(double computed, const std::vector<double>& v, std::size_t leaf, std::size_t k,
                    Tally& tally) {
    Ball sum = 0;
    double terms = 0;
    for (std::size_t i = 0; i < v.size(); ++i) {
      const Enclosure& slope = jacobian_[leaf][k][i];
      if (slope.outcome != Outcome::enclosed) return;
      const Ball term = Ball(v[i]) * slope.derivative;
      sum = sum + term;
      terms += size_of(term);
    }
    EXPECT_LE(size_of(Ball(computed) - sum), 1e-11 * (terms + largest_slope()) + radius_of(sum))
        << text() << ", operand " << leaf << ", entry " << k << ": " << computed << ", "
        << to_string(sum);
    ++tally.derivatives;
  }

  double largest_slope() const {
    double result = 0;
    for (const auto& by_leaf : jacobian_)
      for (const auto& by_entry : by_leaf)
        for (const Enclosure& slope : by_entry)
          result = std::max(result, size_of(slope.derivative));
    return result;
  }

  std::string text() const {
    std::string result(operation_.name());
    for (const Shape& shape : form_.shapes) result += " " + verigrad::to_string(shape);
    for (const AttributeValue& attribute : form_.attributes)
      result += ", " + verigrad::to_string(attribute);
    for (const auto& entries : point_) result += "\n  " + testing::PrintToString(entries);
    return result;
  }

  const Operation& operation_;
  const Form& form_;
  Application application_;
  const Point& point_;
  std::vector<double> values_;
  std::vector<Series> truth_;
  std::vector<std::vector<std::vector<Enclosure>>> jacobian_;
};

/// Forms that an operation takes for their shapes but not for their entries are left out.
void compare(const Operation& operation, const Form& form, const Point& point, Tally& tally) {
  std::optional<Comparison> comparison;
  try {
    comparison.emplace(operation, form, point);
  } catch (const Error&) {
    return;
  }
  comparison->expect_agreement(tally);
}

/// The rounding error of a product, whose line is 0, since nothing is rounded in balls.
bool measures_rounding(const Operation& operation) { return operation.name() == "mul_residual"; }

TEST(Operations, ValuesAndDerivativesAreTheEngines) {
  std::uint64_t stream = 0;
  for (const Operation* operation : OperationTable::standard().operations()) {
    Random random = Random::stream(20261129, ++stream);
    if (measures_rounding(*operation)) continue;
    const auto ordinary = [&](const Form& form) {
      return gradcheck::ordinary_point(*operation, form, DType::f64, random);
    };
    Tally tally;
    for (const Form& form : gradcheck::forms_of(*operation))
      compare(*operation, form, ordinary(form), tally);
    for (const Form& form : drawn_forms(*operation, 60, random))
      compare(*operation, form, ordinary(form), tally);
    EXPECT_GE(tally.forms, 6) << operation->name();
    EXPECT_GE(tally.values, 6) << operation->name();
    if (operation->differentiable()) {
      EXPECT_GE(tally.derivatives, 10) << operation->name();
    }
    fmt::print("{:<24} {:>4} forms, {:>5} values, {:>5} derivatives\n", operation->name(),
               tally.forms, tally.values, tally.derivatives);
  }
}

/// Saturation and zeros of the functions of which derivatives consist. Those that a file may name
/// are compared with closed formulas all over their domains.
TEST(Operations, InternalFunctionsAreTheEnginesAtTheirSpecialPoints) {
  Tally tally;
  Random random(20261130);
  for (const Operation* operation : OperationTable::standard().operations()) {
    if (!operation->info.internal || !find_function(operation->name())) continue;
    if (measures_rounding(*operation)) continue;
    for (Form form : gradcheck::forms_of(*operation)) {
      for (Shape& shape : form.shapes) shape = Shape{};
      for (std::size_t i = 0; i < form.shapes.size(); ++i)
        for (const double x : operation->info.special.span()) {
          if (!operation->info.domain[i].contains(x)) continue;
          Point point = gradcheck::ordinary_point(*operation, form, DType::f64, random);
          point[i] = {x};
          compare(*operation, form, point, tally);
        }
    }
  }
  EXPECT_GE(tally.values, 150);
  EXPECT_GE(tally.derivatives, 150);
}

}  // namespace
}  // namespace verigrad::proof
