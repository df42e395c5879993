#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "expressions/instance.hpp"
#include "gradcheck/reference.hpp"
#include "runner/options.hpp"
#include "runner/points.hpp"

namespace verigrad::runner {

/// The references of one sample, made when a statement first asks for one. The command line decides
/// about method and bits, then the statement's settings.
class References {
 public:
  References(const Sample& sample, const Options& options) : sample_(sample), options_(options) {}

  gradcheck::Reference& of(const expressions::Judgement& judgement);
  /// Proofs in which decimal numbers that the precision does not have are balls of ± 2u relative,
  /// at `bits`.
  gradcheck::Reference& widened(slong bits);
  /// One of a copy of the sample's Program, at a point of its own.
  std::unique_ptr<gradcheck::Reference> of_copy(const expressions::Judgement& judgement,
                                                const Program& program, const Point& point) const;
  proof::Limits limits(const expressions::Judgement& judgement) const;

 private:
  using Key = std::pair<std::string, slong>;

  std::unique_ptr<gradcheck::Reference> make(const Program& program, const Point& point,
                                             const std::string& method,
                                             const proof::Limits& limits) const;
  std::string method(const expressions::Judgement& judgement) const;

  const Sample& sample_;
  const Options& options_;
  std::map<Key, std::unique_ptr<gradcheck::Reference>> known_;
  std::map<slong, std::unique_ptr<gradcheck::Reference>> widened_;
};

}  // namespace verigrad::runner
