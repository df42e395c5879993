#include "reports/json_accuracy.hpp"

#include <fmt/format.h>

#include <cmath>
#include <concepts>
#include <nlohmann/json.hpp>

#include "reports/display.hpp"

namespace verigrad::reports {
namespace {

using Json = nlohmann::ordered_json;

// The keys of each struct, once for writing and reading: `visit` is called for every member with
// its key.

void each_member(auto& of, auto&& visit) requires
    std::same_as<std::remove_cvref_t<decltype(of)>, UlpStatistics> {
  visit("n", of.n);
  visit("median", of.median);
  visit("p90", of.p90);
  visit("p99", of.p99);
  visit("max", of.max);
  visit("mean_bits", of.mean_bits);
  visit("correctly_rounded", of.correctly_rounded);
  visit("within_1", of.within_1);
  visit("within_4", of.within_4);
  visit("histogram", of.histogram);
}

void each_member(auto& of, auto&& visit) requires
    std::same_as<std::remove_cvref_t<decltype(of)>, AccuracySample> {
  visit("input", of.input);
  visit("ulps", of.ulps);
  visit("condition", of.condition);
}

void each_member(auto& of, auto&& visit) requires
    std::same_as<std::remove_cvref_t<decltype(of)>, OperationShare> {
  visit("operation", of.operation);
  visit("backward", of.backward);
  visit("share", of.share);
  visit("line", of.line);
  visit("column", of.column);
  visit("length", of.length);
  visit("path", of.path);
  visit("line_text", of.line_text);
}

void each_member(auto& of,
                 auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, Rewrite> {
  visit("text", of.text);
  visit("ulps", of.ulps);
}

void each_member(auto& of,
                 auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, StepError> {
  visit("step", of.step);
  visit("error", of.error);
}

void each_member(
    auto& of, auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, ChosenStep> {
  visit("method", of.method);
  visit("step", of.step);
  visit("error", of.error);
}

void each_member(auto& of,
                 auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, StepCurve> {
  visit("input", of.input);
  visit("errors", of.errors);
  visit("truncation", of.truncation);
  visit("roundoff", of.roundoff);
  visit("chosen", of.chosen);
}

void each_member(
    auto& of, auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, BallRadius> {
  visit("bits", of.bits);
  visit("ulps", of.ulps);
}

void each_member(
    auto& of, auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, WorstPoint> {
  visit("index", of.index);
  visit("point", of.point);
  visit("origin", of.origin);
  visit("inputs", of.inputs);
  visit("computed", of.computed);
  visit("truth", of.truth);
  visit("ulps", of.ulps);
  visit("condition", of.condition);
}

void each_member(auto& of,
                 auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, GraphNode> {
  visit("grad_fn", of.grad_fn);
  visit("label", of.label);
  visit("line", of.line);
  visit("column", of.column);
  visit("forward", of.forward);
  visit("backward", of.backward);
  visit("constant", of.constant);
}

void each_member(auto& of,
                 auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, GraphEdge> {
  visit("from", of.from);
  visit("to", of.to);
}

void each_member(
    auto& of, auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, BlameGraph> {
  visit("nodes", of.nodes);
  visit("edges", of.edges);
}

void each_member(
    auto& of, auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, AccuracyRow> {
  visit("id", of.id);
  visit("line", of.line);
  visit("column", of.column);
  visit("name", of.name);
  visit("output", of.output);
  visit("wrt", of.wrt);
  visit("dtype", of.dtype);
  visit("ulps", of.ulps);
  visit("points", of.points);
  visit("searched", of.searched);
  visit("rejected", of.rejected);
  visit("undecided", of.undecided);
  visit("non_smooth", of.non_smooth);
  visit("value_overflow", of.value_overflow);
  visit("overflow", of.overflow);
  visit("underflow", of.underflow);
  visit("wrong_signs", of.wrong_signs);
  visit("wrong_zeros", of.wrong_zeros);
  visit("condition_median", of.condition_median);
  visit("condition_max", of.condition_max);
  visit("relative_max", of.relative_max);
  visit("instability", of.instability);
  visit("truth_bits", of.truth_bits);
  visit("ball_ulps", of.ball_ulps);
  visit("balls", of.balls);
  visit("worst", of.worst);
  visit("predicted", of.predicted);
  visit("verdict", of.verdict);
  visit("reason", of.reason);
  visit("worsened", of.worsened);
  visit("blame", of.blame);
  visit("rewrites", of.rewrites);
  visit("repro", of.repro);
  visit("samples", of.samples);
  visit("curve", of.curve);
  visit("graph", of.graph);
}

void each_member(auto& of, auto&& visit) requires
    std::same_as<std::remove_cvref_t<decltype(of)>, OperationAccuracy> {
  visit("operation", of.operation);
  visit("quantity", of.quantity);
  visit("region", of.region);
  visit("dtype", of.dtype);
  visit("n", of.n);
  visit("counts", of.counts);
  visit("max", of.max);
  visit("worst", of.worst);
  visit("naive", of.naive);
  visit("naive_formula", of.naive_formula);
}

void each_member(
    auto& of, auto&& visit) requires std::same_as<std::remove_cvref_t<decltype(of)>, MissedSlip> {
  visit("slip", of.slip);
  visit("share", of.share);
}

void each_member(auto& of, auto&& visit) requires
    std::same_as<std::remove_cvref_t<decltype(of)>, MethodAccuracy> {
  visit("method", of.method);
  visit("n", of.n);
  visit("evaluations", of.evaluations);
  visit("median", of.median);
  visit("p99", of.p99);
  visit("worst", of.worst);
  visit("covered", of.covered);
  visit("false_alarms", of.false_alarms);
  visit("unsure", of.unsure);
  visit("missed", of.missed);
}

void each_member(auto& of, auto&& visit) requires
    std::same_as<std::remove_cvref_t<decltype(of)>, AccuracyReport> {
  visit("operations", of.operations);
  visit("methods", of.methods);
  visit("notes", of.notes);
  visit("settings", of.settings);
}

/// Written as an object.
template <class T>
using Members = std::vector<std::pair<std::string, T>>;

Json written(double value) { return std::isfinite(value) ? Json(value) : Json(number(value)); }
Json written(std::int64_t value) { return value; }
Json written(bool value) { return value; }
Json written(const std::string& value) { return value; }
Json written(AccuracyVerdict value) { return to_string(value); }
Json written(PointOrigin value) { return to_string(value); }

template <class T>
Json written(const T& value);

template <class T>
Json written(const std::optional<T>& value) {
  return value ? written(*value) : Json(nullptr);
}

template <class T>
Json written(const std::vector<T>& items) {
  Json result = Json::array();
  for (const T& item : items) result.push_back(written(item));
  return result;
}

template <class T>
Json written(const Members<T>& members) {
  Json result = Json::object();
  for (const auto& [name, member] : members) result[name] = written(member);
  return result;
}

template <class T>
Json written(const T& value) {
  Json result = Json::object();
  each_member(value, [&](const char* key, const auto& member) { result[key] = written(member); });
  return result;
}

void read(const JsonCursor& at, double& value) { value = at.real(); }
void read(const JsonCursor& at, std::int64_t& value) { value = at.integer(); }
void read(const JsonCursor& at, bool& value) { value = at.truth(); }
void read(const JsonCursor& at, std::string& value) { value = at.text(); }

void read(const JsonCursor& at, AccuracyVerdict& value) {
  const auto verdict = accuracy_verdict_from_string(at.text());
  if (!verdict) at.fail(fmt::format("no such verdict: \"{}\"", printable(at.text())));
  value = *verdict;
}

void read(const JsonCursor& at, PointOrigin& value) {
  const auto origin = point_origin_from_string(at.text());
  if (!origin) at.fail(fmt::format("no such origin: \"{}\"", printable(at.text())));
  value = *origin;
}

template <class T>
void read(const JsonCursor& at, T& value);

template <class T>
void read(const JsonCursor& at, std::optional<T>& value) {
  if (at.is_null()) return value.reset();
  read(at, value.emplace());
}

template <class T>
void read(const JsonCursor& at, std::vector<T>& items) {
  for (const JsonCursor& item : at.items()) read(item, items.emplace_back());
}

template <class T>
void read(const JsonCursor& at, Members<T>& members) {
  for (const auto& [name, member] : at.members()) {
    members.emplace_back(name, T());
    read(member, members.back().second);
  }
}

template <class T>
void read(const JsonCursor& at, T& value) {
  each_member(value, [&](const char* key, auto& member) { read(at.at(key), member); });
}

}  // namespace

Json accuracy_json(const AccuracyRow& row) { return written(row); }
Json accuracy_json(const AccuracyReport& report) { return written(report); }

AccuracyRow accuracy_row(const JsonCursor& at) {
  AccuracyRow row;
  read(at, row);
  return row;
}

AccuracyReport accuracy_report(const JsonCursor& at) {
  AccuracyReport report;
  read(at, report);
  return report;
}

}  // namespace verigrad::reports
