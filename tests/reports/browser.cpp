#include "tests/reports/browser.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace verigrad::reports {
namespace {

std::string output_of(const std::string& command) {
  std::string output;
  std::FILE* pipe = popen(command.c_str(), "r");
  EXPECT_NE(pipe, nullptr);
  if (pipe == nullptr) return output;
  std::array<char, 4096> buffer;
  while (const std::size_t n = std::fread(buffer.data(), 1, buffer.size(), pipe))
    output.append(buffer.data(), n);
  pclose(pipe);
  return output;
}

// A folder of one visit's own, which goes with it.
class Folder {
 public:
  Folder() {
    std::string name = ::testing::TempDir() + "/report-XXXXXX";
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    path_ = name;
  }
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  std::string operator/(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// Results are written as numbers of code points, so that nothing in them can be taken for markup.
constexpr const char* frame = R"(<script>
(async () => {
  const found = [];
  const report = (text) => found.push([...String(text)].map((c) => c.codePointAt(0)).join("."));
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  try {
    await (async () => {
SCRIPT
    })();
  } catch (error) {
    report("exception: " + error);
  }
  document.body.dataset.results = "[" + found.join(";") + "]";
})();
</script>
)";

void append_utf8(std::string& text, unsigned long code) {
  const auto byte = [&](unsigned long value) { text += static_cast<char>(value); };
  if (code < 0x80) return byte(code);
  if (code < 0x800) {
    byte(0xC0 | (code >> 6));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12));
    byte(0x80 | ((code >> 6) & 0x3F));
  } else {
    byte(0xF0 | (code >> 18));
    byte(0x80 | ((code >> 12) & 0x3F));
    byte(0x80 | ((code >> 6) & 0x3F));
  }
  byte(0x80 | (code & 0x3F));
}

std::vector<std::string> results_in(const std::string& dom) {
  const std::string name = "data-results=\"[";
  const std::size_t begin = dom.find(name);
  EXPECT_NE(begin, std::string::npos) << "the script did not end";
  if (begin == std::string::npos) return {};
  std::vector<std::string> results(1);
  const char* at = dom.c_str() + begin + name.size();
  if (*at == ']') return {};
  for (; *at != ']'; ++at) {
    if (*at == ';') {
      results.emplace_back();
    } else if (*at != '.') {
      char* end = nullptr;
      append_utf8(results.back(), std::strtoul(at, &end, 10));
      at = end - 1;
    }
  }
  return results;
}

std::string console_in(std::ifstream log) {
  std::string console;
  for (std::string line; std::getline(log, line);)
    if (line.find(":CONSOLE") != std::string::npos) console += line + "\n";
  return console;
}

}  // namespace

std::optional<std::string> chromium() {
  std::string found = output_of(
      "for name in chromium chromium-browser google-chrome; do command -v $name && break; done");
  if (found.empty()) return std::nullopt;
  found.erase(found.find('\n'));
  return found;
}

Visit visit(const std::string& page, const std::string& script) {
  const Folder folder;
  std::string all = frame;
  const std::string place = "SCRIPT";
  all.replace(all.find(place), place.size(), script);
  std::ofstream(folder / "page.html", std::ios::binary) << page << all;
  const std::string command =
      *chromium() +
      " --headless --no-sandbox --disable-gpu --no-first-run --disable-dev-shm-usage"
      " --disable-background-networking --window-size=1280,900 --virtual-time-budget=20000"
      " --enable-logging=stderr --user-data-dir='" +
      (folder / "profile") + "' --dump-dom 'file://" + (folder / "page.html") + "' 2>'" +
      (folder / "log") + "'";
  const std::string dom = output_of(command);
  return {results_in(dom), console_in(std::ifstream(folder / "log"))};
}

}  // namespace verigrad::reports
