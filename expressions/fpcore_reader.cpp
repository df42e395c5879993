#include <fmt/format.h>

#include "expressions/diagnostic.hpp"
#include "expressions/fpcore_impl.hpp"

namespace verigrad::expressions::fpcore {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f'; }
bool is_open(char c) { return c == '(' || c == '['; }
bool is_close(char c) { return c == ')' || c == ']'; }

class Reader {
 public:
  explicit Reader(const SourceFile& source) : text_(source.text()) {}

  std::vector<Node> read() {
    open_.emplace_back();
    for (skip_blanks(); at_ < text_.size(); skip_blanks()) {
      if (++tokens_ > max_fpcore_tokens)
        fail(fmt::format("the file has more than {} tokens", max_fpcore_tokens), at_, at_ + 1);
      const char c = text_[at_];
      if (is_open(c))
        open();
      else if (is_close(c))
        close();
      else if (c == '"')
        string();
      else
        atom();
    }
    if (open_.size() > 1)
      throw FpcoreError("this bracket is not closed",
                        {open_.back().span.begin, open_.back().span.begin + 1});
    return std::move(open_.front().children);
  }

 private:
  [[noreturn]] static void fail(const std::string& message, std::size_t begin, std::size_t end) {
    throw FpcoreError(message, span(begin, end));
  }

  static Span span(std::size_t begin, std::size_t end) {
    return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
  }

  void skip_blanks() {
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == ';')
        while (at_ + 1 < text_.size() && text_[at_ + 1] != '\n') ++at_;
      else if (!is_space(text_[at_]))
        return;
    }
  }

  void open() {
    if (open_.size() > max_nesting)
      fail(fmt::format("brackets nest deeper than {}", max_nesting), at_, at_ + 1);
    Node node;
    node.span = span(at_, at_ + 1);
    open_.push_back(std::move(node));
    ++at_;
  }

  void close() {
    if (open_.size() == 1) fail("this bracket closes nothing", at_, at_ + 1);
    Node node = std::move(open_.back());
    const char wanted = text_[node.span.begin] == '(' ? ')' : ']';
    if (text_[at_] != wanted) fail(fmt::format("expected '{}'", wanted), at_, at_ + 1);
    open_.pop_back();
    ++at_;
    node.span.end = static_cast<std::uint32_t>(at_);
    open_.back().children.push_back(std::move(node));
  }

  void push(Node::Kind kind, std::size_t begin, std::string_view text) {
    Node node;
    node.kind = kind;
    node.span = span(begin, at_);
    node.text = text;
    open_.back().children.push_back(std::move(node));
  }

  void string() {
    const std::size_t begin = at_++;
    while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    if (at_ >= text_.size()) fail("this string is not closed", begin, begin + 1);
    ++at_;
    push(Node::Kind::string, begin, text_.substr(begin + 1, at_ - begin - 2));
  }

  void atom() {
    const std::size_t begin = at_;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (is_space(c) || is_open(c) || is_close(c) || c == '"' || c == ';') break;
      if (c < 0x21 || c > 0x7E) {
        const std::size_t length = decode_utf8(text_, at_).length;
        fail(fmt::format("unexpected character {}", quoted(text_.substr(at_, length))), at_,
             at_ + length);
      }
    }
    push(Node::Kind::atom, begin, text_.substr(begin, at_ - begin));
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t tokens_ = 0;
  std::vector<Node> open_;  // the file itself and the lists that are open
};

}  // namespace

std::vector<Node> read_nodes(const SourceFile& source) {
  if (source.oversized())
    throw FpcoreError(fmt::format("the file is larger than {} MiB", max_file_bytes >> 20), {});
  return Reader(source).read();
}

std::optional<NumberText> read_number(std::string_view atom) {
  NumberText number;
  if (atom.starts_with('-') || atom.starts_with('+')) {
    number.negative = atom.front() == '-';
    atom.remove_prefix(1);
  }
  number.magnitude = atom;
  const bool hex = atom.starts_with("0x");
  std::size_t i = hex ? 2 : 0;
  const auto digits = [&](bool (*accepts)(char)) {
    const std::size_t from = i;
    while (i < atom.size() && accepts(atom[i])) ++i;
    return i > from;
  };
  const auto accept = [&](char c) { return i < atom.size() && atom[i] == c ? ++i, true : false; };
  const bool whole = digits(hex ? is_hex_digit : is_digit);
  if (whole && !hex && accept('/')) {
    number.magnitude = atom.substr(0, i - 1);
    number.denominator = atom.substr(i);
    const bool good = digits(is_digit) && i == atom.size() &&
                      number.denominator.find_first_not_of('0') != std::string_view::npos;
    return good ? std::optional(number) : std::nullopt;
  }
  if (accept('.') ? !digits(hex ? is_hex_digit : is_digit) : !whole) return std::nullopt;
  if (accept(hex ? 'p' : 'e')) {
    if (!accept('-')) accept('+');
    if (!digits(is_digit)) return std::nullopt;
  }
  return i == atom.size() ? std::optional(number) : std::nullopt;
}

bool is_symbol(std::string_view atom) {
  if (atom.empty() || is_digit(atom.front()) || atom.front() == ':' || read_number(atom))
    return false;
  constexpr std::string_view marks = "~!@$%^&*_-+=.?/:<>";
  for (const char c : atom)
    if (!is_letter(c) && !is_digit(c) && marks.find(c) == std::string_view::npos) return false;
  return true;
}

}  // namespace verigrad::expressions::fpcore
