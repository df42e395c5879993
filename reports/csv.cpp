#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "reports/display.hpp"
#include "reports/findings.hpp"
#include "reports/formats.hpp"
#include "reports/wording.hpp"

namespace verigrad::reports {
namespace {

std::string one_line(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const Glyph glyph = first_glyph(text);
    result += glyph.escaped && glyph.code == 0xFFFD ? "\uFFFD" : glyph.text;
    text.remove_prefix(glyph.bytes);
  }
  return result;
}

// Fullwidth signs begin a formula too where East Asian input is usual.
bool begins_a_formula(std::string_view text) {
  constexpr std::array<std::string_view, 8> signs{"=", "+", "-", "@", "＝", "＋", "－", "＠"};
  return std::any_of(signs.begin(), signs.end(),
                     [text](std::string_view sign) { return text.starts_with(sign); });
}

std::string in_hexadecimal(const std::vector<double>& entries) {
  if (entries.size() == 1) return hexadecimal(entries.front());
  std::string text = "[";
  for (const double entry : entries) text += (text == "[" ? "" : " ") + hexadecimal(entry);
  return text + "]";
}

// One line under construction.
class Line {
 public:
  void text(std::string_view value) {
    const std::string plain = one_line(value);
    cell(begins_a_formula(plain) ? "'" + plain : plain);
  }
  void text_if(const std::optional<std::string>& value) {
    text(std::string_view(value ? *value : ""));
  }
  void integer(std::int64_t value) { cell(fmt::format("{}", value)); }
  void place(std::int64_t value) { value > 0 ? integer(value) : cell(""); }
  void real(std::optional<double> value) { cell(value ? number(*value) : ""); }
  void empty(std::size_t cells) {
    for (std::size_t i = 0; i < cells; ++i) cell("");
  }
  std::size_t cells() const { return cells_; }
  std::string end() const { return line_ + "\r\n"; }

 private:
  void cell(std::string_view value) {
    if (cells_++ > 0) line_ += ',';
    const bool quoted = value.find_first_of(",\"") != std::string_view::npos ||
                        value.starts_with(' ') || value.ends_with(' ');
    if (!quoted) {
      line_ += value;
      return;
    }
    line_ += '"';
    for (const char c : value) line_.append(c == '"' ? 2 : 1, c);
    line_ += '"';
  }

