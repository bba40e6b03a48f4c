#include "catalogue/document_tree.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <sstream>

namespace gatehouse::catalogue {
namespace {

namespace json = boost::json;

Error wrong(int line, std::string_view what) {
  return fail(Errc::kInvalidArgument, "Line " + std::to_string(line) + ": " + std::string(what));
}

/// Takes the events of a parser and makes the tree of them. An empty problem: all is well.
class Builder {
 public:
  std::size_t depth = 0;
  std::string problem;
  int problem_line = 0;
  Node root;
  bool complete = false;

  bool scalar(int line, std::string text) { return put(Node{Node::Kind::kScalar, line, std::move(text), {}, {}}); }
  bool null(int line) { return put(Node{Node::Kind::kNull, line, {}, {}, {}}); }
  bool begin(int line, Node::Kind kind) {
    if (open_.size() == depth) return refuse(line, "it is nested too deeply.");
    open_.push_back({Node{kind, line, {}, {}, {}}, {}, false});
    return true;
  }
  bool end() {
    Node done = std::move(open_.back().node);
    open_.pop_back();
    return put(std::move(done));
  }
  bool key(int line, std::string name) {
    Open& into = open_.back();
    const auto same = [&name](const auto& member) { return member.name == name; };
    if (std::any_of(into.node.members.begin(), into.node.members.end(), same)) {
      return refuse(line, "the member \"" + name + "\" is given twice.");
    }
    into.key = std::move(name);
    into.has_key = true;
    return true;
  }
  /// YAML has no event for keys: each second value of a map is one.
  bool wants_key() const { return !open_.empty() && open_.back().node.kind == Node::Kind::kMap && !open_.back().has_key; }
  bool refuse(int line, std::string what) {
    problem = std::move(what);
    problem_line = line;
    return false;
  }

 private:
  struct Open {
    Node node;
    std::string key;
    bool has_key = false;
  };
  bool put(Node node) {
    if (open_.empty()) {
      root = std::move(node);
      complete = true;
      return true;
    }
    Open& into = open_.back();
    if (into.node.kind == Node::Kind::kList) {
      into.node.items.push_back(std::move(node));
      return true;
    }
    into.node.members.push_back({std::move(into.key), std::move(node)});
    into.has_key = false;
    return true;
  }
  std::vector<Open> open_;
};

/// For Boost's parser, which is fed line by line, so that the line is known at every event.
struct JsonHandler {
  static constexpr std::size_t max_object_size = 1'000'000;
  static constexpr std::size_t max_array_size = 1'000'000;
  static constexpr std::size_t max_key_size = 1024;
  static constexpr std::size_t max_string_size = 8 << 20;
  Builder tree;
  int line = 1;
  std::string part;

