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

std::string References::method(const Judgement& judgement) const {
  return (options_.method ? options_.method : judgement.settings.method).value_or("auto");
}

Reference& References::of(const Judgement& judgement) {
  const proof::Limits bounds = limits(judgement);
  std::unique_ptr<Reference>& known = known_[{method(judgement), bounds.last_bits}];
  if (!known) known = make(sample_.instance.program, sample_.point, method(judgement), bounds);
  return *known;
}

std::unique_ptr<Reference> References::of_copy(const Judgement& judgement, const Program& program,
                                               const Point& point) const {
  return make(program, point, method(judgement), limits(judgement));
}

Reference& References::widened(slong bits) {
  std::unique_ptr<Reference>& known = widened_[bits];
  if (!known)
    known =
        gradcheck::enclosure_reference(sample_.instance.program, sample_.point,
                                       {.first_bits = bits, .last_bits = bits}, {.widened = true});
  return *known;
}

std::unique_ptr<Reference> References::make(const Program& program, const Point& point,
                                            const std::string& method,
                                            const proof::Limits& bounds) const {
  const gradcheck::ReferenceOptions numeric{.seconds = options_.timeout_s};
  if (method == "finite-difference")
    return gradcheck::finite_difference_reference(program, point, numeric);
  if (method == "enclosure") return gradcheck::enclosure_reference(program, point, bounds);
  return gradcheck::best_reference(program, point, numeric, bounds);
}

}  // namespace verigrad::runner
