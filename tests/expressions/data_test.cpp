#include "expressions/data.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <random>

namespace verigrad::expressions {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

/// A file that is removed with the object.
class ScratchFile {
 public:
  ScratchFile(const std::string& ending, const std::string& bytes)
      : path_(std::filesystem::temp_directory_path() /
              fmt::format("verigrad_data_{}_{}{}", ::getpid(), count_++, ending)) {
    std::ofstream(path_, std::ios::binary) << bytes;
  }
  ~ScratchFile() { std::filesystem::remove(path_); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  static inline int count_ = 0;
  std::filesystem::path path_;
};

LoadedData load(const std::string& ending, const std::string& bytes, std::int64_t limit = 1000) {
  const ScratchFile file(ending, bytes);
  return load_data(file.path(), limit);
}
LoadedData csv(const std::string& text) { return load(".csv", text); }

/// The error's message without the folder, as `.csv:LINE:COLUMN: …`.
std::string error(const std::string& ending, const std::string& bytes, std::int64_t limit = 1000) {
  try {
    load(ending, bytes, limit);
  } catch (const DataError& e) {
    const std::string message = e.what();
    const std::size_t at = message.find(ending + ":");
    if (e.line() > 0) {
      EXPECT_THAT(message, HasSubstr(fmt::format("{}:{}:{}: ", ending, e.line(), e.column())));
    }
    return at == std::string::npos ? "no path: " + message : message.substr(at);
  }
  return "no error";
}
std::string csv_error(const std::string& text) { return error(".csv", text); }

template <class T>
std::string bytes_of(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  if (!values.empty()) std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::string with_header(const std::string& header, int version = 1) {
  std::string bytes = "\x93NUMPY";
  bytes += static_cast<char>(version);
  bytes += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    bytes += static_cast<char>(header.size() >> (8 * i) & 0xFF);
  return bytes + header;
}

std::string npy(const std::string& descr, const std::string& shape, const std::string& entries,
                bool fortran = false, int version = 1) {
  return with_header(fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}   \n",
                                 descr, fortran ? "True" : "False", shape),
                     version) +
         entries;
}

TEST(Csv, OneColumnIsAVectorAndSeveralAreAMatrix) {
  const LoadedData column = csv("1\n2.5\n-3e2\n");
  EXPECT_THAT(column.shape, ElementsAre(3));
  EXPECT_THAT(column.entries, ElementsAre(1, 2.5, -300));
  const LoadedData table = csv("1,2,3\n4,5,6");
  EXPECT_THAT(table.shape, ElementsAre(2, 3));
  EXPECT_THAT(table.entries, ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(csv("1,2").shape, ElementsAre(1, 2));
}

TEST(Csv, AHeaderLineIsSkipped) {
  EXPECT_THAT(csv("x1,\"x, 2\"\n1,2\n").entries, ElementsAre(1, 2));
  EXPECT_THAT(csv("# made by hand\n\nx\n7\n").entries, ElementsAre(7));
  EXPECT_THAT(csv(",a\n1,2\n").shape, ElementsAre(1, 2));
}

TEST(Csv, CommentsBlankLinesSpacesQuotesAndLineEndsAreAccepted) {
  const LoadedData data =
      csv("\xEF\xBB\xBF"
          "a,b\r\n# note\r\n \r\n 1 ,\t\"2.5\" # tail, of a line\r\n+3,inf\r\n");
  EXPECT_THAT(data.shape, ElementsAre(2, 2));
  EXPECT_THAT(data.entries, ElementsAre(1, 2.5, 3, HUGE_VAL));
}

TEST(Csv, DecimalsAreReadToTheNearestDouble) {
  EXPECT_THAT(csv("0.1\n1e-400\n.5\n5.\n9007199254740993\n").entries,
              ElementsAre(0.1, 0.0, 0.5, 5.0, 9007199254740992.0));
}

TEST(Csv, ErrorsNameTheCellsLineAndColumn) {
  EXPECT_EQ(csv_error("a,b\n1,2\n3, four\n"), ".csv:3:4: 'four' is not a number");
  EXPECT_EQ(csv_error("1,2\n3,\n"), ".csv:2:3: this cell is empty");
  EXPECT_EQ(csv_error("1,NaN\n"), ".csv:1:3: NaN is refused as data");
  EXPECT_EQ(csv_error("x\n1e999\n"), ".csv:2:1: the number '1e999' is too large for a double");
  EXPECT_EQ(csv_error("1,2\n3,\"4\n"), ".csv:2:3: this quote is not closed");
  EXPECT_EQ(csv_error("1,\"2\"3\n"), ".csv:1:6: expected a comma after the closing quote");
  EXPECT_EQ(csv_error("1,2\n\xC3\xA9,x3\n"), ".csv:2:1: '\xC3\xA9' is not a number");
  EXPECT_EQ(csv_error("\"\xC3\xA9\",q\n\"1\",x3\n"), ".csv:2:5: 'x3' is not a number");
  EXPECT_EQ(csv_error("1\n1;2\n"),
            ".csv:2:1: '1;2' is not a number; cells are separated by commas");
  EXPECT_THAT(csv_error(std::string("1\n\0\n", 4)), HasSubstr(".csv:2:1: has a control character"));
  EXPECT_THAT(csv_error("1\n" + std::string(5000, '7')), HasSubstr("more than 4096 characters"));
}

TEST(Csv, RowsOfDifferentLengthAreRefused) {
  EXPECT_EQ(csv_error("1,2\n3,4,5\n"), ".csv:2:1: this row has 3 cells and the first row has 2");
  EXPECT_EQ(csv_error("a,b\n1\n"), ".csv:2:1: this row has 1 cell and the first line has 2");
}

TEST(Csv, AFileWithoutNumbersIsRefused) {
  EXPECT_EQ(csv_error(""), ".csv: is empty");
  EXPECT_EQ(csv_error("# nothing\n\n"), ".csv: has no numbers");
  EXPECT_EQ(csv_error("a,b\n"), ".csv: has a header but no numbers");
  EXPECT_EQ(csv_error("a,b\nc,d\n"), ".csv:2:1: 'c' is not a number");
}

TEST(Csv, TheLimitOfEntriesHolds) {
  EXPECT_EQ(error(".csv", "1\n2\n3\n", 2), ".csv:3:1: has more than 2 entries");
  EXPECT_EQ(load(".csv", "a,b,c\n1,2,3\n", 3).entries.size(), 3u);
}

TEST(Csv, AFileLongerThanOneBlockIsReadWhole) {
  std::string text;
  for (int i = 0; i < 50000; ++i) text += fmt::format("{},{}\r\n", i, -i);
  const LoadedData data = load(".csv", text, 100000);
  EXPECT_THAT(data.shape, ElementsAre(50000, 2));
  for (int i = 0; i < 50000; ++i) {
    ASSERT_EQ(data.entries[static_cast<std::size_t>(2 * i)], i);
    ASSERT_EQ(data.entries[static_cast<std::size_t>(2 * i + 1)], -i);
  }
}

TEST(Npy, EveryDtypeIsRead) {
  const auto entries = [](const std::string& descr, const std::string& bytes) {
    return load(".npy", npy(descr, "(2,)", bytes)).entries;
  };
  EXPECT_THAT(entries("<f8", bytes_of<double>({0.1, -2})), ElementsAre(0.1, -2));
  EXPECT_THAT(entries("<f4", bytes_of<float>({0.1f, 3})), ElementsAre(double{0.1f}, 3));
  EXPECT_THAT(entries("|i1", bytes_of<std::int8_t>({-1, 7})), ElementsAre(-1, 7));
  EXPECT_THAT(entries("<i2", bytes_of<std::int16_t>({-1, 7})), ElementsAre(-1, 7));
  EXPECT_THAT(entries("<i4", bytes_of<std::int32_t>({-1, 7})), ElementsAre(-1, 7));
  EXPECT_THAT(entries("<i8", bytes_of<std::int64_t>({INT64_MIN, 7})), ElementsAre(-0x1p63, 7));
  EXPECT_THAT(entries("|u1", bytes_of<std::uint8_t>({255, 7})), ElementsAre(255, 7));
  EXPECT_THAT(entries("<u2", bytes_of<std::uint16_t>({65535, 7})), ElementsAre(65535, 7));
  EXPECT_THAT(entries("<u4", bytes_of<std::uint32_t>({4294967295, 7})), ElementsAre(4294967295, 7));
  EXPECT_THAT(entries("<u8", bytes_of<std::uint64_t>({1ull << 63, 7})), ElementsAre(0x1p63, 7));
  EXPECT_THAT(entries("|b1", bytes_of<std::uint8_t>({1, 0})), ElementsAre(1, 0));
}

TEST(Npy, EveryVersionOfTheFormatIsRead) {
  for (const int version : {1, 2, 3})
    EXPECT_THAT(load(".npy", npy("<f8", "(1,)", bytes_of<double>({5}), false, version)).entries,
                ElementsAre(5));
}

TEST(Npy, FortranOrderIsTurnedIntoRowMajor) {
  const std::vector<double> columns = {1, 4, 2, 5, 3, 6};
  const LoadedData data = load(".npy", npy("<f8", "(2, 3)", bytes_of(columns), true));
  EXPECT_THAT(data.shape, ElementsAre(2, 3));
  EXPECT_THAT(data.entries, ElementsAre(1, 2, 3, 4, 5, 6));
  const LoadedData cube =
      load(".npy", npy("|u1", "(2, 2, 2)", bytes_of<std::uint8_t>({0, 4, 2, 6, 1, 5, 3, 7}), true));
  EXPECT_THAT(cube.entries, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST(Npy, ScalarsAndEmptyArraysKeepTheirShape) {
  const LoadedData scalar = load(".npy", npy("<f8", "()", bytes_of<double>({2})));
  EXPECT_THAT(scalar.shape, IsEmpty());
  EXPECT_THAT(scalar.entries, ElementsAre(2));
  const LoadedData empty = load(".npy", npy("<f8", "(3, 0)", ""));
  EXPECT_THAT(empty.shape, ElementsAre(3, 0));
  EXPECT_THAT(empty.entries, IsEmpty());
  EXPECT_THAT(load(".npy", npy("<f8", "(0, 3)", "", true)).entries, IsEmpty());
}

TEST(Npy, ValuesThatNoDoubleHoldsAreRefused) {
  EXPECT_EQ(error(".npy", npy("<i8", "(1, 2)", bytes_of<std::int64_t>({1, (1ll << 53) + 1}))),
            ".npy: the integer at [0, 1] is not a double exactly");
  EXPECT_EQ(error(".npy", npy("<u8", "(1,)", bytes_of<std::uint64_t>({UINT64_MAX}))),
            ".npy: the integer at [0] is not a double exactly");
  EXPECT_EQ(error(".npy", npy("<i8", "(1,)", bytes_of<std::int64_t>({INT64_MAX}))),
            ".npy: the integer at [0] is not a double exactly");
  EXPECT_EQ(error(".npy", npy("<f8", "(2, 2)", bytes_of<double>({1, 2, NAN, 4}), true)),
            ".npy: NaN is refused as data: at [0, 1]");
}

TEST(Npy, AShapeThatDoesNotFitTheFileIsRefusedBeforeAnythingIsAllocated) {
  EXPECT_EQ(error(".npy", npy("<f8", "(3,)", bytes_of<double>({1, 2}))),
            ".npy: shape [3] of <f8 takes 24 bytes after the header and the file has 16");
  EXPECT_EQ(error(".npy", npy("<f8", "(1,)", bytes_of<double>({1, 2}))),
            ".npy: shape [1] of <f8 takes 8 bytes after the header and the file has 16");
  EXPECT_THAT(error(".npy", npy("<f8", "(1000000000000,)", ""), INT64_MAX), HasSubstr("takes"));
  EXPECT_THAT(error(".npy", npy("<f8", "(4294967296, 4294967296)", ""), 1 << 24),
              HasSubstr("more than 16777216 entries"));
  EXPECT_THAT(error(".npy", npy("<f8", "(99999999999999999999,)", "")),
              HasSubstr("a size does not fit in 64 bits"));
  EXPECT_THAT(error(".npy", npy("<f8", "()", bytes_of<double>({1})), 0),
              HasSubstr("more than 0 entries"));
}

TEST(Npy, UnsupportedArraysAreNamed) {
  EXPECT_EQ(error(".npy", npy(">f8", "(1,)", "12345678")),
            ".npy: the .npy dtype '>f8' is not supported: it is big-endian");
  EXPECT_EQ(error(".npy", npy("<c16", "(1,)", "")), ".npy: the .npy dtype '<c16' is not supported");
  EXPECT_EQ(error(".npy", npy("   ", "(1,)", "")), ".npy: the .npy dtype '   ' is not supported");
  EXPECT_EQ(error(".npy", with_header("{'descr': [('a', '<f8')], 'fortran_order': False, "
                                      "'shape': (1,), }")),
            ".npy: structured .npy dtypes are not supported");
  EXPECT_EQ(error(".npy", npy("<f8", "(1,1,1,1,1,1,1,1,1)", "")),
            ".npy: the array has more than 8 dims");
}

TEST(Npy, MalformedHeadersAreExplained) {
  EXPECT_EQ(error(".npy", ""), ".npy: is empty");
  EXPECT_THAT(error(".npy", "1,2\n3,4\n"), HasSubstr("is not a .npy file"));
  EXPECT_THAT(error(".npy", "\x93NUMPY\x04" + std::string(20, '\0')), HasSubstr("version 4.0"));
  EXPECT_THAT(error(".npy", "\x93NUMPY\x01" + std::string("\0\x7F", 2)), HasSubstr("cut off"));
  EXPECT_THAT(error(".npy", std::string("\x93NUMPY\x02\0\xFF\xFF\xFF\xFF", 12)),
              HasSubstr("it claims 4294967295 bytes"));
  EXPECT_THAT(error(".npy", with_header(std::string((1 << 20) + 1, ' '), 2)),
              HasSubstr("too large"));
  EXPECT_THAT(error(".npy", with_header("{'descr': '<f8'}")), HasSubstr("is missing"));
  EXPECT_THAT(error(".npy", with_header("{'descr': '<f8', 'descr': '<f8'}")),
              HasSubstr("unexpected key 'descr'"));
  EXPECT_THAT(error(".npy", npy("<f8", "(-1,)", "")), HasSubstr("expected a size at byte"));
  EXPECT_THAT(error(".npy", npy("<f8", "(1,", "")), HasSubstr("expected"));
  EXPECT_THAT(error(".npy", with_header("{'descr': '<f8")), HasSubstr("a string is not closed"));
}

TEST(Npy, DamagedFilesNeverCrashTheReader) {
  const std::string good = npy("<f8", "(2, 3)", bytes_of<double>({1, 2, 3, 4, 5, 6}), true);
  std::mt19937 random(3);
  std::size_t refused = 0, read = 0;
  for (int round = 0; round < 2000; ++round) {
    std::string bytes = good.substr(0, round % 4 == 0 ? random() % good.size() : good.size());
    for (auto n = random() % 4; n > 0 && !bytes.empty(); --n)
      bytes[random() % bytes.size()] = static_cast<char>(random() % 256);
    try {
      read += load(".npy", bytes).entries.size();
    } catch (const DataError&) {
      ++refused;
    }
  }
  EXPECT_GT(refused, 500u);
  EXPECT_GT(read, 500u);
}

TEST(LoadData, FilesThatCannotBeReadAreNamed) {
  const auto message = [](const std::filesystem::path& path) {
    try {
      load_data(path, 10);
    } catch (const DataError& e) {
      return std::string(e.what());
    }
    return std::string("no error");
  };
  EXPECT_EQ(message("no/such.csv"), "no/such.csv: there is no such file");
  EXPECT_EQ(message("table.txt"), "table.txt: the ending '.txt' is not one of .csv and .npy");
  const ScratchFile folder(".csv", "");
  std::filesystem::remove(folder.path());
  std::filesystem::create_directory(folder.path());
  EXPECT_THAT(message(folder.path()), HasSubstr("is a directory, not a file"));
}

TEST(LoadData, TheEndingIsReadInAnyCase) {
  EXPECT_THAT(load(".CSV", "1\n").entries, ElementsAre(1));
}

}  // namespace
}  // namespace verigrad::expressions
