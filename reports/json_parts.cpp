#include "reports/json_parts.hpp"

#include <fmt/format.h>

#include "reports/display.hpp"
#include "reports/json_accuracy.hpp"

namespace verigrad::reports {
namespace {

constexpr std::size_t highest_rank = 8;

std::string text(const JsonCursor& at) { return at.text(); }
std::int64_t integer(const JsonCursor& at) { return at.integer(); }
double real(const JsonCursor& at) { return at.real(); }

// Appends the entries of a nested list; `shape` is that of the first entry on every level, which
// all the others must have.
void read_nested(const JsonCursor& at, std::size_t dim, TensorValue& value, bool first) {
  if (!at.is_list()) {
    if (dim != value.shape.size()) at.fail("the lists are not equally deep");
    value.data.push_back(at.real());
    return;
  }
  const std::vector<JsonCursor> items = at.items();
  const auto size = static_cast<std::int64_t>(items.size());
  if (dim == highest_rank) at.fail(fmt::format("more than {} dimensions", highest_rank));
  if (first) value.shape.push_back(size);
  if (dim >= value.shape.size()) at.fail("the lists are not equally deep");
  if (value.shape[dim] != size) at.fail("the lists are not equally long");
  for (std::size_t i = 0; i < items.size(); ++i)
    read_nested(items[i], dim + 1, value, first && i == 0);
}

TensorValue nested(const JsonCursor& at) {
  TensorValue value;
  read_nested(at, 0, value, true);
  return value;
}

WorstEntry worst_entry(const JsonCursor& at) {
  WorstEntry worst;
  worst.index = at.at("index").each(integer);
  worst.point = at.at("point").integer();
  for (const auto& [name, value] : at.at("inputs").members())
    worst.inputs.emplace_back(name, nested(value));
  worst.analytic = at.at("analytic").unless_null(real);
  worst.reference = at.at("reference").unless_null(real);
  worst.error_bar = at.at("error_bar").unless_null(real);
  worst.absolute_error = at.at("absolute_error").unless_null(real);
  worst.relative_error = at.at("relative_error").unless_null(real);
  worst.ulps = at.at("ulps").unless_null(real);
  worst.digits = at.at("digits").unless_null(real);
  return worst;
}

Diagnosis diagnosis(const JsonCursor& at) {
  return {at.at("code").text(), at.at("message").text()};
}

Kind kind(const JsonCursor& at) {
  if (const auto result = kind_from_string(at.text())) return *result;
  at.fail(fmt::format("no such kind: \"{}\"", printable(at.text())));
}

Verdict verdict(const JsonCursor& at) {
  if (const auto result = gradcheck::verdict_from_string(at.text())) return *result;
  at.fail(fmt::format("no such verdict: \"{}\"", printable(at.text())));
}

MetPoint met_point(const JsonCursor& at) {
  return {at.at("operation").text(), real(at.at("at")), at.at("points").integer()};
}

}  // namespace

CheckResult check_result(const JsonCursor& at) {
  CheckResult check;
  check.id = at.at("id").text();
  check.line = at.at("line").integer();
  check.column = at.at("column").integer();
  check.kind = kind(at.at("kind"));
  check.name = at.at("name").unless_null(text);
  check.output = at.at("output").unless_null(text);
  check.wrt = at.at("wrt").each(text);
  check.dtype = at.at("dtype").unless_null(text);
  check.verdict = verdict(at.at("verdict"));
  check.points = at.at("points").integer();
  check.comparisons = at.at("comparisons").integer();
  check.rejected = at.at("rejected").integer();
  check.method = at.at("method").unless_null(text);
  check.worst = at.at("worst").unless_null(worst_entry);
  check.diagnosis = at.at("diagnosis").each(diagnosis);
  check.repro = at.at("repro").unless_null(text);
  if (at.has("fewest_digits")) check.fewest_digits = at.at("fewest_digits").real();
  if (at.has("warnings")) check.warnings = at.at("warnings").each(text);
  if (at.has("printed")) check.printed = at.at("printed").each(text);
  return check;
}

FileError file_error(const JsonCursor& at) {
  FileError error;
  error.code = at.at("code").text();
  error.line = at.at("line").integer();
  error.column = at.at("column").integer();
  error.message = at.at("message").text();
  error.help = at.at("help").unless_null(text);
  return error;
}

FileResult file_result(const JsonCursor& at) {
  FileResult file;
  file.path = at.at("path").text();
  if (at.has("errors")) file.errors = at.at("errors").each(file_error);
  if (file.errors.empty() || at.has("checks")) file.checks = at.at("checks").each(check_result);
  if (at.has("coverage")) file.coverage = at.at("coverage").each(met_point);
  if (at.has("accuracy")) file.accuracy = at.at("accuracy").each(accuracy_row);
  return file;
}

}  // namespace verigrad::reports
