#include <fmt/format.h>

#include <cmath>
#include <limits>

#include "expressions/diagnostic.hpp"
#include "expressions/fpcore_impl.hpp"

namespace verigrad::expressions::fpcore {
namespace {

/// One end of an argument's interval: the tightest bound so far.
struct Bound {
  double value;
  bool open = true;
  const Expr* expr = nullptr;  ///< null while the end is infinite
};

struct Box {
  Bound low{-std::numeric_limits<double>::infinity()};
  Bound high{std::numeric_limits<double>::infinity()};

  [[nodiscard]] bool empty() const {
    return low.value > high.value ||
           (low.value == high.value && (low.open || high.open || std::isinf(low.value)));
  }
};

class PreconditionReader {
 public:
  PreconditionReader(Converter& convert, Arena& arena, FpcoreCore& core)
      : convert_(convert), arena_(arena), core_(core), boxes_(core.arguments.size()) {
    for (std::size_t i = 0; i < core.arguments.size(); ++i)
      arguments_.emplace(core.arguments[i].written, i);
  }

  void read(const Node& node) {
    if (node.is_atom("TRUE")) return;
    const auto op = comparison(node.head());
    if (node.head() == "and") {
      for (std::size_t i = 1; i < node.children.size(); ++i) read(node.children[i]);
    } else if (op && *op != CompareOp::ne && node.children.size() > 2) {
      for (std::size_t i = 1; i + 1 < node.children.size(); ++i)
        read_pair(*op, node.children[i], node.children[i + 1], node.span);
    } else {
      core_.conditions.push_back(convert_.condition(node));
    }
  }

  void finish() {
    for (std::size_t i = 0; i < boxes_.size(); ++i) {
      const Box& box = boxes_[i];
      FpcoreArgument& argument = core_.arguments[i];
      if (box.empty())
        throw Unsupported{
            fmt::format("a ':pre' that leaves no value for {}", quoted(argument.written)),
            argument.name.span};
      if (!box.low.expr && !box.high.expr) continue;
      Domain domain;
      domain.open_low = box.low.open;
      domain.open_high = box.high.open;
      domain.span = argument.name.span;
      domain.values = arena_.copy(
          std::vector<const Expr*>{box.low.expr ? box.low.expr : convert_.infinity(true),
                                   box.high.expr ? box.high.expr : convert_.infinity(false)});
      argument.domain = arena_.make(domain);
    }
  }

 private:
  /// The argument that a node is, or null.
  Box* box_of(const Node& node) {
    const auto found = node.is_atom() ? arguments_.find(node.text) : arguments_.end();
    return found == arguments_.end() ? nullptr : &boxes_[found->second];
  }

  void read_pair(CompareOp op, const Node& left, const Node& right, Span span) {
    Box* const box = box_of(left) ? box_of(left) : box_of(right);
    const Node& other = box_of(left) ? right : left;
    const auto value = convert_.constant(other);
    if (!box || !value || std::isnan(*value)) {
      const Expr* a = convert_.convert(left);
      core_.conditions.push_back(convert_.compare(op, a, convert_.convert(right), span));
      return;
    }
    const bool argument_first = box_of(left) != nullptr;
    const bool less = op == CompareOp::lt || op == CompareOp::le;
    const bool open = op == CompareOp::lt || op == CompareOp::gt;
    if (op == CompareOp::eq || less == argument_first)
      tighten(box->high, false, *value, open, other);
    if (op == CompareOp::eq || less != argument_first) tighten(box->low, true, *value, open, other);
  }

  void tighten(Bound& bound, bool is_low, double value, bool open, const Node& node) {
    const bool tighter = is_low ? value > bound.value : value < bound.value;
    if (!tighter && !(value == bound.value && open && !bound.open)) return;
    bound = {value, open, convert_.convert(node)};
  }

  Converter& convert_;
  Arena& arena_;
  FpcoreCore& core_;
  std::vector<Box> boxes_;
  std::unordered_map<std::string_view, std::size_t> arguments_;
};

}  // namespace

void read_precondition(const Node& pre, Converter& convert, Arena& arena, FpcoreCore& core) {
  PreconditionReader reader(convert, arena, core);
  reader.read(pre);
  reader.finish();
}

}  // namespace verigrad::expressions::fpcore
