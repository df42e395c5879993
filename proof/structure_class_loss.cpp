// Losses of classes: L = -sum over c of q_c w_c l_c for each sample, where l is the input or the
// logarithm of its softmax over the classes, w the weight of each class, and q the target: 1 - e at
// a class that is given by its index, or 1 - e times given probabilities, plus e / C at each of C
// classes.
#include "proof/elementary.hpp"
#include "proof/softmax.hpp"
#include "proof/structure.hpp"

namespace verigrad::proof {
namespace {

using Entries = std::vector<Series>;

class ClassLoss {
 public:
  ClassLoss(std::span<const Field> x, const Attributes& attributes, bool logits)
      : x_(x),
        attributes_(attributes),
        logits_(logits),
        probabilities_(logits && x[1].shape == x[0].shape),
        smoothing_(logits ? x[3].entries[0] : Series(0)) {}

  Field value(const Shape& shape) const {
    Entries losses;
    Series divisor = 0;
    const Shape& full = x_[0].shape;
    const auto samples = groups(full, dims_of(full.rank() == 1 ? std::int64_t{0} : 1, full));
    for (std::size_t s = 0; s < samples.size(); ++s) {
      const bool counts = probabilities_ || !ignored(s);
      losses.push_back(counts ? loss(samples[s], s) : Series(0));
      if (counts) divisor = divisor + (probabilities_ ? Series(1) : weight(target(s)));
    }
    const std::string& reduction = attributes_.word(1);
    if (reduction == "none") return {shape, losses};
    Series total = 0;
    for (const Series& entry : losses) total = total + entry;
    return {shape, {reduction == "mean" ? total / divisor : total}};
  }

 private:
  double index(std::size_t sample) const { return x_[1].entries[sample].value().midpoint(); }
  bool ignored(std::size_t sample) const {
    return index(sample) == static_cast<double>(attributes_.integer(0));
  }
  std::size_t target(std::size_t sample) const { return static_cast<std::size_t>(index(sample)); }

  const Series& weight(std::size_t c) const {
    return x_[2].entries[x_[2].shape.rank() == 0 ? 0 : c];
  }

  /// Of the sample whose classes are at these positions of the input.
  Series loss(const std::vector<std::int64_t>& classes, std::size_t sample) const {
    Entries logs;
    for (const std::int64_t position : classes) logs.push_back(at(x_[0], position));
    const Series rest = logits_ ? logsumexp(logs) : Series(0);
    const Series spread = smoothing_ / Series(classes.size());
    Series total = 0;
    for (std::size_t c = 0; c < classes.size(); ++c) {
      const Series share = probabilities_        ? at(x_[1], classes[c])
                           : c == target(sample) ? Series(1)
                                                 : Series(0);
      const Series q = (1 - smoothing_) * share + spread;
      if (!q.is_number(0)) total = total - q * weight(c) * (logs[c] - rest);
    }
    return total;
  }

  std::span<const Field> x_;
  const Attributes& attributes_;
  bool logits_, probabilities_;
  Series smoothing_;
};

}  // namespace

std::vector<StructureLine> class_losses() {
  return {
    VERIGRAD_STRUCTURE("nll_loss", return ClassLoss(x, attributes, false).value(shape);),
        VERIGRAD_STRUCTURE("cross_entropy", return ClassLoss(x, attributes, true).value(shape);),
  };
}

}  // namespace verigrad::proof