  std::string line_;
  std::size_t cells_ = 0;
};

constexpr std::string_view check_header =
    "path,line,column,kind,name,output,wrt,dtype,verdict,code,message,points,comparisons,"
    "rejected,method,worst_index,worst_point,worst_inputs,analytic,reference,error_bar,"
    "absolute_error,relative_error,ulps,digits,repro";

constexpr std::string_view accuracy_header =
    "path,line,column,name,output,wrt,dtype,verdict,reason,n,median,p90,p99,max,mean_bits,"
    "correctly_rounded,within_1,within_4,histogram,points,searched,rejected,undecided,non_smooth,"
    "value_overflow,overflow,underflow,wrong_signs,wrong_zeros,condition_median,condition_max,"
    "relative_max,instability,truth_bits,ball_ulps,worst_index,worst_point,worst_origin,worst_"
    "inputs,"
    "worst_computed,worst_truth,worst_ulps,worst_condition,predicted,blame,"
    "repro";

constexpr std::string_view operations_header =
    "operation,quantity,region,dtype,n,ulps_0,ulps_1,ulps_2,ulps_3,more,max,worst_operands,naive,"
    "naive_formula";

std::size_t columns(std::string_view header) {
  return static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')) + 1;
}

void append_worst(Line& line, const WorstEntry& worst) {
  std::string inputs;
  for (const auto& [name, value] : worst.inputs)
    inputs += (inputs.empty() ? "" : "; ") + name + "=" + in_hexadecimal(value.data);
  line.text(fmt::format("[{}]", fmt::join(worst.index, " ")));
  line.integer(worst.point);
  line.text(inputs);
  for (const auto& value : {worst.analytic, worst.reference, worst.error_bar, worst.absolute_error,
                            worst.relative_error, worst.ulps, worst.digits})
    line.real(value);
}

std::string check_line(const FileResult& file, const CheckResult& check) {
  const Diagnosis reason = check.diagnosis.empty() ? Diagnosis() : check.diagnosis.front();
  Line line;
  line.text(file.path);
  line.place(check.line);
  line.place(check.column);
  line.text(to_string(check.kind));
  line.text_if(check.name);
  line.text_if(check.output);
  line.text(fmt::format("{}", fmt::join(check.wrt, " ")));
  line.text_if(check.dtype);
  line.text(gradcheck::to_string(check.verdict));
  line.text(reason.code);
  line.text(reason.message);
  for (const std::int64_t count : {check.points, check.comparisons, check.rejected})
    line.integer(count);
  line.text_if(check.method);
  if (check.worst)
    append_worst(line, *check.worst);
  else
    line.empty(10);
  line.text_if(check.repro);
  return line.end();
}

std::string error_line(const FileResult& file, const FileError& error) {
  Line line;
  line.text(error.path.empty() ? file.path : error.path);
  line.place(error.line);
  line.place(error.column);
  line.empty(5);
  line.text("error");
  line.text(error.code);
  line.text(error.message);
  line.empty(columns(check_header) - line.cells());
  return line.end();
}

std::string histogram_text(const std::vector<std::int64_t>& counts) {
  return fmt::format("{}", fmt::join(counts, " "));
}

std::string blame_text(const std::vector<OperationShare>& blame) {
  std::string text;
  for (const OperationShare& each : blame) {
    const std::string place = place_text(each);
    text += fmt::format("{}{}{}{} {}", text.empty() ? "" : "; ", each.operation,
                        place.empty() ? "" : " " + place, each.backward ? " backward" : "",
                        number(each.share));
  }
  return text;
}

void append_worst(Line& line, const std::optional<WorstPoint>& worst) {
  if (!worst) return line.empty(8);
  std::string inputs;
  for (const auto& [name, entries] : worst->inputs)
    inputs += (inputs.empty() ? "" : "; ") + name + "=" + in_hexadecimal(entries);
  line.text(fmt::format("[{}]", fmt::join(worst->index, " ")));
  line.integer(worst->point);
  line.text(to_string(worst->origin));
  line.text(inputs);
  line.real(worst->computed);
  line.real(worst->truth);
  line.real(worst->ulps);
  line.real(worst->condition);
}

std::string accuracy_line(const FileResult& file, const AccuracyRow& row) {
  Line line;
  line.text(file.path);
  line.place(row.line);
  line.place(row.column);
  for (const auto& text : {row.name, row.output, row.wrt, row.dtype}) line.text(text);
  line.text(to_string(row.verdict));
  line.text(row.reason);
  const UlpStatistics& ulps = row.ulps;
  line.integer(ulps.n);
  for (const double value : {ulps.median, ulps.p90, ulps.p99, ulps.max, ulps.mean_bits})
    line.real(ulps.n == 0 ? std::nullopt : std::optional(value));
  for (const std::int64_t count : {ulps.correctly_rounded, ulps.within_1, ulps.within_4})
    line.integer(count);
  line.text(histogram_text(ulps.histogram));
  for (const std::int64_t count :
       {row.points, row.searched, row.rejected, row.undecided, row.non_smooth, row.value_overflow,
        row.overflow, row.underflow, row.wrong_signs, row.wrong_zeros})
    line.integer(count);
  for (const auto& value :
       {row.condition_median, row.condition_max, row.relative_max, row.instability})
    line.real(value);
  line.integer(row.truth_bits);
  line.real(row.ball_ulps);
  append_worst(line, row.worst);
  line.real(row.predicted);
  line.text(blame_text(row.blame));
  line.text(row.repro);
  return line.end();
}

std::string accuracy_error_line(const FileResult& file, const FileError& error) {
  Line line;
  line.text(error.path.empty() ? file.path : error.path);
  line.place(error.line);
  line.place(error.column);
  line.empty(4);
  line.text("error");
  line.text(error.message);
  line.empty(columns(accuracy_header) - line.cells());
  return line.end();
}

std::string operation_line(const OperationAccuracy& row) {
  Line line;
  for (const auto& text : {row.operation, row.quantity, row.region, row.dtype}) line.text(text);
  line.integer(row.n);
  for (std::size_t i = 0; i < 5; ++i) line.integer(i < row.counts.size() ? row.counts[i] : 0);
  line.real(row.max);
  line.text(fmt::format("[{:a}]", fmt::join(row.worst, " ")));
  line.real(row.naive);
  line.text(row.naive_formula);
  return line.end();
}

std::string operations_table(const std::vector<OperationAccuracy>& operations) {
  std::string out = std::string(operations_header) + "\r\n";
  for (const OperationAccuracy& row : operations) out += operation_line(row);
  return out;
}

}  // namespace

std::string render_csv(const Run& run) {
  if (run.files.empty() && run.accuracy && !run.accuracy->operations.empty())
    return operations_table(run.accuracy->operations);
  std::string out(run.accuracy ? accuracy_header : check_header);
  out += "\r\n";
  for (const FileResult& file : run.files) {
    for (const FileError& error : file.errors)
      out += run.accuracy ? accuracy_error_line(file, error) : error_line(file, error);
    if (!run.accuracy)
      for (const CheckResult& check : file.checks) out += check_line(file, check);
    else
      for (const AccuracyRow& row : file.accuracy) out += accuracy_line(file, row);
  }
  return out;
}

}  // namespace verigrad::reports
