// The laws of accumulation find engines that keep their books wrongly.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "properties/search.hpp"
#include "tests/properties/faults.hpp"

namespace verigrad::properties {
namespace {

using Bent = PassingGraph;

template <class BentGraph>
class BentEngine : public PassingEngine {
 public:
  std::unique_ptr<Graph> record(const Program& program, const Point& point,
                                std::span<const ValueId> roots) const override {
    return std::make_unique<BentGraph>(verigrad_engine().record(program, point, roots));
  }
};

/// The law fails for the engine on a program of at most so many operations, and not for Verigrad's.
template <class BentGraph>
void expect_found(std::string_view name, std::size_t operations = 0, std::uint64_t cases = 500) {
  const BentEngine<BentGraph> bent;
  const PropertyResult result = try_law(law(name), cases, {.engine = &bent});
  ASSERT_TRUE(result.counterexample) << "not found in " << result.cases << " programs";
  EXPECT_LE(operation_count(result.counterexample->specimen), operations)
      << result.counterexample->text;
  EXPECT_EQ(judge(law(name), verigrad_engine(), result.counterexample->specimen).outcome,
            Outcome::holds)
      << result.counterexample->text;
}

TEST(AccumulationLaw, FindsPassesThatOverwrite) {
  struct Overwriting : Bent {
    using Bent::Bent;
    void backward(std::span<const Seed> seeds) override {
      right_->clear_gradients();
      right_->backward(seeds);
    }
  };
  expect_found<Overwriting>("accumulation");
}

TEST(TwoRootsLaw, FindsARootThatReplacesWhatAnotherHasLeft) {
  struct LatestRootOnly : Bent {
    using Bent::Bent;
    void backward(std::span<const Seed> seeds) override {
      if (seeds[0].root != latest_) right_->clear_gradients();
      latest_ = seeds[0].root;
      right_->backward(seeds);
    }
    ValueId latest_ = no_value;
  };
  expect_found<LatestRootOnly>("two roots", 2);
}

TEST(ClearedGradientsLaw, FindsZerosInsteadOfNone) {
  struct Zeroing : Bent {
    using Bent::Bent;
    std::optional<std::vector<double>> gradient(std::size_t leaf) override {
      std::optional<std::vector<double>> found = right_->gradient(leaf);
      if (found) sizes_[leaf] = found->size();
      if (!found && sizes_.contains(leaf) && cleared_) found.emplace(sizes_[leaf]);
      return found;
    }
    void clear_gradients() override {
      for (std::size_t leaf = 0; leaf < 1; ++leaf) gradient(leaf);
      cleared_ = true;
      right_->clear_gradients();
    }
    std::map<std::size_t, std::size_t> sizes_;
    bool cleared_ = false;
  };
  expect_found<Zeroing>("cleared gradients");
}

TEST(ValuesStayLaw, FindsABackwardPassThatWritesOverTheOutput) {
  struct Spoiling : Bent {
    using Bent::Bent;
    std::vector<double> value(ValueId root) override {
      std::vector<double> entries = right_->value(root);
      if (spoilt_ && !entries.empty()) entries.back() = 17;
      return entries;
    }
    void backward(std::span<const Seed> seeds) override {
      right_->backward(seeds);
      spoilt_ = true;
    }
    bool spoilt_ = false;
  };
  expect_found<Spoiling>("values stay");
}

TEST(NoTraceLaw, FindsProductsThatAreAlsoAccumulated) {
  struct Leaking : Bent {
    using Bent::Bent;
    PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override {
      right_->backward(seeds);
      return right_->vjp(seeds, pass);
    }
  };
  expect_found<Leaking>("no trace");

  /// Only where there is a gradient already.
  struct LeakingLater : Leaking {
    using Leaking::Leaking;
    PerLeaf vjp(std::span<const Seed> seeds, Pass pass) override {
      return right_->gradient(0) ? Leaking::vjp(seeds, pass) : right_->vjp(seeds, pass);
    }
  };
  expect_found<LeakingLater>("no trace");
}

TEST(ReachLaw, FindsZerosForWhatIsNotConnectedAndNothingForWhatIs) {
  struct Generous : Bent {
    using Bent::Bent;
    std::optional<std::vector<double>> gradient(std::size_t leaf) override {
      const auto found = right_->gradient(leaf);
      return found ? found : std::vector<double>(2);
    }
  };
  expect_found<Generous>("reach");

  struct Thrifty : Bent {
    using Bent::Bent;
    std::optional<std::vector<double>> gradient(std::size_t leaf) override {
      auto found = right_->gradient(leaf);
      if (found && std::ranges::all_of(*found, [](double x) { return x == 0; })) found.reset();
      return found;
    }
  };
  expect_found<Thrifty>("reach", 1);
}

/// An empty leaf whose gradient has an entry.
TEST(ReachLaw, FindsAnEmptyGradientOfAnotherSize) {
  struct Growing : Bent {
    using Bent::Bent;
    std::optional<std::vector<double>> gradient(std::size_t leaf) override {
      auto found = right_->gradient(leaf);
      if (found && found->empty()) found->push_back(0);
      return found;
    }
  };
  expect_found<Growing>("reach", 1, 10000);
}

}  // namespace
}  // namespace verigrad::properties
