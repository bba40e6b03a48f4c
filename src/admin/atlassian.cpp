#include "admin/atlassian.h"

#include <algorithm>
#include <condition_variable>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "admin/authority.h"
#include "admin/backing.h"
#include "admin/describe.h"
#include "admin/find.h"
#include "admin/json_values.h"
#include "admin/notices.h"
#include "admin/signed_value.h"
#include "base/encoding.h"
#include "crypto/digest.h"
#include "http/outside.h"

namespace gatehouse::admin {
namespace {

using store::AtlassianGrant;

constexpr std::string_view kState = "atlassian";
constexpr std::string_view kVerifier = "atlassian verifier";
constexpr Duration kAwayFor = std::chrono::minutes(10);
constexpr Duration kRenewBefore = std::chrono::minutes(1);
constexpr Duration kRenewalTakes = std::chrono::seconds(30);
constexpr std::chrono::milliseconds kLookAgain{100};
constexpr int kLooks = 150;

/// Bound to the person and to the account: moved to another row, a seal opens nothing.
crypto::SealContext access_context(const AtlassianGrant& grant) {
  return {"atlassian access", grant.user.value, grant.account_id};
}
crypto::SealContext refresh_context(const AtlassianGrant& grant) {
  return {"atlassian refresh", grant.user.value, grant.account_id};
}

Error refused(std::string why) {
  return fail(Errc::kUnauthenticated, "Connecting with Atlassian did not work; begin again under \"Your account\".",
              std::move(why));
}
Error consent_anew() {
  return fail(Errc::kUnauthenticated, "The sign-in at Atlassian has ended; connect anew under \"Your account\".");
}

/// Good for one person at a time in this process; other nodes meet at the lease in the store.
class OneAtATime {
 public:
  class Turn {
   public:
    Turn(OneAtATime& of, std::string whose) : of_(of), whose_(std::move(whose)) {
      std::unique_lock lock(of_.mutex_);
      of_.wake_.wait(lock, [this] { return !of_.at_it_.contains(whose_); });
      of_.at_it_.insert(whose_);
    }
    ~Turn() {
      const std::lock_guard lock(of_.mutex_);
      of_.at_it_.erase(whose_);
      of_.wake_.notify_all();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

   private:
    OneAtATime& of_;
    const std::string whose_;
  };

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::set<std::string> at_it_;
};

}  // namespace

struct Atlassian::State {
  State(Services& with, AtlassianSettings given) : services(with), settings(std::move(given)) {}

  Result<AtlassianGrant> grant_of(const UserId& user) const;
  Result<AtlassianToken> open(const AtlassianGrant& grant) const;
  Result<void> renew(const AtlassianGrant& grant);
  Result<void> end(const AtlassianGrant& grant, const std::string& why);
  std::string verifier(const std::string& nonce) const {
    return settings.pkce ? tag_of(services, kVerifier, nonce) : std::string();
  }

