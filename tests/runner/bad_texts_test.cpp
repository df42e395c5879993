// Bad files too large or too many to be stored: prefixes, repeated brackets, random bytes, bombs.
#include <fmt/format.h>

#include <chrono>
#include <random>

#include "tests/runner/support.hpp"

namespace verigrad::runner {
namespace {

std::string repeated(const std::string& part, std::size_t times) {
  std::string text;
  text.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

/// Checks that a text is refused, and prints how long that took.
reports::Run expect_refused(const std::string& text, const std::string& name) {
  const auto start = std::chrono::steady_clock::now();
  const reports::Run run = check_text(text);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
  if (took.count() > 100) fmt::print("{}: {:.0f} ms\n", name, took.count());
  expect_bad(run, name);
  return run;
}

std::string first_code(const reports::Run& run) {
  return run.files.at(0).errors.empty() ? "" : run.files[0].errors[0].code;
}

TEST(BadTexts, AMegabyteOfOneBracket) {
  for (const char* bracket : {"(", "[", "{", ")", "]", "}"})
    expect_refused(repeated(bracket, 1 << 20), bracket);
  expect_refused("input x\ny = " + repeated("(", 1 << 20), "y = (((");
  expect_refused("input x\ny = " + repeated("[", 1 << 20), "y = [[[");
}

TEST(BadTexts, AMegabyteOfOneSignOrWord) {
  for (const char* part : {"-", "x", "9", "\"", "#\x01\xff", "**", "x.", "sin(", "1..", "=", "\t",
                           "input ", "test \"a\":\n", "with no_grad():\n    ", "\\", "'", "."})
    expect_refused("y = " + repeated(part, (1 << 20) / std::string(part).size()), part);
}

TEST(BadTexts, DeepNesting) {
  const std::size_t depth = 10000;
  EXPECT_EQ(first_code(expect_refused(
                "input x\ny = " + repeated("(", depth) + "x" + repeated(")", depth), "brackets")),
            "E007");
  expect_refused("input x\ny = " + repeated("-", depth) + "x", "signs");
  expect_refused("input x\ny = " + repeated("x ** ", depth) + "x", "powers");
  expect_refused("input x\ny = " + repeated("sin(", depth) + "x" + repeated(")", depth), "calls");
  expect_refused("input x\ny = x" + repeated(".T", depth), "attributes");
  expect_refused("input x\ny = " + repeated("[", depth) + "x" + repeated("]", depth), "lists");
  std::string blocks = "input x\ntest \"deep\":\n";
  for (std::size_t i = 1; i < 1000; ++i) blocks += repeated(" ", i) + "for i in 1..2:\n";
  expect_refused(blocks + repeated(" ", 1000) + "print x\n", "blocks");
}

TEST(BadTexts, LongChainsOfDefs) {
  std::string text = "def f0(a) = a + 1\n";
  for (int i = 1; i <= 20000; ++i) text += fmt::format("def f{}(a) = f{}(a) + 1\n", i, i - 1);
  EXPECT_EQ(first_code(expect_refused(text + "input x\ny = f20000(x)\n", "long chain")), "E021");
}

TEST(BadTexts, ADoublingBombOf64Levels) {
  std::string text = "def f0(a) = a * a\n";
  for (int i = 1; i <= 64; ++i) text += fmt::format("def f{0}(a) = f{1}(a) * f{1}(a)\n", i, i - 1);
  EXPECT_EQ(first_code(expect_refused(text + "input x\ny = f64(x)\n", "doubling")), "E021");
  std::string lists = "def g0(a) = [a, a]\n";
  for (int i = 1; i <= 64; ++i)
    lists += fmt::format("def g{0}(a) = [g{1}(a), g{1}(a)]\n", i, i - 1);
  expect_refused(lists + "input x\ny = sum(g64(x))\n", "doubling lists");
}

TEST(BadTexts, AFileOfOneByteMoreThanTheLimit) {
  const std::size_t limit = std::size_t{16} << 20;
  const std::string text = "input x\ny = x\n" + repeated("#", limit);
  EXPECT_EQ(first_code(expect_refused(text.substr(0, limit + 1), "16 MiB + 1")), "E009");
  EXPECT_EQ(check_text(text.substr(0, limit), with_samples(1)).exit_code, 0)
      << "the limit itself is allowed";
}

TEST(BadTexts, RandomBytesAreRefused) {
  std::mt19937 random(1);
  for (int i = 0; i < 200; ++i) {
    std::string bytes;
    for (int k = 0; k < 300; ++k) bytes += static_cast<char>(random() & 0xFF);
    expect_refused(bytes, fmt::format("random {}", i));
  }
}

TEST(BadTexts, InvalidUtf8IsRefusedWhereverItStands) {
  for (const char* bytes : {"\x80", "\xC0\xAF", "\xE2\x82", "\xED\xA0\x80", "\xF5\x80\x80\x80",
                            "\xFF\xFE", "\xF0\x82\x82\xAC"}) {
    const std::string bad = bytes;
    for (const std::string& text :
         {bad, "input x\ny = x # " + bad + "\n", "input x\ny = x" + bad + "\n",
          "test \"" + bad + "\":\n    print 1\n"})
      EXPECT_EQ(first_code(expect_refused(text, "invalid UTF-8")), "E001");
  }
}

/// Whatever the text: a result or errors, each with a place, never a crash.
void expect_an_answer(const std::string& text, const std::string& name) {
  const reports::Run run = check_text(text, with_samples(1));
  if (run.exit_code == 2) return expect_bad(run, name);
  EXPECT_THAT(run.exit_code, testing::AnyOf(0, 1, 4)) << name;
}

TEST(BadTexts, EveryPrefixOfARichFileGetsAnAnswer) {
  for (const char* file : {"/examples/logistic.grad", "/examples/mlp.grad",
                           "/examples/accumulation.grad", "/examples/functions.grad"}) {
    const std::string text = read_bytes(std::string(VERIGRAD_SOURCE_DIR) + file);
    ASSERT_GT(text.size(), 200u);
    for (std::size_t size = 0; size < text.size(); size += 3)
      expect_an_answer(text.substr(0, size), fmt::format("{} cut at {}", file, size));
  }
}

TEST(BadTexts, EveryDeletedOrReplacedByteOfARichFileGetsAnAnswer) {
  const std::string text = read_bytes(VERIGRAD_SOURCE_DIR "/examples/accumulation.grad");
  std::mt19937 random(2);
  for (int i = 0; i < 400; ++i) {
    std::string changed = text;
    const std::size_t at = random() % changed.size();
    if (i % 2 == 0) {
      changed.erase(at, 1 + random() % 5);
    } else {
      changed[at] = "()[]{}=*+-/.,:#\"x1 \n\t"[random() % 22];
    }
    expect_an_answer(changed, fmt::format("change {}", i));
  }
}

TEST(BadTexts, TablesWithHugeOrBrokenHeadersAreRefused) {
  const TemporaryDirectory directory;
  const auto refused = [&](const std::string& name, const std::string& bytes) {
    directory.write(name, bytes);
    const auto path =
        directory.write("use.grad", fmt::format("const X = load(\"{}\")\ny = sum(X)\n", name));
    const reports::Run run = check_file(path);
    expect_bad(run, name);
    EXPECT_EQ(first_code(run), "E028") << shown(run);
  };
  refused("wide.csv", repeated("1,", 1 << 20) + "1\n2\n");
  refused("commas.csv", repeated(",", 1 << 20));
  refused("quotes.csv", repeated("\"", 1 << 20));
  refused("binary.csv", std::string("\x00\x01\x02\xFF", 4));
  refused("empty.npy", "");
  refused("magic.npy", "\x93NUMPY");
  refused("header.npy", "\x93NUMPY\x01" + std::string("\x00\xFF\xFF", 3) + repeated("(", 65535));
  refused("deep.npy",
          "\x93NUMPY\x01" + std::string("\x00\xFF\xFF", 3) + "{'shape': " + repeated("(", 65525));
  refused("other.txt", "1,2\n");
}

}  // namespace
}  // namespace verigrad::runner