  bool told(bool good, json::error_code& problem) {
    if (!good) problem = json::error::extra_data;
    return good;
  }
  bool scalar(std::string_view rest, json::error_code& problem) {
    part.append(rest);
    std::string whole;
    whole.swap(part);
    return told(tree.scalar(line, std::move(whole)), problem);
  }

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code& problem) { return told(tree.begin(line, Node::Kind::kMap), problem); }
  bool on_object_end(std::size_t, json::error_code& problem) { return told(tree.end(), problem); }
  bool on_array_begin(json::error_code& problem) { return told(tree.begin(line, Node::Kind::kList), problem); }
  bool on_array_end(std::size_t, json::error_code& problem) { return told(tree.end(), problem); }
  bool on_key_part(json::string_view text, std::size_t, json::error_code&) {
    part.append(text);
    return true;
  }
  bool on_key(json::string_view text, std::size_t, json::error_code& problem) {
    part.append(text);
    std::string name;
    name.swap(part);
    return told(tree.key(line, std::move(name)), problem);
  }
  bool on_string_part(json::string_view text, std::size_t, json::error_code&) {
    part.append(text);
    return true;
  }
  bool on_string(json::string_view text, std::size_t, json::error_code& problem) { return scalar(text, problem); }
  bool on_number_part(json::string_view text, json::error_code&) {
    part.append(text);
    return true;
  }
  bool on_int64(std::int64_t, json::string_view text, json::error_code& problem) { return scalar(text, problem); }
  bool on_uint64(std::uint64_t, json::string_view text, json::error_code& problem) { return scalar(text, problem); }
  bool on_double(double, json::string_view text, json::error_code& problem) { return scalar(text, problem); }
  bool on_bool(bool value, json::error_code& problem) { return scalar(value ? "true" : "false", problem); }
  bool on_null(json::error_code& problem) { return told(tree.null(line), problem); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }
};

class YamlHandler final : public YAML::EventHandler {
 public:
  Builder tree;

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    check(mark, "", anchor);
    if (tree.wants_key()) stop(mark, "a member has no name.");
    tree.null(line(mark));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t) override { stop(mark, "aliases are not read; write the value itself."); }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, const std::string& value) override {
    check(mark, tag, anchor);
    if (!(tree.wants_key() ? tree.key(line(mark), value) : tree.scalar(line(mark), value))) stop(mark, tree.problem);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::kList);
  }
  void OnSequenceEnd() override { tree.end(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, Node::Kind::kMap);
  }
  void OnMapEnd() override { tree.end(); }

 private:
  static int line(const YAML::Mark& mark) { return mark.line + 1; }
  /// The one way to end yaml-cpp's parser; read_yaml catches it with its own errors.
  [[noreturn]] static void stop(const YAML::Mark& mark, const std::string& what) { throw YAML::ParserException(mark, what); }
  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, Node::Kind kind) {
    check(mark, tag, anchor);
    if (tree.wants_key()) stop(mark, "the name of a member must be a word.");
    if (!tree.begin(line(mark), kind)) stop(mark, tree.problem);
  }
  static void check(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    if (anchor != 0) stop(mark, "anchors are not read.");
    // "?" and "!" are what plain and quoted values have without a tag of their own.
    if (!tag.empty() && tag != "?" && tag != "!") stop(mark, "tags are not read.");
  }
};

}  // namespace

const Node* Node::find(std::string_view name) const noexcept {
  const auto found = std::find_if(members.begin(), members.end(), [name](const Member& member) { return member.name == name; });
  return found == members.end() ? nullptr : &found->value;
}

Result<Node> read_json(std::string_view text, std::size_t depth) {
  json::parse_options options;
  options.max_depth = depth + 4;
  json::basic_parser<JsonHandler> parser(options);
  parser.handler().tree.depth = depth;
  json::error_code problem;
  while (!text.empty() && !problem) {
    const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
    // A parser that is done would begin another document.
    const std::size_t used = parser.done() ? 0 : parser.write_some(true, text.data(), end, problem);
    const bool rest = parser.done() && text.substr(used, end - used).find_first_not_of(" \t\r\n") != std::string_view::npos;
    if (!problem && rest) {
      problem = json::error::extra_data;
    }
    if (problem) break;
    text.remove_prefix(end);
    ++parser.handler().line;
  }
  if (!problem && !parser.done()) parser.write_some(false, "", 0, problem);
  Builder& tree = parser.handler().tree;
  if (!tree.problem.empty()) return wrong(tree.problem_line, tree.problem);
  if (problem || !tree.complete) return wrong(parser.handler().line, "this is not JSON (" + problem.message() + ").");
  return std::move(tree.root);
}

Result<Node> read_yaml(std::string_view text, std::size_t depth) {
  YamlHandler handler;
  handler.tree.depth = depth;
  try {
    std::istringstream in{std::string(text)};
    YAML::Parser parser(in);
    if (!parser.HandleNextDocument(handler) || !handler.tree.complete) return wrong(1, "there is no YAML document.");
    YamlHandler second;
    second.tree.depth = depth;
    if (parser.HandleNextDocument(second)) return wrong(1, "there is more than one YAML document.");
  } catch (const YAML::Exception& caught) {
    return wrong(caught.mark.line + 1, "this is not the YAML that is read here: " + caught.msg);
  }
  return std::move(handler.tree.root);
}

}  // namespace gatehouse::catalogue
