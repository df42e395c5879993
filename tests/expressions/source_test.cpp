#include "expressions/source.hpp"

#include <fstream>

#include "tests/expressions/helpers.hpp"

namespace verigrad::expressions {
namespace {

TEST(Source, CountsLinesAndColumnsInCodePoints) {
  const SourceFile file("f", "ab\nä€😀x\n\nlast");
  EXPECT_EQ(file.line_count(), 4u);
  EXPECT_EQ(file.line(2), "ä€😀x");
  EXPECT_EQ(file.position(0), (Position{1, 1}));
  EXPECT_EQ(file.position(2), (Position{1, 3}));
  EXPECT_EQ(file.position(3), (Position{2, 1}));
  EXPECT_EQ(file.position(3 + 2 + 3 + 4), (Position{2, 4}));
  EXPECT_EQ(file.position(10000), (Position{4, 5}));
  EXPECT_EQ(file.where({3, 4}), "f:2:1");
}

TEST(Source, DropsAByteOrderMarkAndCarriageReturns) {
  const SourceFile file("f",
                        "\xEF\xBB\xBF"
                        "a\r\nb\r\n");
  EXPECT_EQ(file.line(1), "a");
  EXPECT_EQ(file.line(2), "b");
  EXPECT_EQ(file.position(0), (Position{1, 1}));
  EXPECT_EQ(file.text({0, 1}), "a");
}

TEST(Source, SpansOutsideTheTextAreCut) {
  const SourceFile file("f", "abc");
  EXPECT_EQ(file.text({1, 100}), "bc");
  EXPECT_EQ(file.text({50, 100}), "");
}

TEST(Source, SaysWhyAFileCannotBeRead) {
  const auto message = [](const std::filesystem::path& path) -> std::string {
    try {
      SourceFile::read(path, "shown.grad");
    } catch (const SourceError& error) {
      return error.what();
    }
    return "";
  };
  EXPECT_EQ(message("/nonexistent/x.grad"), "there is no file 'shown.grad'");
  EXPECT_EQ(message(std::filesystem::temp_directory_path()),
            "'shown.grad' is a directory, not a file");
}

TEST(Source, KeepsNoMoreOfAnOversizedFileThanItsBeginning) {
  const auto path = std::filesystem::temp_directory_path() / "verigrad_oversized_test.grad";
  {
    std::ofstream out(path, std::ios::binary);
    out << std::string(max_file_bytes + 1, '#');
  }
  const SourcePtr file = SourceFile::read(path);
  std::filesystem::remove(path);
  EXPECT_TRUE(file->oversized());
  EXPECT_LT(file->text().size(), 1000u);
  EXPECT_FALSE(SourceFile("f", std::string(max_file_bytes, '#')).oversized());
}

TEST(Source, DecodesOnlyWellFormedUtf8) {
  const auto valid = [](const std::string& bytes) { return decode_utf8(bytes, 0).valid; };
  EXPECT_EQ(decode_utf8("€", 0).value, U'€');
  EXPECT_TRUE(valid("\xF4\x8F\xBF\xBF"));
  for (const char* bad : {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80",
                          "\xF4\x90\x80\x80", "\xF0\x80\x80\x80", "\xE2\x82", "\xFF", "\xC3("})
    EXPECT_FALSE(valid(bad)) << bad;
}

}  // namespace
}  // namespace verigrad::expressions
