#include "proof/tape.hpp"

#include <cmath>
#include <limits>

namespace verigrad::proof {

thread_local Tape* Tape::current_ = nullptr;

Tape::Tape(Kinks kinks) : before_(std::exchange(current_, this)), kinks_(kinks) {}

Tape::~Tape() { current_ = before_; }

Series Tape::variable(const Ball& value) { return Series::traced(value, add_node()); }

Series Tape::made(const Ball& value, bool traced, bool kinked) {
  return (traced ? Series::traced(value, current_->add_node()) : Series(value)).kinked_if(kinked);
}

Series Tape::record(const Ball& value, std::initializer_list<Partial> partials, bool kinked) {
  bool any = false;
  for (const auto& [operand, partial] : partials) {
    if (!operand.traced()) continue;
    if (!partial.finite()) return Series(Status::undecided);
    any = true;
  }
  if (any)
    for (const auto& [operand, partial] : partials) current_->add_edge(operand, partial);
  return made(value, any, kinked);
}

Series Tape::sum(const Series& a, const Series& b, int sign) {
  spend_work(1);
  const Ball value = sign > 0 ? a.value() + b.value() : a.value() - b.value();
  const bool kinked = a.kinked() || b.kinked();
  if (!value.finite()) return Series(Status::undecided);
  return record(value, {{a, Ball(1)}, {b, Ball(sign)}}, kinked);
}

Series Tape::product(const Series& a, const Series& b) {
  spend_work(1);
  const Ball x = a.value(), y = b.value(), value = x * y;
  const bool kinked = a.kinked() || b.kinked();
  if (!value.finite()) return Series(Status::undecided);
  return record(value, {{a, y}, {b, x}}, kinked);
}

Series Tape::dot(std::span<const Series> a, std::span<const Series> b) {
  bool plain = true;
  for (std::size_t i = 0; i < a.size() && plain; ++i) plain = one_term(a[i], b[i]);
  if (!plain || a.empty()) {
    Series result = 0;
    for (std::size_t i = 0; i < a.size(); ++i) result = result + a[i] * b[i];
    return result;
  }
  spend_work(static_cast<double>(a.size()));
  std::vector<arb_struct> x(a.size()), y(a.size());
  bool kinked = false, any = false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    x[i] = *a[i].first();
    y[i] = *b[i].first();
    kinked = kinked || a[i].kinked() || b[i].kinked();
    any = any || a[i].traced() || b[i].traced();
  }
  Ball value;
  arb_dot(value.get(), nullptr, 0, x.data(), 1, y.data(), 1, static_cast<slong>(x.size()),
          working_bits);
  if (!value.finite()) return Series(Status::undecided);
  for (std::size_t i = 0; any && i < a.size(); ++i) {
    if (a[i].traced()) current_->add_edge(a[i], b[i].value());
    if (b[i].traced()) current_->add_edge(b[i], a[i].value());
  }
  return made(value, any, kinked);
}

Series Tape::total(std::span<const Series> a) {
  const std::vector<Series> ones(a.size(), Series(1));
  return dot(a, ones);
}

Tape::Sweep::Sweep(const Tape& tape, std::span<const Series> roots, std::span<const Ball> weights)
    : adjoints_(tape.ends_.size()), paths_(tape.ends_.size(), 0.0) {
  const auto size = [](const Ball& ball) { return ball.magnitude(); };
  for (std::size_t i = 0; i < roots.size(); ++i) {
    if (!roots[i].traced()) continue;
    const auto node = static_cast<std::size_t>(roots[i].node());
    adjoints_[node] = adjoints_[node] + weights[i];
    paths_[node] += size(weights[i]);
  }
  spend_work(static_cast<double>(tape.edges_.size()));
  for (std::size_t node = adjoints_.size(); node-- > 0;) {
    const Ball& adjoint = adjoints_[node];
    if (adjoint.is(0) && paths_[node] == 0) continue;
    for (std::size_t e = node == 0 ? 0 : tape.ends_[node - 1]; e < tape.ends_[node]; ++e) {
      const Edge& edge = tape.edges_[e];
      const auto operand = static_cast<std::size_t>(edge.operand);
      arb_addmul(adjoints_[operand].get(), adjoint.get(), edge.partial.get(), working_bits);
      paths_[operand] += paths_[node] * size(edge.partial);
    }
  }
}

const Ball& Tape::Sweep::derivative(const Series& variable) const {
  return adjoints_[static_cast<std::size_t>(variable.node())];
}

double Tape::Sweep::paths(const Series& variable) const {
  return paths_[static_cast<std::size_t>(variable.node())];
}

Series traced(Series (*f)(const Series&, const Series&), const Series& a, const Series& b) {
  const Status status = std::max(a.status(), b.status());
  if (status != Status::ok) return Series(status);
  Ball value, partials[2];
  for (int k = 0; k < 2; ++k) {
    if (!(k == 0 ? a : b).traced()) continue;
    const auto operand = [k](int which, const Series& s) {
      return which == k ? Series::variable(s.value(), 1, 2) : Series(s.value());
    };
    const Series germ = f(operand(0, a), operand(1, b));
    if (!germ.ok()) return germ;
    if (germ.kinked() || germ.length() < 2) return Series(Status::flat);
    value = germ.value();
    partials[k] = germ[1];
  }
  return Tape::record(value, {{a, partials[0]}, {b, partials[1]}}, a.kinked() || b.kinked());
}

}  // namespace verigrad::proof
