#include "reports/graph_reduction.hpp"

#include <algorithm>
#include <functional>
#include <numeric>

namespace verigrad::reports {
namespace {

using Places = std::vector<std::size_t>;

double share_of(const GraphNode& node) { return node.forward + node.backward; }

Places largest(const std::vector<GraphNode>& nodes, std::size_t most) {
  Places kept(nodes.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  std::erase_if(kept, [&](std::size_t i) { return !(share_of(nodes[i]) >= least_shown_share); });
  std::ranges::stable_sort(kept, std::greater(), [&](std::size_t i) { return share_of(nodes[i]); });
  kept.resize(std::min(kept.size(), most));
  std::ranges::sort(kept);
  return kept;
}

/// Of every node the nodes that its edges begin at.
std::vector<Places> operands_of(const BlameGraph& graph) {
  std::vector<Places> operands(graph.nodes.size());
  for (const GraphEdge& edge : graph.edges) {
    const auto from = static_cast<std::size_t>(edge.from), to = static_cast<std::size_t>(edge.to);
    if (from < operands.size() && to < operands.size()) operands[to].push_back(from);
  }
  return operands;
}

}  // namespace

BlameGraph with_largest_shares(const BlameGraph& graph, std::size_t most) {
  const Places kept = largest(graph.nodes, most);
  std::vector<std::int64_t> place(graph.nodes.size(), -1);
  BlameGraph result;
  for (const std::size_t i : kept) {
    place[i] = std::ssize(result.nodes);
    result.nodes.push_back(graph.nodes[i]);
  }
  const std::vector<Places> operands = operands_of(graph);
  for (const std::size_t i : kept) {
    std::vector<bool> seen(graph.nodes.size());
    for (Places waiting = operands[i]; !waiting.empty();) {
      const std::size_t next = waiting.back();
      waiting.pop_back();
      if (seen[next]) continue;
      seen[next] = true;
      if (place[next] >= 0)
        result.edges.push_back({place[next], place[i]});
      else
        waiting.insert(waiting.end(), operands[next].begin(), operands[next].end());
    }
  }
  return result;
}

}  // namespace verigrad::reports
