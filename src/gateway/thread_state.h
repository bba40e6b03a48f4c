// ThreadState: what the Exchanges of one gateway thread share, so that none of it needs a lock.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/random.h"
#include "gateway/access_memory.h"
#include "gateway/gateway.h"
#include "gateway/links.h"
#include "gateway/request.h"
#include "upstream/field_types.h"
#include "upstream/site_table.h"

namespace gatehouse::gateway {

/// What follows from an operation's rows and is wanted at each request.
struct OperationFacts {
  bool reads_fields = false;        ///< its body or its answer holds issue fields: the site's field metadata is needed
  bool verified_by_answer = false;  ///< a read of one object whose answer names its project
  bool restriction_unseen = false;  ///< … and does not say whether it is restricted
  bool proves_itself = false;       ///< its answer names the issue that it belongs to
  bool only_id_by_default = false;  ///< where the client names no fields it gets ids alone
  bool needs_project = false;       ///< `needs fields=project`
  std::string redacts;              ///< a whole header line, or empty
};

/// One site as this thread sees it: its links, and what its fields are.
struct SiteContext {
  upstream::SiteEntryPtr entry;
  std::shared_ptr<const upstream::FieldTypes> fields;  ///< null: not read yet
  std::uint64_t fields_at = 0;                         ///< steady milliseconds: when they were asked for last
  PersonRoutePtr person;                               ///< whose it is; null: of all that the site's own credentials serve
  std::vector<OperationFacts> api_facts;               ///< of an OpenAPI site, by Operation::index
  std::vector<std::unique_ptr<LinkRewriter>> rewriters;

  const upstream::FieldTypes& field_types() const { return fields ? *fields : upstream::FieldTypes::system(); }
  /// Of the links that clients of `gateway_base` follow. Lives as long as the context.
  const LinkRewriter& links_for(std::string_view gateway_base);
};

struct ThreadState {
  ThreadState(const GatewayShared& shared_state, RecordQueue* record_queue);

  const GatewayShared& shared;
  upstream::SiteReader sites;
  AccessMemory access;
  RecordQueue* queue;                                                                ///< null: nothing is recorded (explain)
  std::vector<OperationFacts> jira_facts;                                            ///< by Operation::index
  std::vector<OperationFacts> confluence_facts;                                      ///< likewise
  std::unordered_map<std::string, std::shared_ptr<SiteContext>> contexts;            ///< by site id
  std::unordered_map<std::string, std::shared_ptr<SiteContext>> contexts_of_people;  ///< by site id and user id
  std::string id_prefix;  ///< random; with a counter behind it each request gets an id of its own
  std::uint64_t next_id = 0;
  std::string gateway_base;  ///< where the request that is being matched was sent to
  std::uint64_t now_ms = 0;  ///< steady time of the event that is being handled; never 0 after the first

  /// Field metadata is asked for again when it is that old.
  static constexpr std::uint64_t kFieldsMaxAgeMs = 10 * 60 * 1000;
  static constexpr std::size_t kMostPeople = 256;  ///< whose contexts are kept; when more come, all are made anew
  /// … and where it could not be read, not before.
  static constexpr std::uint64_t kFieldsRetryMs = 15 * 1000;

  const std::shared_ptr<SiteContext>& context_of(const upstream::SiteEntryPtr& entry);
  /// One person's own: what the site told one of them is not used for another.
  const std::shared_ptr<SiteContext>& context_of(const upstream::SiteEntryPtr& entry, const PersonRoutePtr& person);
  const OperationFacts& facts_of(const catalogue::Operation& operation, const SiteContext& site) const {
    if (operation.product == Product::kOpenApi) return site.api_facts[operation.index];
    return (operation.product == Product::kConfluence ? confluence_facts : jira_facts)[operation.index];
  }
  void make_id(std::array<char, 16>& out);
};

}  // namespace gatehouse::gateway
