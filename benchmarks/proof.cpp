// Proofs of a whole gradient at a point: every partial derivative enclosed.
#include <algorithm>
#include <string>
#include <vector>

#include "benchmarks/measure.hpp"
#include "benchmarks/network.hpp"
#include "expressions/document.hpp"
#include "gradcheck/reference.hpp"

namespace verigrad::benchmarks {
namespace {

/// Expressions of the size of FPBench's, five of its shapes: turbine, rigid body, Doppler, Planck
/// and jet engine.
const std::vector<std::string> formulas{
    "input v in [-4.5, -0.3]\ninput w in [0.4, 0.9]\ninput r in [3.8, 7.8]\n"
    "f = 3 + 2 / (r * r) - 0.125 * (3 - 2 * v) * (w * w * r * r) / (1 - v) - 4.5\n",
    "input a in [-15, 15]\ninput b in [-15, 15]\ninput c in [-15, 15]\n"
    "f = 2 * a * b * c + 3 * c * c - b * a * b * c + 3 * c * c - b\n",
    "input u in [-100, 100]\ninput v in [20, 20000]\ninput T in [-30, 50]\n"
    "s = 331.4 + 0.6 * T\nf = -s * v / ((s + u) * (s + u))\n",
    "input x in [0.01, 20]\ninput k in [0.5, 2]\nf = x ** 3 / (exp(k * x) - 1) * sin(x)\n",
    "input x in [-5, 5]\ninput y in [-20, 5]\nt = 3 * x * x + 2 * y - x\nd = x * x + 1\n"
    "f = x + 2 * x * (t / d) * (t / d - 3) + x * x * (4 * (t / d) - 6) + x * x * x + 3 * (t / "
    "d)\n"};

struct Expression {
  Program program;
  ValueId output = no_value;
  std::vector<Point> points;
};

struct Expressions {
  Expressions() {
    for (const std::string& text : formulas) {
      expressions::Diagnostics diagnostics;
      const auto source = expressions::SourceFile::from_text("formula.grad", text);
      const auto document = expressions::Document::load(source, diagnostics);
      const auto instance = document.instantiate({}, diagnostics).value();
      Expression made{instance.program, instance.output, {}};
      for (std::uint64_t k = 0; k < 20; ++k) {
        Point point;
        for (std::size_t i = 0; i < made.program.leaves().size(); ++i) {
          Random random = Random::stream(42, k, i);
          point.push_back({made.program.leaves()[i].domain.draw(random)});
        }
        made.points.push_back(point);
      }
      all.push_back(std::move(made));
    }
  }
  std::vector<Expression> all;
};

/// All partial derivatives of a scalar; whether all are enclosed.
bool prove(const Program& program, const Point& point, ValueId output) {
  const auto reference = gradcheck::enclosure_reference(program, point);
  bool enclosed = true;
  for (std::size_t leaf = 0; leaf < point.size(); ++leaf) {
    if (!program.leaves()[leaf].differentiable) continue;
    for (const gradcheck::Truth& truth : reference->jacobian(output, leaf))
      enclosed = enclosed && truth.proven->outcome == proof::Outcome::enclosed;
  }
  return enclosed;
}

struct Proof {
  void finish(benchmark::State& state) const {
    if (!enclosed) state.SkipWithError("a derivative is not enclosed");
  }
  std::size_t next = 0;
  bool enclosed = true;
};

struct ProofOfExpressions : Proof {
  using Problem = Expressions;
  explicit ProofOfExpressions(const Problem& given) : problem(given) {}
  void step() {
    const Expression& expression = problem.all[next % problem.all.size()];
    const Point& point = expression.points[next++ / problem.all.size() % expression.points.size()];
    enclosed = enclosed && prove(expression.program, point, expression.output);
  }
  const Problem& problem;
};

struct ProofOfNetwork : Proof {
  using Problem = Network;
  explicit ProofOfNetwork(const Problem& given) : problem(given) {}
  void step() {
    const Point& point = problem.points[next++ % problem.points.size()];
    enclosed = enclosed && prove(problem.program, point, problem.loss);
  }
  const Problem& problem;
};

}  // namespace

void add_proofs() {
  add<ProofOfExpressions>("proof/expressions/Verigrad");
  for (const NetworkSize& size : network_sizes)
    add<ProofOfNetwork>(std::string("proof/") + size.parameters + "/Verigrad", size.inputs,
                        size.hidden);
}

}  // namespace verigrad::benchmarks
