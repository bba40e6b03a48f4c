#include "admin/services.h"

#include "admin/index_feed.h"

namespace gatehouse::admin {

Services::Services(ServicesInput input)
    : database(input.database),
      log(input.log),
      keys(input.keys),
      head_path(input.head_path),
      clock(input.clock),
      random(input.random),
      index(input.index),
      sites(input.sites),
      gateway(input.gateway),
      fetch(std::move(input.fetch)),
      certificate_files(std::move(input.certificate_files)),
      sealer(input.keys, input.random),
      hasher(input.keys),
      feed(std::make_unique<IndexFeed>(input.database, sealer, input.clock, input.index, input.sites)) {}

Services::~Services() = default;

Result<void> commit(Services& services, store::UnitOfWork work, AuditEvent event) {
  if (event.outcome.empty()) event.outcome = "done";
  GH_TRY(const store::Committed done, services.log.commit(std::move(work), std::move(event)));
  return services.feed->catch_up(done.change);
}

}  // namespace gatehouse::admin