  Services& services;
  const AtlassianSettings settings;
  upstream::AtlassianApp app;
  OneAtATime turns;
  std::mutex mutex;
  std::map<std::string, std::string> cloud_ids;  ///< by base URL, of sites that were added without one
};

Atlassian::Atlassian(std::unique_ptr<State> state) : state_(std::move(state)) {}
Atlassian::~Atlassian() = default;
const AtlassianSettings& Atlassian::settings() const noexcept { return state_->settings; }
const upstream::AtlassianApp& Atlassian::app() const noexcept { return state_->app; }

Result<std::unique_ptr<Atlassian>> Atlassian::make(Services& services, AtlassianSettings settings) {
  auto state = std::make_unique<State>(services, std::move(settings));
  const AtlassianSettings& given = state->settings;
  for (const std::string& url : {given.account_url, given.api_url}) {
    GH_TRY(const auto address, http::parse_outside_address(url));
    if (address.target != "/" || url.back() == '/')
      return fail(Errc::kInvalidArgument, "[atlassian] account_url and api_url are origins, such as https://auth.atlassian.com.");
  }
  if ((" " + given.scopes + " ").find(" offline_access ") == std::string::npos)
    return fail(Errc::kInvalidArgument, "atlassian.scopes needs offline_access: without it nothing can be asked again.");
  if (given.recheck <= Duration::zero() || given.remember < given.recheck)
    return fail(Errc::kInvalidArgument, "atlassian.remember must be as long as atlassian.recheck, at least.");
  std::ifstream file(given.secret_file);
  std::string secret{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  while (!secret.empty() && (secret.back() == '\n' || secret.back() == '\r')) secret.pop_back();
  if (!file || secret.empty())
    return fail(Errc::kInvalidArgument, "The file of atlassian.client_secret_file can't be read, or is empty.");
  state->app = {given.account_url, given.api_url, given.client_id, SecretString(std::move(secret)), given.scopes};
  return std::unique_ptr<Atlassian>(new Atlassian(std::move(state)));
}

Atlassian::Departure Atlassian::depart(const LiveSession& session, const std::string& redirect_uri) {
  Services& services = state_->services;
  const std::string state = sign_value(services, kState, session.session.id, kAwayFor);
  std::string challenge;
  if (state_->settings.pkce) {
    // RFC 7636: the verifier is made again from the state's nonce, so that it lies nowhere meanwhile.
    const auto value = open_value(services, kState, state);
    const auto digest = crypto::sha256(state_->verifier(value ? value.value().nonce : std::string()));
    challenge = to_base64url(digest);
  }
  return {upstream::authorize_address(state_->app, redirect_uri, state, challenge), state};
}

Result<void> Atlassian::arrive(const LiveSession& session, const ClientInfo& client, const std::string& redirect_uri,
                               const std::string& query_state, const std::string& cookie_state, const std::string& code) {
  State& own = *state_;
  Services& services = own.services;
  // Somebody else's consent must not be bound to this person: it left from this browser and this session, or it does not count.
  if (query_state.empty() || query_state != cookie_state) return refused("state of another browser");
  GH_TRY(const SignedValue value, open_value(services, kState, query_state));
  if (value.payload != session.session.id) return refused("another session");
  if (code.empty()) return refused("Atlassian refused, or somebody went back");
  GH_TRY(const auto tokens, upstream::exchange_code(own.app, code, redirect_uri, own.verifier(value.nonce), services.fetch));
  if (tokens.refresh.empty()) return refused("no refresh token: is offline_access among the scopes of the app?");
  GH_TRY(const auto person, upstream::who_am_i(own.app, tokens.access, services.fetch));

  const Instant now = services.clock.now();
  AtlassianGrant grant;
  grant.user = session.user.id;
  grant.account_id = person.account_id;
  grant.name = person.name;
  grant.scopes = tokens.scopes;
  grant.sealed_access = services.sealer.seal(tokens.access, access_context(grant));
  grant.access_ends_at = now + tokens.lifetime;
  grant.sealed_refresh = services.sealer.seal(tokens.refresh, refresh_context(grant));
  grant.connected_at = grant.renewed_at = now;

  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const bool first, work->sign_in.use_once("atlassian " + value.nonce, value.ends_at));
  if (!first) return refused("used before");
  const auto before = work->atlassian.get(grant.user);
  if (!before && before.error().code != Errc::kNotFound) return before.error();
  if (before && before.value().account_id != grant.account_id)
    return fail(Errc::kConflict, "You are connected with another Atlassian account. Disconnect that one first, if you mean it.");
  GH_TRYV(work->atlassian.connect(grant));
  const Document after{{"atlassian_account", grant.account_id}, {"scopes", grant.scopes}};
  AuditEvent event =
      make_event(caller_of(session, client), "user.connect_atlassian", "user", grant.user.value, session.user.email);
  return commit(services, std::move(work), with_change(std::move(event), nullptr, &after));
}

Result<void> Atlassian::disconnect(const Caller& caller, const UserId& user) {
  Services& services = state_->services;
  GH_TRY(store::UnitOfWork work, services.database.begin());
  GH_TRY(const auto person, work->users.get(user));
  GH_TRY(const AtlassianGrant grant, work->atlassian.get(user));
  GH_TRYV(work->atlassian.disconnect(user));
  GH_TRYV(review_backing(services, *work.operator->(), person.value, Withdrawal::kOrdinary));
  const Document before{{"atlassian_account", grant.account_id}};
  AuditEvent event = make_event(caller, "user.disconnect_atlassian", "user", user.value, person.value.email);
  return commit(services, std::move(work), with_change(std::move(event), &before, nullptr));
}

Result<AtlassianGrant> Atlassian::State::grant_of(const UserId& user) const {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto person, reader->users.get(user));
  if (!is_live(person.value.state, person.value.pause, services.clock.now()))
    return fail(Errc::kNotAllowed, "That person is suspended: nothing is done in their name.");
  GH_TRY(AtlassianGrant grant, reader->atlassian.get(user));
  if (grant.ended_at) return consent_anew();
  return grant;
}

Result<AtlassianToken> Atlassian::State::open(const AtlassianGrant& grant) const {
  AtlassianToken token;
  GH_TRY(token.access, services.sealer.open(grant.sealed_access, access_context(grant)));
  token.account_id = grant.account_id;
  token.scopes = grant.scopes;
  token.ends_at = grant.access_ends_at;
  token.renewed_at = grant.renewed_at;
  return token;
}

Result<void> Atlassian::State::renew(const AtlassianGrant& grant) {
  GH_TRY(const SecretString refresh, services.sealer.open(grant.sealed_refresh, refresh_context(grant)));
  auto tokens = upstream::renew_tokens(app, refresh, services.fetch);
  if (!tokens && tokens.error().code == Errc::kUnauthenticated) return end(grant, tokens.error().log_detail);
  if (!tokens) {
    GH_TRYV(services.database.tend_atlassian([&grant](store::AtlassianGrants& atlassian, const store::Repositories&) {
      return atlassian.give_up_renewal(grant.user, grant.version);
    }));
    return tokens.error();
  }
  const Instant now = services.clock.now();
  // Where none came the old one goes on.
  const SecretString& next = tokens.value().refresh.empty() ? refresh : tokens.value().refresh;
  const std::string access = services.sealer.seal(tokens.value().access, access_context(grant));
  const std::string sealed = services.sealer.seal(next, refresh_context(grant));
  return services.database.tend_atlassian([&](store::AtlassianGrants& atlassian, const store::Repositories&) -> Result<void> {
    // False: it was disconnected or ended meanwhile, and stays so.
    GH_TRYV(atlassian.renew(grant.user, grant.version, access, now + tokens.value().lifetime, sealed, now));
    return success();
  });
}

Result<void> Atlassian::State::end(const AtlassianGrant& grant, const std::string& why) {
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(const AtlassianGrant present, at.atlassian.get(grant.user));
  // Connected anew, or renewed by another node whose token this one did not know yet.
  if (present.version != grant.version || present.ended_at) return success();
  GH_TRY(const auto person, at.users.get(grant.user));
  GH_TRYV(at.atlassian.end(grant.user, services.clock.now()));
  GH_TRYV(review_backing(services, at, person.value, Withdrawal::kOrdinary));
  GH_TRYV(queue_notice(services, at.outbox, {NoticeKind::kAtlassianEnded, "user", grant.user.value, person.value.email}));
  Caller caller;
  caller.actor_kind = "job";
  caller.actor_name = "atlassian";
  AuditEvent event = make_event(caller, "user.atlassian_ended", "user", grant.user.value, person.value.email);
  event.reason = why;
  return commit(services, std::move(work), std::move(event));
}

Result<AtlassianToken> Atlassian::token_for(const UserId& user, Instant renewed_after) {
  State& own = *state_;
  const auto fresh = [&own, renewed_after](const AtlassianGrant& grant) {
    return own.services.clock.now() + kRenewBefore < grant.access_ends_at && grant.renewed_at > renewed_after;
  };
  {
    GH_TRY(const AtlassianGrant grant, own.grant_of(user));
    if (fresh(grant)) return own.open(grant);
  }
  const OneAtATime::Turn turn(own.turns, user.value);
  for (int look = 0; look < kLooks; ++look) {
    GH_TRY(const AtlassianGrant grant, own.grant_of(user));
    if (fresh(grant)) return own.open(grant);
    bool ours = false;
    const Instant now = own.services.clock.now();
    GH_TRYV(
        own.services.database.tend_atlassian([&](store::AtlassianGrants& atlassian, const store::Repositories&) -> Result<void> {
          GH_TRY(ours, atlassian.begin_renewal(user, grant.version, now, now + kRenewalTakes));
          return success();
        }));
    if (ours) {
      GH_TRYV(own.renew(grant));
      GH_TRY(const AtlassianGrant renewed, own.grant_of(user));
      return own.open(renewed);
    }
    std::this_thread::sleep_for(kLookAgain);
  }
  return fail(Errc::kUpstreamFailed, "The sign-in at Atlassian could not be renewed in time; try again.");
}

Result<std::string> Atlassian::cloud_id_of(const Site& site, const SecretString& access) {
  if (!site.cloud_id.empty()) return site.cloud_id;
  State& own = *state_;
  {
    const std::lock_guard lock(own.mutex);
    if (const auto known = own.cloud_ids.find(site.base_url); known != own.cloud_ids.end()) return known->second;
  }
  GH_TRY(const auto sites, upstream::accessible_sites(own.app, access, own.services.fetch));
  const auto found =
      std::find_if(sites.begin(), sites.end(), [&site](const upstream::AtlassianSite& one) { return one.url == site.base_url; });
  // The person may not reach it at all, which is an answer.
  if (found == sites.end()) return std::string();
  const std::lock_guard lock(own.mutex);
  return own.cloud_ids[site.base_url] = found->cloud_id;
}

Result<Document> show_atlassian(Services& services, std::string_view user) {
  GH_TRY(const store::Reader reader, services.database.read());
  GH_TRY(const auto person, find_user(*reader.operator->(), user));
  GH_TRY(const AtlassianGrant grant, reader->atlassian.get(person.value.id));
  std::vector<Resource> counted;
  if (const AuthoritySource* const source = services.authority_source.load()) {
    GH_TRY(auto known, source->administered(*reader.operator->(), person.value, services.clock.now()));
    if (known) counted = std::move(*known);
  }
  GH_TRY(const auto known, reader->atlassian.known(person.value.id));
  Describer describer(*reader.operator->(), services.clock.now());
  boost::json::array administers;
  for (const Resource& one : counted) {
    GH_TRY(const std::string name, describer.resource_name(one));
    const auto answer = std::find_if(known.begin(), known.end(), [&one](const auto& each) { return each.resource.same(one); });
    administers.push_back(boost::json::object{
        {"resource", name},
        {"checked_at", answer == known.end() ? boost::json::value() : boost::json::value(format_instant(answer->checked_at))}});
  }
  return Document{{"user", person.value.email},
                  {"account", grant.account_id},
                  {"name", grant.name},
                  {"scopes", grant.scopes},
                  {"connected_at", format_instant(grant.connected_at)},
                  {"ended_at", instant_or_null(grant.ended_at)},
                  {"administers", std::move(administers)}};
}

Result<void> seal_atlassian_again(const Services& services, store::Repositories& at, const AtlassianGrant& grant) {
  GH_TRY(const SecretString access, services.sealer.open(grant.sealed_access, access_context(grant)));
  GH_TRY(const SecretString refresh, services.sealer.open(grant.sealed_refresh, refresh_context(grant)));
  GH_TRYV(at.atlassian.renew(grant.user, grant.version, services.sealer.seal(access, access_context(grant)), grant.access_ends_at,
                             services.sealer.seal(refresh, refresh_context(grant)), grant.renewed_at));
  return success();
}

}  // namespace gatehouse::admin
