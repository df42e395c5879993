#include <fmt/format.h>

#include <array>
#include <istream>
#include <nlohmann/json.hpp>
#include <optional>

#include "reports/display.hpp"
#include "reports/json.hpp"
#include "reports/json_accuracy.hpp"
#include "reports/json_parts.hpp"

namespace verigrad::reports {
namespace {

using Json = nlohmann::ordered_json;

std::string text(const JsonCursor& at) { return at.text(); }
std::int64_t integer(const JsonCursor& at) { return at.integer(); }
double real(const JsonCursor& at) { return at.real(); }

template <typename Input>
Json parsed(Input&& input, const Json::parser_callback_t& callback = nullptr) {
  try {
    return Json::parse(input, callback);
  } catch (const Json::exception& error) {
    std::string_view reason = error.what();
    if (const auto end = reason.find("] "); end != std::string_view::npos)
      reason.remove_prefix(end + 2);
    if (!reason.starts_with("parse error at "))
      throw JsonError(fmt::format("not JSON: {}", printable(reason)));
    reason.remove_prefix(15);  // "line 2, column 13: syntax error …; last read: …"
    const bool cut_short = reason.find("unexpected end of input") != std::string_view::npos;
    throw JsonError(fmt::format("not JSON: {}{}", printable(reason.substr(0, reason.find(": "))),
                                cut_short ? ", where the text ends too early" : ""));
  }
}

// Takes every check and every file out of the document as soon as it is read, so that a document
// with many of them is never held as a whole. What is wrong with one is kept until all is read.
class PartReader {
 public:
  // nlohmann's callback: `depth` counts the containers around an element; false drops it.
  bool operator()(int depth, Json::parse_event_t event, Json& value) {
    if (depth > deepest) return true;
    const auto level = static_cast<std::size_t>(depth);
    switch (event) {
      case Json::parse_event_t::object_start:
      case Json::parse_event_t::array_start:
        begin(level, event == Json::parse_event_t::array_start);
        return true;
      case Json::parse_event_t::key:
        frames_[level - 1].key = value.get_ref<const std::string&>();
        return true;
      case Json::parse_event_t::object_end:
      case Json::parse_event_t::array_end:
      case Json::parse_event_t::value:
        return end(level, value);
    }
    return true;
  }

  // Throws the first error.
  std::vector<FileResult> files() {
    if (error_) throw JsonError(*error_);
    return std::move(files_);
  }

 private:
  static constexpr int deepest = 4;  // files[0].checks[0]

  // A container that is being read: the key or index of its element.
  struct Frame {
    bool is_list = false;
    std::string key;
    std::size_t index = 0;
  };

  bool in_files() const { return !frames_[0].is_list && frames_[0].key == "files"; }
  bool in_checks() const {
    return in_files() && frames_[1].is_list && !frames_[2].is_list && frames_[2].key == "checks";
  }

  // Of a key that is there twice, the last counts, as in all of the document.
  void begin(std::size_t level, bool is_list) {
    frames_[level] = {is_list, "", 0};
    if (level == 1 && in_files()) files_.clear();
    if (level == 2 || (level == 3 && in_checks())) checks_.clear();
  }

  bool end(std::size_t level, const Json& value) {
    if (level != 2 && level != 4) return true;
    if (!frames_[level - 1].is_list || !(level == 2 ? in_files() : in_checks())) return true;
    take(level, value);
    ++frames_[level - 1].index;
    return false;
  }

  void take(std::size_t level, const Json& value) {
    if (error_) return;
    std::string path = fmt::format("files[{}]", frames_[1].index);
    try {
      if (level == 4) {
        path += fmt::format(".checks[{}]", frames_[3].index);
        checks_.push_back(check_result(JsonCursor(value, path)));
      } else {
        files_.push_back(file_result(JsonCursor(value, path)));
        files_.back().checks = std::move(checks_);
      }
    } catch (const JsonError& error) {
      error_ = error.what();
    }
  }

  std::array<Frame, deepest + 1> frames_;
  std::vector<CheckResult> checks_;
  std::vector<FileResult> files_;
  std::optional<std::string> error_;
};

Summary summary(const JsonCursor& at) {
  Summary result;
  result.pass = at.at("pass").integer();
  result.inaccurate = at.at("inaccurate").integer();
  result.fail = at.at("fail").integer();
  result.inconclusive = at.at("inconclusive").integer();
  result.error = at.at("error").integer();
  return result;
}

// Divides instead of multiplying, so that no shape overflows.
bool matches_shape(const TensorValue& value) {
  auto left = static_cast<std::int64_t>(value.data.size());
  for (std::int64_t size : value.shape) {
    if (size < 0) return false;
    if (size == 0) return left == 0;
    if (left % size != 0) return false;
    left /= size;
  }
  return left == 1;
}

std::vector<NamedTensor> named_tensors(const JsonCursor& at) {
  std::vector<NamedTensor> result;
  for (const auto& [name, value] : at.members()) {
    NamedTensor& tensor = result.emplace_back();
    tensor.name = name;
    tensor.value.shape = value.at("shape").each(integer);
    tensor.value.data = value.at("data").each(real);
    if (!matches_shape(tensor.value)) value.fail("the data do not fit the shape");
    if (value.has("grad_fn")) tensor.grad_fn = value.at("grad_fn").unless_null(text);
  }
  return result;
}

EvalPoint eval_point(const JsonCursor& at) {
  return {named_tensors(at.at("values")), named_tensors(at.at("gradients"))};
}

EvalFile eval_file(const JsonCursor& at) {
  EvalFile file;
  file.path = at.at("path").text();
  if (at.has("errors")) file.errors = at.at("errors").each(file_error);
  if (file.errors.empty() || at.has("points")) file.points = at.at("points").each(eval_point);
  return file;
}

void require_schema(const JsonCursor& at) {
  if (at.text() != run_schema)
    at.fail(fmt::format("expected \"{}\", got \"{}\"", run_schema, printable(at.text())));
}

template <typename Input>
Run read_run(Input&& input) {
  PartReader parts;
  const Json json = parsed(input, [&parts](int depth, Json::parse_event_t event, Json& value) {
    return parts(depth, event, value);
  });
  const JsonCursor root(json);
  require_schema(root.at("schema"));
  Run run;
  run.tool = root.at("tool").at("name").text();
  run.version = root.at("tool").at("version").text();
  run.seed = root.at("seed").natural();
  run.started = root.at("started").text();
  run.elapsed_s = root.at("elapsed_s").real();
  run.command = root.at("command").text();
  for (const auto& [key, value] : root.at("environment").members())
    run.environment.emplace_back(key, value.text());
  root.at("files").items();
  run.files = parts.files();
  run.summary = summary(root.at("summary"));
  const std::int64_t code = root.at("exit_code").integer();
  if (code < 0 || code > 255) root.at("exit_code").fail("expected an exit code from 0 to 255");
  run.exit_code = static_cast<int>(code);
  if (root.has("strict")) run.strict = root.at("strict").truth();
  if (root.has("accuracy")) run.accuracy = accuracy_report(root.at("accuracy"));
  return run;
}

}  // namespace

Run run_from_json(std::string_view document) { return read_run(document); }

Run run_from_json(std::istream& document) { return read_run(document); }

EvalResult eval_from_json(std::string_view document) {
  const Json json = parsed(document);
  return {JsonCursor(json).at("files").each(eval_file)};
}

}  // namespace verigrad::reports
