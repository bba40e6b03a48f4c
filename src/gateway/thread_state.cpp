#include "gateway/thread_state.h"

#include <algorithm>
#include <set>

#include "catalogue/kinds.h"

namespace gatehouse::gateway {
namespace {

using catalogue::Inside;
using catalogue::Kind;
using catalogue::Operation;
using catalogue::Parameter;
using catalogue::Rule;
using catalogue::Shape;
using catalogue::ShapeField;

constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-";

/// The words of Gatehouse-Redacts: what an answer of this shape is always searched for, whether or not something is found.
void gather_redactions(const Shape* shape, std::set<const Shape*>& seen, std::set<std::string>& words, bool& fields) {
  if (!shape || !seen.insert(shape).second) return;
  // What a document calls its list may be anything, and this becomes a header field.
  const bool plain = shape->items.find_first_not_of(kPlain) == std::string::npos;
  if (!shape->items.empty()) words.insert(plain ? shape->items : "items");
  // A shape that describes fields: whose they are stands in the metadata.
  if (shape->inside.by == Inside::By::kScope && shape->find("schema").rule != Rule::kDrop) fields = true;
  const auto gather = [&](const ShapeField& field) {
    switch (field.rule) {
      case Rule::kFields:
      case Rule::kRequestFields:
      case Rule::kFieldNames:
      case Rule::kFieldChange:
        fields = true;
        words.insert(field.name.empty() ? "fields" : field.name);
        break;
      case Rule::kIssueId:
      case Rule::kIssueRef:
      case Rule::kProjectRef:
      case Rule::kProjectId:
      case Rule::kProjectScope: words.insert(field.name); break;
      default: break;
    }
    gather_redactions(field.shape, seen, words, fields);
  };
  for (const ShapeField& field : shape->fields) gather(field);
  gather(shape->others);
}

bool verified_by_answer(const Operation& operation) {
  if (operation.access != catalogue::Access::kRead || operation.method != "GET" || !operation.shape || operation.answer_list)
    return false;
  // Of an OpenAPI site what nothing in the request leads to a resource.
  if (operation.product == Product::kOpenApi) {
    return operation.shape->inside.by == Inside::By::kResource &&
           std::none_of(operation.parameters.begin(), operation.parameters.end(),
                        [](const Parameter& row) { return catalogue::leads_to_resource(row.kind); });
  }
  if (operation.path_count != 1) return false;
  // Of Confluence what names its space itself, and is asked for by nothing but its id.
  const bool of_space =
      operation.shape->inside.by == Inside::By::kSpace || operation.shape->inside.by == Inside::By::kContentOfSpace;
  if (of_space) return operation.path.ends_with("/{id}");
  if (operation.shape->inside.by != Inside::By::kProject) return false;
  const Kind kind = operation.parameters[0].kind;
  const std::string& name = operation.shape->name;
  return (kind == Kind::kIssue && name == "issue") || (kind == Kind::kProject && name == "project") ||
         (kind == Kind::kComponent && name == "component") || (kind == Kind::kVersion && name == "version");
}

OperationFacts facts_for(const Operation& operation) {
  OperationFacts facts;
  std::set<const Shape*> seen;
  std::set<std::string> words;
  gather_redactions(operation.shape, seen, words, facts.reads_fields);
  for (const Parameter& parameter : operation.parameters) {
    const bool writes_fields = parameter.kind == Kind::kFieldList && operation.access != catalogue::Access::kRead;
    if (writes_fields || parameter.kind == Kind::kIssueFields || parameter.kind == Kind::kIssueUpdate ||
        parameter.kind == Kind::kJql) {
      facts.reads_fields = true;
    }
  }
  facts.verified_by_answer = verified_by_answer(operation);
  facts.restriction_unseen = operation.shape && operation.shape->inside.by == Inside::By::kContentOfSpace;
  facts.proves_itself =
      operation.access == catalogue::Access::kRead && operation.shape &&
      (operation.shape->inside.by == Inside::By::kIssueLink || operation.shape->inside.by == Inside::By::kIssue);
  // Atlassian's own default of the new searches; the old ones and the reads of an issue give more.
  facts.only_id_by_default = operation.path.ends_with("/search/jql") || operation.path.starts_with("/rest/software/");
  facts.needs_project = operation.shape && std::find(operation.shape->needs.begin(), operation.shape->needs.end(),
                                                     "fields=project") != operation.shape->needs.end();
  if (!words.empty()) {
    facts.redacts = "Gatehouse-Redacts: ";
    for (const std::string& word : words) {
      if (facts.redacts.back() != ' ') facts.redacts += ',';
      facts.redacts += word;
    }
    facts.redacts += "\r\n";
  }
  return facts;
}

}  // namespace

std::shared_ptr<const catalogue::Catalogue> GatewayShared::catalogue_of(const Site& site) const {
  if (site.product == Product::kJira) return jira;
  if (site.product == Product::kConfluence) return confluence;
  if (!sites) return nullptr;
  const auto snapshot = sites->snapshot();
  const upstream::SiteEntryPtr* entry = snapshot ? snapshot->find_id(site.id.value) : nullptr;
  return entry ? (*entry)->api : nullptr;
}

const LinkRewriter& SiteContext::links_for(std::string_view gateway_base) {
  for (const auto& rewriter : rewriters) {
    if (rewriter->gateway_base() == gateway_base) return *rewriter;
  }
  std::vector<std::string> bases{entry->site.base_url};
  if (!entry->site.cloud_id.empty()) {
    const std::string_view product = entry->site.product == Product::kConfluence ? "confluence/" : "jira/";
    bases.push_back("https://api.atlassian.com/ex/" + std::string(product) + entry->site.cloud_id);
  }
  if (person) bases.push_back(person->base_url);
  if (entry->site.product == Product::kOpenApi) bases.resize(1);
  const auto relative =
      entry->site.product == Product::kConfluence ? LinkRewriter::Relative::kNext : LinkRewriter::Relative::kNone;
  rewriters.push_back(std::make_unique<LinkRewriter>(std::move(bases), std::string(gateway_base), relative));
  return *rewriters.back();
}

ThreadState::ThreadState(const GatewayShared& shared_state, RecordQueue* record_queue)
    : shared(shared_state),
      sites(*shared_state.sites),
      access(shared_state.access_keys),
      queue(record_queue),
      id_prefix(random_base62(*shared_state.random, 9)) {
  if (shared.jira) {
    for (const Operation& operation : shared.jira->operations()) jira_facts.push_back(facts_for(operation));
  }
  if (shared.confluence) {
    for (const Operation& operation : shared.confluence->operations()) confluence_facts.push_back(facts_for(operation));
  }
}

const std::shared_ptr<SiteContext>& ThreadState::context_of(const upstream::SiteEntryPtr& entry) {
  std::shared_ptr<SiteContext>& context = contexts[entry->site.id.value];
  // A client that varies its Host header must not make us keep a rewriter for each.
  if (!context || context->entry != entry || context->rewriters.size() > 32) {
    auto fresh = std::make_shared<SiteContext>();
    fresh->entry = entry;
    // The fields are the site's, whatever was changed about its entry here: but not at another address.
    if (context && context->entry->site.base_url == entry->site.base_url) {
      fresh->fields = context->fields;
      fresh->fields_at = context->fields_at;
    }
    if (entry->api) {
      for (const Operation& operation : entry->api->operations()) fresh->api_facts.push_back(facts_for(operation));
    }
    context = std::move(fresh);
  }
  return context;
}

const std::shared_ptr<SiteContext>& ThreadState::context_of(const upstream::SiteEntryPtr& entry, const PersonRoutePtr& person) {
  const std::string key = person->site + " " + person->user;
  if (contexts_of_people.size() >= kMostPeople && !contexts_of_people.contains(key)) contexts_of_people.clear();
  std::shared_ptr<SiteContext>& context = contexts_of_people[key];
  // With each token anew, an hour or less: a person who has connected another account is as good as another person.
  if (!context || context->entry != entry || context->person != person || context->rewriters.size() > 32) {
    context = std::make_shared<SiteContext>();
    context->entry = entry;
    context->person = person;
  }
  return context;
}

void ThreadState::make_id(std::array<char, 16>& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::copy(id_prefix.begin(), id_prefix.end(), out.begin());
  std::uint64_t rest = next_id++;
  for (std::size_t i = out.size(); i > id_prefix.size(); --i) {
    out[i - 1] = kDigits[rest % kDigits.size()];
    rest /= kDigits.size();
  }
}

}  // namespace gatehouse::gateway
