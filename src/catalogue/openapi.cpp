#include "catalogue/openapi.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "catalogue/body_rules.h"
#include "catalogue/kinds.h"
#include "catalogue/openapi_answer.h"
#include "catalogue/openapi_body.h"
#include "catalogue/openapi_document.h"
#include "catalogue/openapi_scopes.h"

namespace gatehouse::catalogue {
namespace {

constexpr std::size_t kMostDepth = 64;
constexpr std::string_view kRoles =
    "role viewer\n  access read\n\nrole member\n  includes viewer\n  access write\n\nrole administrator\n"
    "  access read write delete administer\n";
constexpr std::array<std::string_view, 5> kMethods = {"get", "post", "put", "patch", "delete"};
constexpr std::array<std::string_view, 3> kOtherMethods = {"head", "options", "trace"};

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c;
  return out;
}

/// Why a path can't be served; empty: it can.
std::string path_fault(std::string_view path, std::vector<std::string>& names, std::vector<Segment>& segments) {
  if (path.size() < 2) return "a path of nothing";
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view text = path.substr(0, path.find('/'));
    path.remove_prefix(text.size());
    Segment segment;
    if (text.starts_with('{') && text.ends_with('}') && text.find_first_of("{}", 1) == text.size() - 1) {
      segment.parameter = static_cast<std::uint16_t>(names.size());
      names.emplace_back(text.substr(1, text.size() - 2));
      if (names.back().empty() || std::count(names.begin(), names.end(), names.back()) > 1)
        return "a parameter has no name of its own";
    } else if (text.find_first_of("{}") != std::string_view::npos) {
      return "a parameter must be a whole segment of the path";
    } else if (text.empty()) {
      return "a segment is empty, or the path ends in a slash";
    } else if (!all_of(text, "-._~!$&'()*+,=:@") || text.back() == '.') {
      return "a segment has a character that has to be escaped, or ends in a dot";
    } else {
      segment.literals.emplace_back(text);
    }
    segments.push_back(std::move(segment));
  }
  return names.size() > kMaxPathParameters ? "it has more than " + std::to_string(kMaxPathParameters) + " parameters"
                                           : std::string();
}

/// An operation while the rest of the document is read.
struct Draft {
  Operation operation;
  DocumentPlace place;
  AnswerRule answer;
  /// By carrier: parameters and places in the body that name objects, each with the operation that tells where it lies.
  std::array<std::map<std::string, std::string>, 3> lookups;
  bool common = false;         ///< `x-gatehouse-resource: none`: it touches nothing of any resource
  bool body_declared = false;  ///< the document says what the body names
  bool takes_body = false;
  bool takes_json = false;
  std::string unclassified_path;  ///< a path parameter of which nothing is said

  const Parameter* carrier() const {
    const auto found = std::find_if(operation.parameters.begin(), operation.parameters.end(),
                                    [](const Parameter& row) { return leads_to_resource(row.kind); });
    return found == operation.parameters.end() ? nullptr : &*found;
  }
  bool located_always() const {
    return std::any_of(operation.parameters.begin(), operation.parameters.end(), [](const Parameter& row) {
      return leads_to_resource(row.kind) && (row.carrier == Parameter::Carrier::kPath || row.required);
    });
  }
};

class Loader {
 public:
  explicit Loader(const Node& root) : document_(root) {}

  Result<OpenApiCatalogue> run() {
    GH_TRYV(read_head());
    const DocumentPlace paths = document_.root().member("paths");
    if (!paths || !paths.node->is_map()) return wrong_at(document_.root(), "it has no \"paths\".");
    for (const Member& path : paths.node->members) {
      if (path.name.starts_with("x-")) continue;
      if (!path.name.starts_with('/')) return wrong_at(paths.member(path.name), "a path begins with '/'.");
      GH_TRYV(read_path(path.name, paths.member(path.name)));
    }
    if (drafts_.empty()) return wrong_at(paths, "there is no operation in it that can be served.");
    GH_TRYV(check_ids());
    for (Draft& draft : drafts_) {
      GH_TRYV(link_lookups(draft));
    }
    std::vector<Operation> operations;
    for (Draft& draft : drafts_) {
      GH_TRYV(settle(draft));
      operations.push_back(std::move(draft.operation));
    }
    GH_TRYV(read_test(operations));
    auto assembled = Catalogue::assemble(Product::kOpenApi, std::move(operations), std::move(shapes_), kRoles);
    if (!assembled) return wrong_at(paths, assembled.error().public_detail);
    result_.catalogue = std::move(assembled).value();
    return std::move(result_);
  }

