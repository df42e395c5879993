#include "benchmarks/page.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "benchmarks/results.hpp"

namespace verigrad::benchmarks {
namespace {

const std::vector<std::string> peers{"LibTorch", "ADOL-C", "ADOL-C retraced", "Sacado"};

/// Whole below 1000, else three significant digits, thousands apart: "12 300".
std::string number(double value) {
  const double size = std::abs(value);
  if (size < 1000 && value == std::round(value)) return fmt::format("{:.0f}", value);
  if (size < 100) return fmt::format("{:.{}f}", value, size < 1 ? 3 : size < 10 ? 2 : 1);
  const double unit = std::pow(10, std::floor(std::log10(size)) - 2);
  std::string digits = fmt::format("{:.0f}", std::round(value / unit) * unit);
  for (int place = static_cast<int>(digits.size()) - 3; place > 0; place -= 3)
    digits.insert(static_cast<std::size_t>(place), " ");
  return digits;
}

std::string row(const std::vector<std::string>& cells) {
  return fmt::format("| {} |\n", fmt::join(cells, " | "));
}

std::string header(const std::vector<std::string>& cells) {
  std::string rule = "|---|";
  for (std::size_t i = 1; i < cells.size(); ++i) rule += "---:|";
  return row(cells) + rule + "\n";
}

class Page {
 public:
  Page(const Results& results, const nlohmann::json& memory) : results_(results), memory_(memory) {
    for (const std::string& peer : peers)
      (results_.has_contestant(peer) ? found_ : missing_).push_back(peer);
  }

  std::string targets() const;
  std::string workloads() const;
  std::string chains() const;
  std::string graphs() const;
  std::string memory() const;
  std::string checks() const;
  std::string proofs() const;
  std::string missing() const;

 private:
  /// One line of the table of targets; `at_most` or, for ratios to a peer, at least.
  std::string target(const std::string& what, double value, const std::string& unit, double bound,
                     bool at_most = true) const {
    const bool met = at_most ? value <= bound : value >= bound;
    return row({what, number(value) + unit,
                fmt::format("{} {}{}", at_most ? "at most" : "at least", bound, unit),
                met ? "yes" : "**no**"});
  }
  /// How often LibTorch's time contains ours, when LibTorch was found.
  std::string against_libtorch(const std::string& what, const std::string& workload,
                               double bound) const {
    if (const auto libtorch = results_.find(workload + "/LibTorch"))
      return target("LibTorch ÷ Verigrad: " + what,
                    *libtorch / results_.time(workload + "/Verigrad"), "", bound, false);
    return row({"LibTorch ÷ Verigrad: " + what, "LibTorch not found",
                fmt::format("at least {}", bound), "not known"});
  }
  double ratio(const std::string& a, const std::string& b) const {
    return results_.time(a) / results_.time(b);
  }

  std::vector<std::string> columns(const std::string& first) const;
  /// Times of all contestants, divided by `count`, and their ratios.
  std::string contestants(const std::string& what, const std::string& workload,
                          const std::string& part, double count = 1) const;

