// With VERIGRAD_TEST_DEFER_FROM=N all tests of this program run with results pending from N entries
// on, which must make no difference to them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "engine/lazy.hpp"

namespace verigrad {
namespace {

class PendingEnvironment : public testing::Environment {
 public:
  void SetUp() override {
    if (const char* from = std::getenv("VERIGRAD_TEST_DEFER_FROM"))
      scope_ = std::make_unique<DeferScope>(std::atoll(from));
  }
  void TearDown() override { scope_.reset(); }

 private:
  std::unique_ptr<DeferScope> scope_;
};

const testing::Environment* const environment =
    testing::AddGlobalTestEnvironment(new PendingEnvironment);

}  // namespace
}  // namespace verigrad