 private:
  Result<void> read_head() {
    const DocumentPlace& root = document_.root();
    if (!root.node->is_map()) return wrong_at(root, "an OpenAPI document is an object.");
    const DocumentPlace version = root.member("openapi");
    if (!version.text().starts_with("3.0") && !version.text().starts_with("3.1"))
      return wrong_at(version ? version : root, "\"openapi\" must be 3.0 or 3.1; an older document has to be converted first.");
    const DocumentPlace info = root.member("info");
    result_.title = std::string(info.member("title").text().substr(0, 200));
    if (const DocumentPlace of = info.member("version"); of) result_.title += " " + std::string(of.text().substr(0, 50));
    return success();
  }

  Result<void> read_path(const std::string& path, const DocumentPlace& at) {
    GH_TRY(const DocumentPlace item, document_.resolve(at));
    if (!item.node->is_map()) return wrong_at(item, "a path is an object of methods.");
    std::vector<std::string> names;
    std::vector<Segment> segments;
    if (const std::string fault = path_fault(path, names, segments); !fault.empty()) {
      result_.left_out.push_back(path + ": " + fault);
      return success();
    }
    for (const std::string_view method : kOtherMethods) {
      if (item.member(method) && method != "head")
        result_.left_out.push_back(upper(method) + " " + path + ": the method is not served");
    }
    for (const std::string_view method : kMethods) {
      const DocumentPlace place = item.member(method);
      if (!place) continue;
      if (!place.node->is_map()) return wrong_at(place, "an operation is an object.");
      if (drafts_.size() == kMaxDocumentOperations)
        return wrong_at(place, "a document has at most " + std::to_string(kMaxDocumentOperations) + " operations.");
      Draft draft;
      draft.place = place;
      draft.operation.method = upper(method);
      draft.operation.path = path;
      draft.operation.segments = segments;
      GH_TRYV(read_operation(item, names, draft));
      drafts_.push_back(std::move(draft));
    }
    return success();
  }

  Result<void> read_operation(const DocumentPlace& item, const std::vector<std::string>& names, Draft& draft) {
    Operation& operation = draft.operation;
    operation.product = Product::kOpenApi;
    GH_TRYV(read_id(draft));
    operation.access = operation.method == "GET"      ? Access::kRead
                       : operation.method == "DELETE" ? Access::kDelete
                                                      : Access::kWrite;
    if (const DocumentPlace access = draft.place.member("x-gatehouse-access"); access) {
      const auto known = parse_access(access.text());
      if (!known) return wrong_at(access, "expected read, write, delete or administer.");
      if (*known == Access::kRead && operation.method == "DELETE") return wrong_at(access, "DELETE is no read.");
      operation.access = *known;
    }
    GH_TRYV(scopes_.read(document_.root(), draft.place, operation));
    if (const DocumentPlace all = draft.place.member(kResourceExtension); all) {
      if (all.text() != "none")
        return wrong_at(all,
                        "on an operation it is none: nothing of it belongs to a resource. Else it stands on a parameter, the "
                        "requestBody or a response.");
      draft.common = true;
    }
    GH_TRYV(read_parameters(item, names, draft));
    GH_TRYV(read_body(draft));
    GH_TRY(draft.answer, read_answer_rule(document_, draft.place.member("responses")));
    return success();
  }

  Result<void> read_id(Draft& draft) {
    const DocumentPlace id = draft.place.member("operationId");
    std::string& text = draft.operation.id;
    if (id) {
      text = id.text();
      if (!all_of(text, "_.-") || text.size() > 128)
        return wrong_at(id, "an operationId is up to 128 letters, digits, '_', '.' and '-'.");
      return success();
    }
    text = draft.operation.method;
    for (const char c : draft.operation.path) text += all_of(std::string_view(&c, 1), "-_") ? c : '.';
    if (text.size() > 128) return wrong_at(draft.place, "give it an operationId: its path is too long for a name.");
    return success();
  }

