// All repositories over one session, as Reader and UnitOfWork hand them out.
#pragma once

#include "store/accounts.h"
#include "store/admin_keys.h"
#include "store/applied.h"
#include "store/approvals.h"
#include "store/atlassian_grants.h"
#include "store/attachment_homes.h"
#include "store/audit_records.h"
#include "store/changes.h"
#include "store/channels.h"
#include "store/consents.h"
#include "store/credentials.h"
#include "store/denials.h"
#include "store/directory.h"
#include "store/grants.h"
#include "store/handovers.h"
#include "store/judgements.h"
#include "store/oauth.h"
#include "store/outbox.h"
#include "store/register.h"
#include "store/reports.h"
#include "store/resource_pauses.h"
#include "store/rollups.h"
#include "store/secret_uses.h"
#include "store/settings.h"
#include "store/sign_in.h"
#include "store/sign_in_links.h"
#include "store/site_documents.h"
#include "store/sites.h"
#include "store/transfer_offers.h"
#include "store/upstream_credentials.h"
#include "store/usage.h"
#include "store/users.h"
#include "store/watch.h"

namespace gatehouse::store {

struct Repositories {
  explicit Repositories(Session& session) noexcept
      : sites(session),
        site_documents(session),
        upstream_credentials(session),
        users(session),
        accounts(session),
        grants(session),
        credentials(session),
        admin_keys(session),
        sign_in_links(session),
        sign_in(session),
        directory(session),
        atlassian(session),
        transfer_offers(session),
        settings(session),
        approvals(session),
        handovers(session),
        applied(session),
        changes(session),
        audit_records(session),
        usage(session),
        secret_uses(session),
        attachment_homes(session),
        resource_pauses(session),
        judgements(session),
        denials(session),
        oauth(session),
        consents(session),
        rollups(session),
        reports(session),
        register_records(session),
        outbox(session),
        channels(session),
        watch(session) {}

  Sites sites;
  SiteDocuments site_documents;
  UpstreamCredentials upstream_credentials;
  Users users;
  Accounts accounts;
  Grants grants;
  Credentials credentials;
  AdminKeys admin_keys;
  SignInLinks sign_in_links;
  SignIn sign_in;
  Directory directory;
  AtlassianGrants atlassian;
  TransferOffers transfer_offers;
  Settings settings;
  Approvals approvals;
  Handovers handovers;
  Applied applied;
  Changes changes;
  AuditRecords audit_records;
  Usage usage;
  SecretUses secret_uses;
  AttachmentHomes attachment_homes;
  ResourcePauses resource_pauses;
  Judgements judgements;
  Denials denials;
  OAuth oauth;
  Consents consents;
  Rollups rollups;
  Reports reports;
  Register register_records;
  Outbox outbox;
  Channels channels;
  Watch watch;
};

}  // namespace gatehouse::store
