#include "runner/operation_accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "engine/error.hpp"
#include "proof/evaluate.hpp"
#include "reports/display.hpp"
#include "reports/file.hpp"
#include "runner/for_each_index.hpp"
#include "runner/form_survey.hpp"

namespace verigrad::runner {
namespace {

struct Task {
  std::size_t form;
  DType dtype;
};

/// What is surveyed, and the names of what is not.
struct Plan {
  std::vector<OperationForm> forms;
  std::vector<std::string> constant, unproven, formless;
};

std::vector<const Operation*> chosen(const OperationSurveyOptions& options,
                                     const OperationTable& table) {
  std::vector<const Operation*> named;
  for (const std::string& name : options.only) {
    const Operation* found = table.find(name);
    if (found == nullptr || found->info.internal)
      throw Error(fmt::format("no operation is called '{}'", name));
    named.push_back(found);
  }
  std::vector<const Operation*> result;
  for (const Operation* operation : table.operations())
    if (!operation->info.internal &&
        (named.empty() || std::ranges::find(named, operation) != named.end()))
      result.push_back(operation);
  return result;
}

Plan plan_of(const OperationSurveyOptions& options, const OperationTable& table) {
  Plan plan;
  for (const Operation* operation : chosen(options, table)) {
    const std::string name(operation->name());
    if (!operation->differentiable()) {
      plan.constant.push_back(name);
    } else if (!proof::covers(*operation)) {
      plan.unproven.push_back(name);
    } else {
      std::vector<OperationForm> forms = survey_forms(*operation, table);
      if (forms.empty()) plan.formless.push_back(name);
      std::ranges::move(forms, std::back_inserter(plan.forms));
    }
  }
  return plan;
}

std::vector<FormSurvey> run_tasks(const std::vector<Task>& tasks, const Plan& plan,
                                  const OperationSurveyOptions& options) {
  std::vector<FormSurvey> surveys(tasks.size());
  for_each_index(tasks.size(), options.jobs, [&](std::size_t i) {
    surveys[i] = survey_form(plan.forms[tasks[i].form], tasks[i].dtype, options);
  });
  return surveys;
}

/// Before anything is measured, so that no time is lost.
void require_corpus(const Plan& plan, const OperationSurveyOptions& options) {
  if (options.corpus.empty()) return;
  reports::make_corpus(options.corpus);
  for (const OperationForm& form : plan.forms)
    reports::require_writable(corpus_path(form, options));
}

void extend_corpus(const std::vector<Task>& tasks, const std::vector<FormSurvey>& surveys,
                   const Plan& plan, const OperationSurveyOptions& options) {
  if (options.corpus.empty()) return;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const OperationForm& form = plan.forms[tasks[i].form];
    reports::extend_worst_inputs(corpus_path(form, options), form.label, surveys[i].additions);
  }
}

void note_names(std::vector<std::string>& notes, const std::vector<std::string>& names,
                std::string_view why) {
  if (!names.empty())
    notes.push_back(fmt::format("{} {} not measured, {}: {}", names.size(),
                                names.size() == 1 ? "operation is" : "operations are", why,
                                fmt::join(names, ", ")));
}

void note_passed_over(std::vector<std::string>& notes, const std::vector<Task>& tasks,
                      const std::vector<FormSurvey>& surveys, const Plan& plan) {
  std::int64_t no_slope = 0, undecided = 0;
  std::size_t interrupted = 0;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    const std::string& label = plan.forms[tasks[i].form].label;
    no_slope += surveys[i].no_slope;
    undecided += surveys[i].undecided;
    interrupted += surveys[i].finished ? 0 : 1;
    if (surveys[i].undecided > 0 && (names.empty() || names.back() != label))
      names.push_back(label);
    if (!surveys[i].refused.empty())
      notes.push_back(fmt::format("{} is not measured: {}", label, surveys[i].refused));
  }
  if (no_slope > 0)
    notes.push_back(fmt::format(
        "{} derivatives at kinks and at the ends of domains are passed over", no_slope));
  if (undecided > 0)
    notes.push_back(
        fmt::format("{} results have no known truth: {}", undecided, fmt::join(names, ", ")));
  if (interrupted > 0)
    notes.push_back(
        fmt::format("interrupted: {} of {} surveys are left out", interrupted, tasks.size()));
}

void note_worsened(OperationSurvey& survey, const std::string& label, DType dtype,
                   const std::vector<Worsening>& worsened) {
  for (const Worsening& each : worsened) {
    survey.worsened += each.count;
    std::vector<std::string> operands;
    for (const double x : each.worst) operands.push_back(reports::hexadecimal(x));
    survey.notes.push_back(fmt::format(
        "{} {} {}: {} further off than the corpus has it, most at [{}]: {:.4g} ulp, stored "
        "{:.4g}",
        label, dtype == DType::f32 ? "f32" : "f64", each.target,
        each.count == 1 ? "1 stored input is" : fmt::format("{} stored inputs are", each.count),
        fmt::join(operands, " "), each.now, each.stored));
  }
}

}  // namespace

OperationSurvey measure_operations(const OperationSurveyOptions& options) {
  if (options.samples < 1) throw Error("a survey takes at least one point a region");
  const OperationTable& table = options.operations ? *options.operations : operation_table();
  const Plan plan = plan_of(options, table);
  require_corpus(plan, options);
  std::vector<Task> tasks;
  for (std::size_t form = 0; form < plan.forms.size(); ++form)
    for (const DType dtype : {DType::f64, DType::f32})
      if (options.dtype.value_or(dtype) == dtype) tasks.push_back({form, dtype});
  std::vector<FormSurvey> surveys = run_tasks(tasks, plan, options);
  extend_corpus(tasks, surveys, plan, options);
  OperationSurvey result;
  std::vector<std::string>& notes = result.notes;
  note_names(notes, plan.constant, "for want of a derivative");
  note_names(notes, plan.unproven, "for want of a proof");
  note_names(notes, plan.formless, "for want of a form");
  note_passed_over(notes, tasks, surveys, plan);
  for (std::size_t i = 0; i < surveys.size(); ++i) {
    note_worsened(result, plan.forms[tasks[i].form].label, tasks[i].dtype, surveys[i].worsened);
    if (surveys[i].finished) std::ranges::move(surveys[i].rows, std::back_inserter(result.rows));
  }
  return result;
}

}  // namespace verigrad::runner