  Result<void> check_ids() const {
    std::map<std::string_view, const Draft*> seen;
    for (const Draft& draft : drafts_) {
      const auto [known, fresh] = seen.emplace(draft.operation.id, &draft);
      if (!fresh) {
        return wrong_at(draft.place, "its operationId " + draft.operation.id + " is that of " + known->second->place.pointer +
                                         "; give each its own.");
      }
    }
    return success();
  }

  /// Those of the operation replace those of the path that have the same name and place.
  Result<std::vector<DocumentPlace>> parameters_of(const DocumentPlace& item, const DocumentPlace& operation) const {
    std::vector<DocumentPlace> all;
    for (const DocumentPlace& list : {item.member("parameters"), operation.member("parameters")}) {
      if (!list) continue;
      if (!list.node->is_list()) return wrong_at(list, "\"parameters\" is a list.");
      for (std::size_t i = 0; i < list.node->items.size(); ++i) {
        GH_TRY(DocumentPlace one, document_.resolve(list.item(i)));
        if (!one.node->is_map() || one.member("name").text().empty() || one.member("in").text().empty())
          return wrong_at(one, "a parameter has \"name\" and \"in\".");
        std::erase_if(all, [&one](const DocumentPlace& other) {
          return other.member("name").text() == one.member("name").text() && other.member("in").text() == one.member("in").text();
        });
        all.push_back(std::move(one));
      }
    }
    return all;
  }

  Result<void> read_parameters(const DocumentPlace& item, const std::vector<std::string>& names, Draft& draft) {
    GH_TRY(const auto all, parameters_of(item, draft.place));
    const auto in = [](const DocumentPlace& one, std::string_view where) { return one.member("in").text() == where; };
    Operation& operation = draft.operation;
    for (const std::string& name : names) {
      const auto found = std::find_if(
          all.begin(), all.end(), [&](const DocumentPlace& one) { return in(one, "path") && one.member("name").text() == name; });
      if (found == all.end()) return wrong_at(draft.place, "the path's parameter {" + name + "} is not among its parameters.");
      Parameter row;
      row.carrier = Parameter::Carrier::kPath;
      row.name = name;
      GH_TRYV(classify(*found, draft, row));
      if (row.kind == Kind::kUnclassified) draft.unclassified_path = name;
      operation.parameters.push_back(std::move(row));
    }
    operation.path_count = static_cast<std::uint16_t>(names.size());
    std::vector<Parameter> query;
    for (const DocumentPlace& one : all) {
      if (in(one, "path") && std::find(names.begin(), names.end(), one.member("name").text()) == names.end())
        return wrong_at(one, "the path has no such parameter.");
      if (!in(one, "query")) continue;
      Parameter row;
      row.carrier = Parameter::Carrier::kQuery;
      row.name = one.member("name").text();
      GH_TRYV(classify(one, draft, row));
      GH_TRY(const DocumentPlace schema, document_.member(one, "schema"));
      row.list = schema.member("type").text() == "array";
      query.push_back(std::move(row));
    }
    std::sort(query.begin(), query.end(), [](const Parameter& left, const Parameter& right) { return left.name < right.name; });
    operation.query_count = static_cast<std::uint16_t>(query.size());
    std::move(query.begin(), query.end(), std::back_inserter(operation.parameters));
    return success();
  }

  /// `x-gatehouse-resource` of a path or query parameter.
  Result<void> classify(const DocumentPlace& place, Draft& draft, Parameter& row) {
    const DocumentPlace extension = place.member(kResourceExtension);
    if (!extension) return success();
    const std::string_view word = extension.text();
    if (word == "resource" || word == "true") {
      row.kind = Kind::kResource;
    } else if (word == "none" || (word == "nested" && row.carrier == Parameter::Carrier::kPath)) {
      row.kind = Kind::kInert;
    } else if (const DocumentPlace lookup = extension.member("lookup"); lookup) {
      row.kind = Kind::kObject;
      draft.lookups[static_cast<std::size_t>(row.carrier)][row.name] = lookup.text();
    } else {
      return wrong_at(
          extension,
          "expected resource, none, nested (in a path), or {lookup: OPERATION}; docs/openapi_sites.md says what they mean.");
    }
    row.required =
        leads_to_resource(row.kind) && row.carrier == Parameter::Carrier::kQuery && place.member("required").text() == "true";
    return success();
  }

