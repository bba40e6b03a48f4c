// The smallest change that would permit a refused request, tried out: what is missing is given to a copy of the credential, and
// the gateway's own code is asked again, until it permits or nothing that one could give is missing. Called by admin/explain.cpp.
#pragma once

#include <boost/json.hpp>
#include <optional>

#include "admin/services.h"
#include "base/result.h"
#include "gateway/explain.h"
#include "model/credential.h"
#include "model/decision.h"

namespace gatehouse::admin {

struct Remedy {
  /// [{"kind","what","resource","scopes","may","people","command"}]
  boost::json::array changes;
  /// With all of them it would be permitted; nothing: there is nothing to change, or it could not be tried.
  std::optional<bool> suffice;
};

/// `wanted` as it was explained, and `token` its record. Where `wanted.name_outside` is set, resources outside of the boundary
/// are named; else it is only said that there may be one. Look-ups are carried out, each once; where `wanted.hide_found` is set,
/// never with what the account lacks or what was taken from it: `suffice` then says nothing.
Result<Remedy> find_remedy(Services& services, const gateway::ExplainRequest& wanted, const Credential& token,
                           const gateway::LookupFunction& lookup);

/// Of a token that has ended for ever: another one.
Result<Remedy> replace_token(Services& services, const Credential& token);

}  // namespace gatehouse::admin
