// Pausing, and who may end a pause: of a token, an account, a grant or a site as a whole, and of one resource for a token, an
// account or everybody. Used by those nouns' use cases and by the REST API.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "admin/common.h"
#include "model/principal.h"
#include "model/resource_pause.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// Organization administrators, commands on the host and jobs may always; owners and deputies (`answerable`) and who administers
/// the resource (`covers`) where the pause says so; nobody where it waits for an approval. kNotAllowed says who may.
Result<void> check_may_resume(const Principal& who, const Pause& pause, const std::vector<UserId>& answerable, bool covers);

/// `wanted` as `who` may set it over the `present` one: who may not end a pause may not replace it either, and only an
/// organization administrator's can be kept from those who answer for the record.
Result<Pause> replace_pause(const Principal& who, Pause wanted, const std::optional<Pause>& present,
                            const std::vector<UserId>& answerable, bool covers, Instant now);
/// The pause that is in force, or nothing.
std::optional<Pause> pause_in_force(State state, const Pause& pause, Instant now);

/// Who answers for what is paused.
Result<std::vector<UserId>> answerable_for(const store::Repositories& at, const Credential& credential);
Result<std::vector<UserId>> answerable_for(const store::Repositories& at, const Grant& grant);
Result<std::vector<UserId>> answerable_for(const store::Repositories& at, const Site& site);
std::vector<UserId> answerable_for(const ServiceAccount& account);

/// Pauses one resource for a token, an account or a site, by id or name; `*` is the whole of a site. Nothing else of them is
/// touched. The site is asked what the key means now; where it can't be asked, what was granted under that key counts. Returns
/// the record that it is paused for. In force on this node on return; requests of others that are under way go on.
Result<Document> pause_resource(Services& services, const Caller& caller, PausedFor whom, std::string_view subject,
                                std::string_view resource, const PauseRequest& request);
/// kNotFound where it is not paused there.
Result<Document> resume_resource(Services& services, const Caller& caller, PausedFor whom, std::string_view subject,
                                 std::string_view resource);

}  // namespace gatehouse::admin
