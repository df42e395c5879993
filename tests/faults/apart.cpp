#include "tests/faults/apart.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>

namespace verigrad::faults {
namespace {

/// A row as lines: the numbers, the first law, then each law that finds the fault alone.
void write(std::FILE* out, const FaultRow& row) {
  std::fprintf(out, "%zu %.17g %zu %zu\n%s\n", row.found, row.cases, row.smallest.operations,
               row.smallest.nodes, row.law == nullptr ? "" : std::string(row.law->name).c_str());
  std::fflush(out);
}

std::string line_of(std::FILE* in) {
  std::string line;
  for (int c = std::fgetc(in); c != EOF && c != '\n'; c = std::fgetc(in))
    line += static_cast<char>(c);
  return line;
}

FaultRow read(std::FILE* in, const Fault& fault) {
  FaultRow row{.fault = fault};
  if (std::fscanf(in, "%zu %lf %zu %zu\n", &row.found, &row.cases, &row.smallest.operations,
                  &row.smallest.nodes) != 4)
    return row;
  if (const std::string name = line_of(in); !name.empty()) row.law = &properties::law(name);
  for (std::string name = line_of(in); !name.empty(); name = line_of(in))
    row.alone.push_back(&properties::law(name));
  return row;
}

[[noreturn]] void run_child(std::FILE* out, const Fault& fault, const Plan& plan) {
  FaultRow row = survey(fault, plan);
  write(out, row);
  survey_alone(row, plan, [out](const properties::Law& law) {
    std::fprintf(out, "%s\n", std::string(law.name).c_str());
    std::fflush(out);
  });
  std::fclose(out);
  std::_Exit(0);
}

struct Child {
  pid_t id;
  std::FILE* in;
};

Child start(const Fault& fault, const Plan& plan) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("no pipe");
  const pid_t id = ::fork();
  if (id < 0) throw std::runtime_error("no process");
  if (id == 0) {
    ::close(ends[0]);
    run_child(::fdopen(ends[1], "w"), fault, plan);
  }
  ::close(ends[1]);
  return {id, ::fdopen(ends[0], "r")};
}

FaultRow finish(const Child& child, const Fault& fault) {
  FaultRow row = read(child.in, fault);
  std::fclose(child.in);
  ::waitpid(child.id, nullptr, 0);
  return row;
}

}  // namespace

std::vector<FaultRow> survey_apart(const std::vector<Fault>& faults, const Plan& plan) {
  std::vector<FaultRow> rows;
  std::vector<Child> children;
  for (std::size_t i = 0; i < faults.size() + 1; ++i) {
    if (i < faults.size()) children.push_back(start(faults[i], plan));
    if (i > 0) rows.push_back(finish(children[i - 1], faults[i - 1]));
  }
  return rows;
}

}  // namespace verigrad::faults
