#include <algorithm>
#include <cctype>
#include <filesystem>

#include "expressions/document.hpp"
#include "gradcheck/engine_derivatives.hpp"
#include "tests/detection/checker.hpp"
#include "tests/detection/survey.hpp"

namespace verigrad::detection {
namespace {

using expressions::Judgement;

constexpr std::int64_t points_of_a_file = 5;

/// The claim's value, which is judged by its rule where rules are seen.
Gradient claimed_gradient(const Subject& subject, const Judgement& judgement) {
  const auto value = [&](DType dtype) {
    const ValueId roots[] = {judgement.output, judgement.claimed};
    return gradcheck::engine_derivatives(subject.program(), subject.sample.point, roots, dtype)
        ->value(judgement.claimed);
  };
  return {value(subject.dtype()), value(DType::f64), Gradient::Origin::claim, judgement.claimed};
}

void judge_at(const runner::Sample& sample, std::vector<ZooClaim>& claims, std::size_t first,
              std::uint64_t seed) {
  std::size_t at = first;
  for (const Judgement& judgement : sample.instance.judgements) {
    if (judgement.kind != Judgement::Kind::grad) continue;
    const Subject subject{sample, judgement.output, judgement.wrt};
    const Gradient gradient = claimed_gradient(subject, judgement);
    std::vector<std::size_t>& answers = claims[at++].answers;
    for (std::size_t m = 0; m < answers.size(); ++m) {
      const Random random = Random::stream(seed, sample.index, at, m);
      const Answer answer = methods()[m].make(subject, random)->judge(gradient);
      answers[m] = std::max(answers[m], static_cast<std::size_t>(answer));
    }
  }
}

void survey_file(const std::filesystem::path& path, std::uint64_t seed,
                 std::vector<ZooClaim>& claims) {
  expressions::Diagnostics errors;
  const auto document = expressions::Document::load(expressions::SourceFile::read(path), errors);
  const auto first = document.instantiate({}, errors);
  const std::string file = path.stem().string();
  const bool is_numbered = std::isdigit(static_cast<unsigned char>(file.front())) != 0;
  const std::size_t begin = claims.size();
  for (const Judgement& judgement : first->judgements)
    if (judgement.kind == Judgement::Kind::grad)
      claims.push_back({file, is_numbered && judgement.expected.has_value(), !is_numbered,
                        std::vector<std::size_t>(methods().size(), 0)});
  runner::PointPlan plan;
  plan.random = first->single_point ? 1 : points_of_a_file;
  for (std::int64_t index = 0; index < plan.random; ++index)
    if (const auto sample = runner::draw_sample(document, plan, index, seed, errors))
      judge_at(*sample, claims, begin, seed);
  // Other wrong claims than the numbered bugs are no right gradients.
  std::size_t at = begin;
  for (const Judgement& judgement : first->judgements) {
    if (judgement.kind != Judgement::Kind::grad) continue;
    if (!is_numbered && judgement.expected) {
      claims.erase(claims.begin() + static_cast<std::ptrdiff_t>(at));
    } else {
      ++at;
    }
  }
}

}  // namespace

std::vector<ZooClaim> survey_zoo(std::uint64_t seed) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(VERIGRAD_SOURCE_DIR "/tests/zoo"))
    files.push_back(entry.path());
  std::ranges::sort(files);
  std::vector<ZooClaim> claims;
  for (const std::filesystem::path& file : files) survey_file(file, seed, claims);
  return claims;
}

}  // namespace verigrad::detection
