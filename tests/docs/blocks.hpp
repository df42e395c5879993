// The fenced blocks of the repository's Markdown pages.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace verigrad::docs {

/// What stands between ``` and ```.
struct Block {
  std::string page;      ///< relative to the repository: "docs/language.md"
  std::size_t line = 0;  ///< of the opening fence
  std::string language;  ///< the first word behind the fence: "grad"; may be empty
  std::string argument;  ///< the rest of that line: "fail"
  std::string text;      ///< every line with its line end

  std::string where() const { return page + ":" + std::to_string(line); }
};

/// The text of a file of the repository.
std::string file_text(const std::string& path);

std::vector<std::string> lines_of(std::string_view text);

/// README.md and every page of docs/, sorted by name.
std::vector<std::string> pages();

/// The blocks of one page. Throws std::runtime_error for a block without an end.
std::vector<Block> blocks_of(const std::string& page);

/// The blocks of all pages in one language.
std::vector<Block> blocks_in(std::string_view language);

/// A temporary directory with a copy of examples/, in which the commands of the pages run.
class Workplace {
 public:
  Workplace();
  ~Workplace();
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  const std::string& path() const { return path_; }
  /// Writes the blocks of a page that name a file, such as ```fpcore root.fpcore.
  void write_named_files(const std::string& page) const;

 private:
  std::string path_;
};

/// What `sh -c LINE` prints on both streams, run in a workplace with gradcheck on its path.
std::string output_of(const std::string& line, const Workplace& workplace);

}  // namespace verigrad::docs
