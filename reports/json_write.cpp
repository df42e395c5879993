#include <fmt/format.h>

#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <numeric>

#include "reports/display.hpp"
#include "reports/json.hpp"
#include "reports/json_accuracy.hpp"
#include "reports/json_layout.hpp"

namespace verigrad::reports {
namespace {

using Json = nlohmann::ordered_json;

Json json(double value) { return std::isfinite(value) ? Json(value) : Json(number(value)); }

template <typename T>
Json json(const std::optional<T>& value) {
  if constexpr (std::is_same_v<T, double>)
    return value ? json(*value) : Json(nullptr);
  else
    return value ? Json(*value) : Json(nullptr);
}

template <typename T, typename Function>
Json list(const std::vector<T>& items, Function&& item_json) {
  Json result = Json::array();
  for (const T& item : items) result.push_back(item_json(item));
  return result;
}

void require_entries(const TensorValue& value) {
  const std::int64_t entries =
      std::accumulate(value.shape.begin(), value.shape.end(), std::int64_t{1}, std::multiplies<>());
  if (entries != static_cast<std::int64_t>(value.data.size()))
    throw std::invalid_argument(fmt::format("a value of shape [{}] has {} entries",
                                            fmt::join(value.shape, ", "), value.data.size()));
}

Json nested(const TensorValue& value, std::size_t dim, std::size_t& next) {
  if (dim == value.shape.size()) return json(value.data[next++]);
  Json result = Json::array();
  for (std::int64_t i = 0; i < value.shape[dim]; ++i)
    result.push_back(nested(value, dim + 1, next));
  return result;
}

Json nested(const TensorValue& value) {
  require_entries(value);
  std::size_t next = 0;
  return nested(value, 0, next);
}

Json json(const WorstEntry& worst) {
  Json inputs = Json::object();
  for (const auto& [name, value] : worst.inputs) inputs[name] = nested(value);
  Json result;
  result["index"] = worst.index;
  result["point"] = worst.point;
  result["inputs"] = std::move(inputs);
  result["analytic"] = json(worst.analytic);
  result["reference"] = json(worst.reference);
  result["error_bar"] = json(worst.error_bar);
  result["absolute_error"] = json(worst.absolute_error);
  result["relative_error"] = json(worst.relative_error);
  result["ulps"] = json(worst.ulps);
  result["digits"] = json(worst.digits);
  return result;
}

Json json(const Diagnosis& diagnosis) {
  return {{"code", diagnosis.code}, {"message", diagnosis.message}};
}

Json json(const CheckResult& check) {
  Json result;
  result["id"] = check.id;
  result["line"] = check.line;
  result["column"] = check.column;
  result["kind"] = to_string(check.kind);
  result["name"] = json(check.name);
  result["output"] = json(check.output);
  result["wrt"] = check.wrt;
  result["dtype"] = json(check.dtype);
  result["verdict"] = gradcheck::to_string(check.verdict);
  result["points"] = check.points;
  result["comparisons"] = check.comparisons;
  result["rejected"] = check.rejected;
  result["method"] = json(check.method);
  result["worst"] = check.worst ? json(*check.worst) : Json(nullptr);
  result["diagnosis"] = list(check.diagnosis, [](const Diagnosis& each) { return json(each); });
  result["repro"] = json(check.repro);
  if (check.fewest_digits) result["fewest_digits"] = json(*check.fewest_digits);
  if (!check.warnings.empty()) result["warnings"] = check.warnings;
  if (!check.printed.empty()) result["printed"] = check.printed;
  return result;
}

Json json(const FileError& error) {
  Json result;
  result["code"] = error.code;
  result["line"] = error.line;
  result["column"] = error.column;
  result["message"] = error.message;
  result["help"] = json(error.help);
  return result;
}

Json errors_json(const std::vector<FileError>& errors) {
  return list(errors, [](const FileError& each) { return json(each); });
}

Json json(const MetPoint& met) {
  return {{"operation", met.operation}, {"at", json(met.at)}, {"points", met.points}};
}

// Room that is not used costs addresses, not memory.
std::size_t expected_bytes(const Run& run) {
  constexpr std::size_t bytes_of_check = 1200;
  std::size_t checks = 0;
  for (const FileResult& file : run.files) checks += file.checks.size();
  return checks * bytes_of_check;
}

void append(JsonText& out, const FileResult& file) {
  out.begin_object();
  out.member("path", file.path);
  if (!file.errors.empty()) out.member("errors", errors_json(file.errors));
  if (file.errors.empty() || !file.checks.empty()) {
    out.key("checks");
    out.begin_list();
    for (const CheckResult& check : file.checks) out.value(json(check));
    out.end();
  }
  if (!file.coverage.empty())
    out.member("coverage", list(file.coverage, [](const MetPoint& each) { return json(each); }));
  if (!file.accuracy.empty())
    out.member("accuracy",
               list(file.accuracy, [](const AccuracyRow& each) { return accuracy_json(each); }));
  out.end();
}

Json json(const Summary& summary) {
  Json result;
  result["pass"] = summary.pass;
  result["inaccurate"] = summary.inaccurate;
  result["fail"] = summary.fail;
  result["inconclusive"] = summary.inconclusive;
  result["error"] = summary.error;
  return result;
}

Json json(const NamedTensor& tensor, bool with_grad_fn) {
  require_entries(tensor.value);
  Json result;
  result["shape"] = tensor.value.shape;
  result["data"] = list(tensor.value.data, [](double each) { return json(each); });
  if (with_grad_fn) result["grad_fn"] = json(tensor.grad_fn);
  return result;
}

Json json(const EvalPoint& point) {
  Json result{{"values", Json::object()}, {"gradients", Json::object()}};
  for (const NamedTensor& each : point.values) result["values"][each.name] = json(each, true);
  for (const NamedTensor& each : point.gradients)
    result["gradients"][each.name] = json(each, false);
  return result;
}

Json json(const EvalFile& file) {
  Json result;
  result["path"] = file.path;
  if (!file.errors.empty()) result["errors"] = errors_json(file.errors);
  if (file.errors.empty() || !file.points.empty())
    result["points"] = list(file.points, [](const EvalPoint& each) { return json(each); });
  return result;
}

}  // namespace

std::string to_json(const Run& run) {
  Json environment = Json::object();
  for (const auto& [key, value] : run.environment) environment[key] = value;
  JsonText out(expected_bytes(run));
  out.begin_object();
  out.member("schema", run_schema);
  out.member("tool", {{"name", run.tool}, {"version", run.version}});
  out.member("seed", run.seed);
  out.member("started", run.started);
  out.member("elapsed_s", json(run.elapsed_s));
  out.member("command", run.command);
  out.member("environment", environment);
  out.key("files");
  out.begin_list();
  for (const FileResult& file : run.files) append(out, file);
  out.end();
  out.member("summary", json(run.summary));
  out.member("exit_code", run.exit_code);
  if (run.strict) out.member("strict", true);
  if (run.accuracy) out.member("accuracy", accuracy_json(*run.accuracy));
  out.end();
  return std::move(out).text();
}

std::string to_json(const EvalResult& result) {
  Json document;
  document["files"] = list(result.files, [](const EvalFile& each) { return json(each); });
  return laid_out(document);
}

}  // namespace verigrad::reports
