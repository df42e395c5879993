#include <algorithm>

#include "gradcheck/reference.hpp"

namespace verigrad::gradcheck {
namespace {

/// Whether finite differences may know what was not proven.
bool proof_gave_up(const std::vector<Truth>& truths) {
  return std::ranges::any_of(truths, [](const Truth& truth) {
    return truth.proven->outcome == proof::Outcome::uncovered ||
           truth.proven->outcome == proof::Outcome::exhausted;
  });
}

class BestReference : public Reference {
 public:
  BestReference(const Program& program, const Point& point, const ReferenceOptions& options,
                const proof::Limits& limits)
      : proofs_(enclosure_reference(program, point, limits)),
        differences_(finite_difference_reference(program, point, options)) {}

  std::string_view method() const override {
    return differs_ ? differences_->method() : proofs_->method();
  }
  std::int64_t evaluations() const override { return differences_->evaluations(); }

  const std::vector<Truth>& jacobian(ValueId output, std::size_t leaf) override {
    const std::vector<Truth>& proven = proofs_->jacobian(output, leaf);
    return proof_gave_up(proven) ? differences().jacobian(output, leaf) : proven;
  }
  const std::vector<Truth>& hessian(ValueId output, std::size_t leaf) override {
    const std::vector<Truth>& proven = proofs_->hessian(output, leaf);
    return proof_gave_up(proven) ? differences().hessian(output, leaf) : proven;
  }
  std::vector<Truth> vjp(ValueId output, std::size_t leaf, const Vector& v) override {
    const std::vector<Truth> proven = proofs_->vjp(output, leaf, v);
    return proof_gave_up(proven) ? differences().vjp(output, leaf, v) : proven;
  }
  std::vector<Truth> jvp(ValueId output, std::size_t leaf, const Vector& u) override {
    const std::vector<Truth> proven = proofs_->jvp(output, leaf, u);
    return proof_gave_up(proven) ? differences().jvp(output, leaf, u) : proven;
  }
  std::vector<Truth> hvp(ValueId output, std::size_t leaf, const Vector& u) override {
    const std::vector<Truth> proven = proofs_->hvp(output, leaf, u);
    return proof_gave_up(proven) ? differences().hvp(output, leaf, u) : proven;
  }

 private:
  Reference& differences() {
    differs_ = true;
    return *differences_;
  }

  std::unique_ptr<Reference> proofs_, differences_;
  bool differs_ = false;
};

}  // namespace

std::unique_ptr<Reference> best_reference(const Program& program, const Point& point,
                                          const ReferenceOptions& options,
                                          const proof::Limits& limits) {
  return std::make_unique<BestReference>(program, point, options, limits);
}

}  // namespace verigrad::gradcheck
