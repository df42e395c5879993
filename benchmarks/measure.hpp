#pragma once

#include <benchmark/benchmark.h>

#include <string>
#include <type_traits>
#include <utility>

#include "benchmarks/allocations.hpp"
#include "benchmarks/problems.hpp"

namespace verigrad::benchmarks {

/// Registers a contestant as `name`, "workload/size/contestant[/part]". `Run` names its `Problem`,
/// is constructed from one, and has `step()`, which is what is timed. Where it has a `gradient()`,
/// that is compared with the floor's after one step, and a run with another gradient is an error
/// instead of a time. What else it has to report, it adds in `finish(state)`.
template <class Run, class... Sizes>
void add(const std::string& name, Sizes... sizes) {
  const auto body = [sizes...](benchmark::State& state) {
    [[maybe_unused]] const auto exact = [](auto size) {
      if constexpr (std::is_integral_v<decltype(size)>) {
        return static_cast<std::size_t>(size);
      } else {
        return size;
      }
    };
    const typename Run::Problem problem(exact(sizes)...);
    Run run(problem);
    run.step();
    if constexpr (requires { run.gradient(); }) {
      if (!agree(run.gradient(), problem.gradient(), problem.roundings)) {
        state.SkipWithError("the gradient is not the floor's");
        return;
      }
    }
    for (auto _ : state) {
      run.step();
      benchmark::ClobberMemory();
    }
    if constexpr (requires { run.finish(state); }) run.finish(state);
  };
  benchmark::RegisterBenchmark(name.c_str(), body);
}

/// The same for sizes 10, 100, … `last`: "workload/10/contestant", ….
template <class Run>
void add_sizes(const std::string& workload, const std::string& contestant, std::size_t first,
               std::size_t last) {
  for (std::size_t size = first; size <= last; size *= 10)
    add<Run>(workload + "/" + std::to_string(size) + "/" + contestant, size);
}

/// Reports the heap blocks per step in the steady state: those of a hundred steps more.
template <class Step>
void report_allocations(benchmark::State& state, Step step) {
  const std::uint64_t before = allocations();
  for (int i = 0; i < 100; ++i) step();
  state.counters["allocations"] = static_cast<double>(allocations() - before) / 100;
}

constexpr std::size_t chain_vector = 1024;

/// For both links, lengths 1, 10, 100 and sizes 0-dim and 1k: "chain/sine/1k/10/contestant".
template <class Run>
void add_chains(const std::string& contestant) {
  for (const Link link : {Link::multiplication, Link::sine})
    for (const std::size_t size : {std::size_t{1}, chain_vector})
      for (const std::size_t length : {1u, 10u, 100u})
        add<Run>(std::string("chain/") + (link == Link::sine ? "sine" : "multiplication") +
                     (size == 1 ? "/0-dim/" : "/1k/") + std::to_string(length) + "/" + contestant,
                 link, size, length);
}

// Every workload's floor and Verigrad's measurement, and those of the peers that were found.
void add_pointwise();
void add_logistic();
void add_perceptron();
void add_product();
void add_chain();
void add_euler();
void add_checks();
void add_proofs();
void add_programs();
void add_libtorch();
void add_libtorch_checks();
void add_adolc();
void add_sacado();

}  // namespace verigrad::benchmarks