  Result<void> read_body(Draft& draft) {
    GH_TRY(const DocumentPlace body, document_.member(draft.place, "requestBody"));
    if (!body) return success();
    const DocumentPlace content = body.member("content");
    if (!content || !content.node->is_map() || content.node->members.empty())
      return wrong_at(body, "a requestBody has \"content\" with a media type.");
    draft.takes_body = true;
    Operation& operation = draft.operation;
    operation.body_type = "declared";
    for (const Member& type : content.node->members) {
      GH_TRYV(add_media_type(content.member(type.name), type.name, operation));
    }
    draft.takes_json =
        std::find(operation.body_types.begin(), operation.body_types.end(), "application/json") != operation.body_types.end();
    GH_TRY(const DocumentPlace schema, document_.json_schema(content));
    const DocumentPlace extension = body.member(kResourceExtension);
    draft.body_declared = static_cast<bool>(extension) || draft.common;
    if (!extension && !draft.common) return success();
    return read_body_rules(document_, extension, schema, operation,
                           draft.lookups[static_cast<std::size_t>(Parameter::Carrier::kBody)]);
  }

  static Result<void> add_media_type(const DocumentPlace& place, std::string_view name, Operation& operation) {
    std::string type;
    for (const char c : name.substr(0, name.find(';'))) type += c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    if (type.find('*') != std::string::npos || !all_of(type, "/.+-_") || std::count(type.begin(), type.end(), '/') != 1)
      return wrong_at(place, "name the media type, such as application/json; ranges like */* are not read.");
    operation.body_types.push_back(std::move(type));
    return success();
  }

  /// The read that tells where an object lies: by GET, with nothing in it but the id, answered with one object.
  Result<std::shared_ptr<const ObjectLookup>> lookup_of(const Draft& draft, std::string_view name, std::string_view id) const {
    const std::string what = "its lookup of " + std::string(name) + " names the operation " + std::string(id);
    const auto read = std::find_if(drafts_.begin(), drafts_.end(), [id](const Draft& one) { return one.operation.id == id; });
    if (read == drafts_.end()) return wrong_at(draft.place, what + ", and there is none.");
    if (read->operation.method != "GET" || read->operation.path_count != 1 || read->answer.kind != AnswerRule::Kind::kObject) {
      return wrong_at(draft.place, what +
                                       "; that must be a GET with one path parameter, whose answer has x-gatehouse-resource with "
                                       "\"resource\" and without \"items\".");
    }
    auto lookup = std::make_shared<ObjectLookup>();
    std::string* text = &lookup->before;
    for (const Segment& segment : read->operation.segments) {
      *text += '/';
      if (segment.literals.empty())
        text = &lookup->after;
      else
        *text += segment.literals.front();
    }
    lookup->resource = read->answer.resource;
    return std::shared_ptr<const ObjectLookup>(std::move(lookup));
  }

  Result<void> link_lookups(Draft& draft) const {
    for (Parameter& row : draft.operation.parameters) {
      if (row.kind != Kind::kObject) continue;
      GH_TRY(row.lookup, lookup_of(draft, row.name, draft.lookups[static_cast<std::size_t>(row.carrier)].at(row.name)));
    }
    return success();
  }

  /// After all is known of the rows: the rules hold copies of them.
  static Result<void> make_body_rules(Draft& draft) {
    const auto rows = draft.operation.body_parameters();
    if (rows.empty()) return success();
    auto rules = std::make_shared<BodyNode>();
    for (const Parameter& row : rows) {
      if (auto added = add_body_rule(*rules, row); !added)
        return wrong_at(draft.place.member("requestBody"), added.error().public_detail);
    }
    draft.operation.body = std::move(rules);
    return success();
  }

