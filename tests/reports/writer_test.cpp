#include "reports/writer.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reports/html.hpp"
#include "reports/json.hpp"
#include "reports/text.hpp"
#include "tests/reports/sample_runs.hpp"

namespace verigrad::reports {
namespace {

TEST(Writer, IsFoundByItsName) {
  EXPECT_THAT(writer_names(), ::testing::ElementsAre("text", "json", "csv", "markdown", "junit",
                                                     "github", "sarif", "html"));
  for (std::string_view name : writer_names()) {
    ASSERT_NE(writer(name), nullptr);
    EXPECT_EQ(writer(name)->name(), name);
    EXPECT_EQ(writer(name)->file_extension().front(), '.');
  }
}

TEST(Writer, OfAnUnknownFormatDoesNotExist) {
  EXPECT_EQ(writer("yaml"), nullptr);
  EXPECT_EQ(writer(""), nullptr);
}

TEST(Writer, RendersItsFormat) {
  EXPECT_EQ(writer("text")->render(mixed_run()), render_text(mixed_run()));
  EXPECT_EQ(writer("json")->render(mixed_run()), to_json(mixed_run()));
  EXPECT_EQ(writer("html")->render(mixed_run()), render_html(mixed_run()));
}

}  // namespace
}  // namespace verigrad::reports
