#include "runner/references.hpp"

namespace verigrad::runner {

using expressions::Judgement;
using gradcheck::Reference;

proof::Limits References::limits(const Judgement& judgement) const {
  proof::Limits limits{.seconds = options_.timeout_s};
  if (const auto bits = options_.bits ? options_.bits : judgement.settings.bits) {
    limits.last_bits = *bits;
    limits.first_bits = std::min(limits.first_bits, limits.last_bits);
  }
  return limits;
}

Reference& References::of(const Judgement& judgement) {
  const auto method = options_.method ? options_.method : judgement.settings.method;
  const proof::Limits bounds = limits(judgement);
  std::unique_ptr<Reference>& known = known_[{method.value_or("auto"), bounds.last_bits}];
  if (!known) known = make(method.value_or("auto"), bounds);
  return *known;
}

Reference& References::widened(slong bits) {
  std::unique_ptr<Reference>& known = widened_[bits];
  if (!known)
    known =
        gradcheck::enclosure_reference(sample_.instance.program, sample_.point,
                                       {.first_bits = bits, .last_bits = bits}, {.widened = true});
  return *known;
}

std::unique_ptr<Reference> References::make(const std::string& method,
                                            const proof::Limits& bounds) const {
  const Program& program = sample_.instance.program;
  const gradcheck::ReferenceOptions numeric{.seconds = options_.timeout_s};
  if (method == "finite-difference")
    return gradcheck::finite_difference_reference(program, sample_.point, numeric);
  if (method == "enclosure") return gradcheck::enclosure_reference(program, sample_.point, bounds);
  return gradcheck::best_reference(program, sample_.point, numeric, bounds);
}

}  // namespace verigrad::runner