  /// What a bounded token may do with it; where it is refused, what to add.
  Result<void> settle(Draft& draft) {
    Operation& operation = draft.operation;
    const bool proves = draft.answer.kind == AnswerRule::Kind::kObject || draft.answer.kind == AnswerRule::Kind::kList;
    operation.answer = "none";
    if (proves) {
      GH_TRY(operation.shape, make_shape(document_, draft.answer, shapes_, operation.answer_list));
      operation.answer = operation.shape->name;
    } else if (draft.answer.kind != AnswerRule::Kind::kMissing || draft.common) {
      operation.answer = "links";
    }
    if (draft.common && draft.carrier())
      return wrong_at(draft.place, "it says none of the whole operation, and names a resource in it.");
    operation.refusal = what_is_missing(draft, proves);
    if (!operation.refusal.empty()) {
      operation.refusal += "; docs/openapi_sites.md says how";
      operation.bounded = Bounded::kRefused;
    } else if (draft.common) {
      operation.bounded = Bounded::kAllowed;
      open_query(operation);
    } else if (operation.access == Access::kRead && proves && !draft.located_always()) {
      operation.bounded = Bounded::kFiltered;
    } else {
      operation.bounded = Bounded::kLocated;
      if (!draft.located_always()) require_carriers(operation);
    }
    if (operation.access == Access::kRead && proves) open_query(operation);
    return make_body_rules(draft);
  }

  /// Parameters of which nothing is said name nothing: where all of the answer proves itself.
  static void open_query(Operation& operation) {
    for (Parameter& row : operation.parameters) {
      if (row.kind == Kind::kUnclassified && row.carrier != Parameter::Carrier::kBody) row.kind = Kind::kInert;
    }
  }

  /// Where nothing in the path says it, what may say it must.
  static void require_carriers(Operation& operation) {
    for (Parameter& row : operation.parameters) {
      if (leads_to_resource(row.kind)) row.required = true;
    }
  }

  static std::string what_is_missing(const Draft& draft, bool proves) {
    const Operation& operation = draft.operation;
    const bool read = operation.access == Access::kRead;
    if (draft.takes_body && !draft.takes_json) return "its body is not JSON, so nobody can say what it names";
    if (draft.takes_body && !draft.body_declared) return "add x-gatehouse-resource to its requestBody";
    if (draft.common) return {};
    // A list would be empty where it names something outside, and an error where it names nothing.
    if (!draft.unclassified_path.empty() && !(read && proves && draft.answer.kind == AnswerRule::Kind::kObject))
      return "add x-gatehouse-resource to its path parameter " + draft.unclassified_path;
    if (read && draft.answer.kind == AnswerRule::Kind::kMissing) return "add x-gatehouse-resource to its answer (responses, 200)";
    if (read && draft.answer.kind == AnswerRule::Kind::kRequest && !draft.located_always())
      return "its answer belongs to the request's resource, and no parameter that must be there names one";
    if (!read && !draft.carrier())
      return "add x-gatehouse-resource to the parameter or the place in the body that names its resource";
    return {};
  }

  Result<void> read_test(const std::vector<Operation>& operations) {
    const DocumentPlace test = document_.root().member("x-gatehouse-test");
    const auto found =
        std::find_if(operations.begin(), operations.end(), [&test](const Operation& one) { return one.id == test.text(); });
    if (!test) return success();
    if (found == operations.end() || found->method != "GET" || found->path_count != 0)
      return wrong_at(test, "expected the operationId of a GET without path parameters.");
    result_.test_path = found->path;
    return success();
  }

  OpenApiDocument document_;
  OpenApiScopes scopes_;
  OpenApiCatalogue result_;
  std::vector<Draft> drafts_;
  std::vector<std::unique_ptr<Shape>> shapes_;
};

}  // namespace

Result<OpenApiCatalogue> load_openapi(std::string_view document) {
  if (document.size() > kMaxDocument)
    return fail(Errc::kLimitExceeded, "The document is longer than " + std::to_string(kMaxDocument / 1024 / 1024) + " MiB.", {},
                "spec");
  const std::size_t first = document.find_first_not_of(" \t\r\n\xef\xbb\xbf");
  if (first == std::string_view::npos) return fail(Errc::kInvalidArgument, "The document is empty.", {}, "spec");
  auto tree = document[first] == '{' ? read_json(document, kMostDepth) : read_yaml(document, kMostDepth);
  if (!tree) return fail(Errc::kInvalidArgument, "The document: " + tree.error().public_detail, {}, "spec");
  return Loader(tree.value()).run();
}

}  // namespace gatehouse::catalogue