  const Results& results_;
  const nlohmann::json& memory_;
  std::vector<std::string> found_, missing_;
};

std::string Page::targets() const {
  std::string table = row({"what", "measured", "target", "met"}) + "|---|---:|---:|---|\n";
  for (const std::string link : {"multiplication", "sine"})
    table += target("0-dim " + link + ", forward and backward",
                    results_.time("chain/" + link + "/0-dim/100/Verigrad") / 100, " ns", 40);
  for (const std::string link : {"multiplication", "sine"})
    table += against_libtorch("0-dim " + link, "chain/" + link + "/0-dim/100", 60);
  table += target("1k multiplication, forward and backward",
                  results_.time("chain/multiplication/1k/100/Verigrad") / 100, " ns", 200);
  table += against_libtorch("1k multiplication", "chain/multiplication/1k/100", 15);
  table += target("(a) n = 1000: value and gradient ÷ the plain C++ value",
                  ratio("pointwise/1000/Verigrad", "pointwise/1000/plain"), "", 0.25);
  table += target("(a) n = 10⁶: Verigrad ÷ floor",
                  ratio("pointwise/1000000/Verigrad", "pointwise/1000000/floor"), "", 1.5);
  table += target("(b) Verigrad ÷ floor", ratio("logistic/Verigrad", "logistic/floor"), "", 1.25);
  table +=
      target("(c) Verigrad ÷ floor", ratio("perceptron/Verigrad", "perceptron/floor"), "", 1.15);
  double worst = 0;
  for (const std::string nodes : {"1000", "10000", "100000", "1000000"})
    worst = std::max(worst, ratio("euler/" + nodes + "/Verigrad/backward",
                                  "euler/" + nodes + "/Verigrad/forward"));
  table += target("(f) backward ÷ forward, the largest of 10³ to 10⁶ nodes", worst, "", 3);
  for (const auto& [letter, workload] : {std::pair{"(b)", "logistic"}, {"(c)", "perceptron"}})
    table += target(fmt::format("{} heap allocations in a step of training", letter),
                    results_.allocations(fmt::format("{}/Verigrad/training", workload)), "", 0);
  table += target("(a) n = 10⁶: peak memory ÷ saved values",
                  memory_.at("peak").get<double>() / memory_.at("saved").get<double>(), "", 1.5);
  for (const auto& [parameters, full, fast] :
       {std::tuple{"49", 20000, 200000}, {"501", 600, 50000}, {"4993", 12, 8000}}) {
    const std::string what = fmt::format("(g) {} parameters: ", parameters);
    const std::string checked = fmt::format("check/{}/Verigrad", parameters);
    table += target(what + "full finite-difference checks a second", 1e9 / results_.time(checked),
                    "", full, false);
    table += target(what + "fast finite-difference checks a second",
                    1e9 / results_.time(checked + "/fast"), "", fast, false);
  }
  table += target("(h) proof of a gradient, expressions of FPBench's size",
                  results_.time("proof/expressions/Verigrad") / 1e3, " µs", 50);
  table += target("(h) proof of the gradient of (g), 501 parameters",
                  results_.time("proof/501/Verigrad") / 1e6, " ms", 10);
  table += target("(i) random programs made a second",
                  1e9 / results_.time("programs/made/Verigrad"), "", 100000, false);
  table += target("(i) random programs held against first-order laws a second",
                  1e9 / results_.time("programs/judged/Verigrad"), "", 20000, false);
  return table;
}

std::string Page::checks() const {
  const bool libtorch = results_.has_contestant("LibTorch");
  std::vector<std::string> columns{"checks a second", "Verigrad"};
  if (libtorch) columns.insert(columns.end(), {"LibTorch", "Verigrad ÷ LibTorch"});
  std::string table = header(columns);
  for (const std::string parameters : {"49", "501", "4993"})
    for (const std::string part : {"", "/fast"}) {
      const std::string workload = "check/" + parameters;
      std::vector<std::string> cells{
          fmt::format("(g) {} parameters, {}", parameters, part.empty() ? "full" : "fast"),
          number(1e9 / results_.time(workload + "/Verigrad" + part))};
      if (libtorch) {
        cells.push_back(number(1e9 / results_.time(workload + "/LibTorch" + part)));
        cells.push_back(
            number(ratio(workload + "/LibTorch" + part, workload + "/Verigrad" + part)));
      }
      table += row(cells);
    }
  return table;
}

std::string Page::proofs() const {
  std::string table = header({"proof of a gradient", "time"});
  const auto time = [&](const std::string& what) {
    return results_.time("proof/" + what + "/Verigrad");
  };
  table += row({"an expression", fmt::format("{} µs", number(time("expressions") / 1e3))});
  for (const std::string parameters : {"49", "501", "4993"})
    table += row({fmt::format("(g) {} parameters", parameters),
                  fmt::format("{} ms", number(time(parameters) / 1e6))});
  return table;
}

std::vector<std::string> Page::columns(const std::string& first) const {
  std::vector<std::string> cells{first, "floor", "Verigrad"};
  cells.insert(cells.end(), found_.begin(), found_.end());
  cells.emplace_back("Verigrad ÷ floor");
  for (const std::string& peer : found_) cells.push_back(peer + " ÷ Verigrad");
  return cells;
}

std::string Page::contestants(const std::string& what, const std::string& workload,
                              const std::string& part, double count) const {
  const double floor = results_.time(workload + "/floor");
  const double ours = results_.time(workload + "/Verigrad" + part);
  std::vector<std::string> cells{what, number(floor / count), number(ours / count)};
  std::vector<std::string> ratios{number(ours / floor)};
  for (const std::string& peer : found_) {
    const auto time = results_.find(workload + "/" + peer + part);
    cells.push_back(time ? number(*time / count) : "");
    ratios.push_back(time ? number(*time / ours) : "");
  }
  cells.insert(cells.end(), ratios.begin(), ratios.end());
  return row(cells);
}

std::string Page::workloads() const {
  std::string table = header(columns("ns"));
  for (const std::string size : {"10", "100", "1000", "10000", "100000", "1000000"})
    table += contestants("(a) n = " + number(std::stod(size)), "pointwise/" + size, "");
  table += contestants("(b) logistic", "logistic", "");
  table += contestants("(c) perceptron", "perceptron", "");
  table += contestants("(d) product of 1000 scalars", "product", "/scalars");
  table += contestants("(d) `prod` of 1000 entries", "product", "/vector");
  for (const std::string nodes : {"1000", "10000", "100000", "1000000"})
    table +=
        contestants("(f) graph of " + number(std::stod(nodes)) + " nodes", "euler/" + nodes, "");
  table += "\n" + header({"ns", "plain C++ value of (a)", "Verigrad's value and gradient ÷ that",
                          "floor ÷ that"});
  for (const std::string size : {"10", "100", "1000", "10000", "100000", "1000000"})
    table += row({"n = " + number(std::stod(size)),
                  number(results_.time("pointwise/" + size + "/plain")),
                  number(ratio("pointwise/" + size + "/Verigrad", "pointwise/" + size + "/plain")),
                  number(ratio("pointwise/" + size + "/floor", "pointwise/" + size + "/plain"))});
  return table;
}

std::string Page::chains() const {
  std::string both = header(columns("ns per operation"));
  std::vector<std::string> parts{"ns per operation", "Verigrad forward", "Verigrad backward"};
  const bool libtorch = results_.has_contestant("LibTorch");
  if (libtorch) parts.insert(parts.end(), {"LibTorch forward", "LibTorch backward"});
  std::string apart = header(parts);
  for (const std::string link : {"multiplication", "sine"})
    for (const std::string size : {"0-dim", "1k"})
      for (const int length : {1, 10, 100}) {
        const std::string what = fmt::format("{} {}, chain of {}", size, link, length);
        const std::string workload = fmt::format("chain/{}/{}/{}", link, size, length);
        both += contestants(what, workload, "", length);
        std::vector<std::string> cells{what};
        for (const std::string contestant : {"Verigrad", "LibTorch"})
          for (const std::string part : {"forward", "backward"})
            if (contestant == "Verigrad" || libtorch)
              cells.push_back(
                  number(results_.time(workload + "/" + contestant + "/" + part) / length));
        apart += row(cells);
      }
  return both + "\n" + apart;
}

std::string Page::graphs() const {
  const bool libtorch = results_.has_contestant("LibTorch");
  std::vector<std::string> columns{"ns per node", "forward", "backward", "backward ÷ forward"};
  if (libtorch) columns.emplace_back("LibTorch's backward ÷ forward");
  std::string table = header(columns);
  for (const std::string nodes : {"1000", "10000", "100000", "1000000"}) {
    const double count = std::stod(nodes);
    const std::string ours = "euler/" + nodes + "/Verigrad/";
    const std::string theirs = "euler/" + nodes + "/LibTorch/";
    std::vector<std::string> cells{number(count) + " nodes",
                                   number(results_.time(ours + "forward") / count),
                                   number(results_.time(ours + "backward") / count),
                                   number(ratio(ours + "backward", ours + "forward"))};
    if (libtorch) cells.push_back(number(ratio(theirs + "backward", theirs + "forward")));
    table += row(cells);
  }
  return table;
}

std::string Page::memory() const {
  std::vector<std::string> columns{"heap allocations in a step of training", "Verigrad"};
  const bool libtorch = results_.has_contestant("LibTorch");
  if (libtorch) columns.emplace_back("LibTorch");
  std::string table = header(columns);
  for (const std::string workload : {"logistic", "perceptron"}) {
    std::vector<std::string> cells{(workload == "logistic" ? "(b) " : "(c) ") + workload};
    for (const std::string contestant : {"Verigrad", "LibTorch"})
      if (contestant == "Verigrad" || libtorch)
        cells.push_back(number(results_.allocations(workload + "/" + contestant + "/training")));
    table += row(cells);
  }
  return fmt::format(
      "{}\n(a) at n = 10⁶ adds {:.1f} MB to the process at its peak; x and the five "
      "values that are saved need {:.1f} MB.\n",
      table, memory_.at("peak").get<double>() / 1e6, memory_.at("saved").get<double>() / 1e6);
}

std::string Page::missing() const {
  return missing_.empty()
             ? "All peers were found."
             : fmt::format("Not found on this machine: {}.", fmt::join(missing_, ", "));
}

}  // namespace

std::string performance_page(const nlohmann::json& run, const nlohmann::json& memory,
                             const PageContext& context) {
  const Results results(run);
  const Page page(results, memory);
  const std::string date = run.at("context").at("date").get<std::string>().substr(0, 10);
  return fmt::format(R"(# Performance

A script measures and writes this page (its text stands in `benchmarks/page.cpp`); this is what it was called with:

```sh
{command}
```

Times are of one machine and differ on another; the ratios, all of one run, are what counts.

* Processor: {processor}; one thread; {date}; {compiler}, preset `release`.
* Medians of repetitions of CPU time, taken in random order. {missing}
* LibTorch's products of matrices are those of the system's BLAS, here `{blas}`.

## Targets

{targets}
## The contestants

* *floor*: value and gradient written by hand for this one function (`benchmarks/floors/`): one pass where one
  suffices, SLEEF's vector functions of 1 ulp, Eigen's product for the matrices of (c).
* *Verigrad*: the C++ interface of [cpp.md](cpp.md): clear the gradients, build the graph, walk it back, free it.
* *LibTorch*: the same through its C++ autograd interface, one thread; *ADOL-C*: a tape recorded once and reused, and
  *retraced*, a tape recorded at every step, both in memory; *Sacado*: reverse mode (Rad), which records at every step.
  ADOL-C and Sacado run scalar loops, having no tensors.

Before its time is taken, each contestant's gradient is compared with the floor's; another gradient ends the run.

## Workloads

float64, value and gradient. (a) sum of sin(x) · sigmoid(x²) + log(1 + exp x) over n entries. (b) mean
BCE-with-logits of X w, X 256 x 64. (c) mean BCE of a perceptron 64-128-1, tanh and sigmoid, batch 256, gradient by all
weights and biases. (d) product of 1000 numbers. (f) Euler's method for y' = sin y, three nodes a step.

{workloads}
The plain C++ value is a loop over `std::sin`, `std::exp` and `std::log1p`.

## Chains

(e) y = y · c with a constant c of y's shape, and y = sin(y); 0-dim, and vectors of 1024 entries. Forward and backward:

{chains}
*Forward* builds the graph and frees it; *backward* walks a graph that is kept.

## Growing graphs

(f) per node:

{graphs}
## Checks

(g) The engine's gradient of the mean BCE of a perceptron d-h-1, tanh and sigmoid, batch 16, by all weights and biases,
against numeric derivatives: 4-8-1, 8-50-1 and 30-156-1. *Full*: every partial derivative, each with an error bar, each
judged; *fast*: the derivative along one random line through the point, with an error bar, judged
([verdicts.md](verdicts.md)). Verigrad meets another point at every check; what depends on the Program alone is planned
once. LibTorch: `torch.autograd.gradcheck`'s central differences of step 10⁻⁶, without error bars, written against its
C++ interface; *fast* takes one random direction for each input.

{checks}
(h) All partial derivatives at a point, each enclosed in Arb's ball arithmetic with at least 80 certain bits: of five
expressions of the size of FPBench's in turn, with two or three inputs and ten to twenty operations, and of the
perceptrons above:

{proofs}
(i) Random programs ([laws.md](laws.md)), of six instructions on average and up to 40: drawn and decoded, values
included; and held against the laws *adjoint*, *homogeneity* and *linearity*, six backward passes in double each.

## Memory

{memory})",
                     fmt::arg("command", context.command), fmt::arg("processor", context.processor),
                     fmt::arg("date", date), fmt::arg("compiler", context.compiler),
                     fmt::arg("missing", page.missing()), fmt::arg("blas", context.blas),
                     fmt::arg("targets", page.targets()), fmt::arg("workloads", page.workloads()),
                     fmt::arg("chains", page.chains()), fmt::arg("graphs", page.graphs()),
                     fmt::arg("checks", page.checks()), fmt::arg("proofs", page.proofs()),
                     fmt::arg("memory", page.memory()));
}

}  // namespace verigrad::benchmarks
