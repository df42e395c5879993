// Where the nodes of a graph are drawn: layers by longest paths, few crossings within them.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

namespace verigrad::reports {

/// A node's layer and its place in it, or a point that an edge over several layers passes through.
struct LayeredNode {
  std::size_t layer = 0;
  double x = 0;          ///< of its middle, in units of a node's width
  bool is_bend = false;  ///< no node of the graph: an edge passes here
};

struct LayeredGraph {
  std::vector<LayeredNode> nodes;  ///< the graph's, in its order, then bends
  std::vector<std::pair<std::size_t, std::size_t>> edges;  ///< each from one layer to the next
  std::size_t layers = 0;
  double width = 0;  ///< in units of a node's width
};

/// Layers of an acyclic graph of `n` nodes: a node's is the longest path to it, sources have 0.
/// Edges with an end that does not exist, or that close a cycle, are left out: a saved run may hold
/// any. Order within layers by the barycentre heuristic (Sugiyama, Tagawa and Toda 1981).
LayeredGraph layered(std::size_t n, const std::vector<std::pair<std::size_t, std::size_t>>& edges);

}  // namespace verigrad::reports
