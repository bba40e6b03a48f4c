#include "catalogue/trie.h"

#include <map>
#include <memory>
#include <string>

namespace gatehouse::catalogue {

/// The tree while it is built.
struct Trie::Draft {
  std::map<std::string_view, std::unique_ptr<Draft>> literals;
  std::unique_ptr<Draft> parameter;
  std::vector<End> ends;
};

namespace {

std::string_view segment_at(std::string_view path, std::size_t place) noexcept {
  for (std::size_t i = 0; i < place; ++i) path.remove_prefix(path.find('/') + 1);
  return path.substr(0, path.find('/'));
}

std::uint16_t version_segment(const Operation& operation) noexcept {
  for (std::size_t i = 0; i < operation.segments.size(); ++i) {
    if (operation.segments[i].literals.size() > 1) return static_cast<std::uint16_t>(i + 1);
  }
  return 0;
}

}  // namespace

Result<Trie> Trie::build(const std::vector<Operation>& operations, const std::vector<Place>& places) {
  Draft root;
  for (const Operation& operation : operations) {
    // A segment of several literals leads to as many branches: reading has no case for it.
    std::vector<Draft*> reached{&root};
    for (const Segment& segment : operation.segments) {
      std::vector<Draft*> next;
      for (Draft* draft : reached) {
        const auto descend = [&next](std::unique_ptr<Draft>& child) {
          if (!child) child = std::make_unique<Draft>();
          next.push_back(child.get());
        };
        if (segment.literals.empty()) descend(draft->parameter);
        for (const std::string& literal : segment.literals) descend(draft->literals[literal]);
      }
      reached = std::move(next);
    }
    for (Draft* draft : reached) {
      for (const End& end : draft->ends) {
        if (end.operation->method != operation.method) continue;
        return error_at(places[operation.index], "operation " + operation.id + " answers to " + operation.method + " " +
                                                     operation.path + ", and so does " + end.operation->id);
      }
      draft->ends.push_back({&operation, version_segment(operation)});
    }
  }
  Trie trie;
  trie.root_ = trie.add(root);
  return trie;
}

std::uint32_t Trie::add(const Draft& draft) {
  Node node;
  // Children first: the edges of one node must stand together.
  std::vector<Edge> edges;
  for (const auto& [literal, child] : draft.literals) edges.push_back({literal, add(*child)});
  if (draft.parameter) node.parameter = add(*draft.parameter);
  node.first_edge = static_cast<std::uint32_t>(edges_.size());
  node.edges = static_cast<std::uint32_t>(edges.size());
  edges_.insert(edges_.end(), edges.begin(), edges.end());
  node.first_end = static_cast<std::uint32_t>(ends_.size());
  node.ends = static_cast<std::uint32_t>(draft.ends.size());
  ends_.insert(ends_.end(), draft.ends.begin(), draft.ends.end());
  nodes_.push_back(node);
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

std::uint32_t Trie::step(const Node& node, std::string_view segment) const noexcept {
  std::uint32_t low = node.first_edge;
  std::uint32_t high = low + node.edges;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    const int order = edges_[middle].literal.compare(segment);
    if (order == 0) return edges_[middle].node;
    if (order < 0) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return kNone;
}

Match Trie::match(std::string_view method, std::string_view path) const noexcept {
  Match match;
  if (path.size() < 2 || path.front() != '/') return match;
  std::string_view rest = path.substr(1);
  std::uint32_t at = root_;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view segment = rest.substr(0, slash);
    const Node& node = nodes_[at];
    std::uint32_t next = step(node, segment);
    if (next == kNone && node.parameter != kNone && !segment.empty() && match.count < kMaxPathParameters) {
      next = node.parameter;
      match.values[match.count++] = segment;
    }
    if (next == kNone) return Match();
    at = next;
    if (slash == std::string_view::npos) break;
    rest.remove_prefix(slash + 1);
  }
  const Node& last = nodes_[at];
  if (last.ends == 0) return Match();
  for (std::uint32_t i = last.first_end; i < last.first_end + last.ends; ++i) {
    const End& end = ends_[i];
    if (end.operation->method != method) continue;
    match.outcome = Match::Outcome::kMatched;
    match.operation = end.operation;
    if (end.version_segment != 0) match.version = segment_at(path.substr(1), end.version_segment - 1u);
    return match;
  }
  match = Match();
  match.outcome = Match::Outcome::kUnknownMethod;
  return match;
}

}  // namespace gatehouse::catalogue
