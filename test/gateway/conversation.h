// Conversation: runs one request through a GatewayExchange, with answers of the site that were written down, and no socket.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/gateway.h"
#include "http/exchange.h"
#include "test/gateway/world.h"

namespace gatehouse::gateway {

/// What the gateway asked the site.
struct Asked {
  std::string method;
  std::string target;
  std::string head;  ///< the whole head
  std::string body;
  bool lookup = false;
  std::string pool_key;  ///< of the route: which credential was shown
};

/// What the site says to it.
struct SiteAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool fails = false;
  std::size_t piece = 0;  ///< the body comes in pieces of so many bytes; 0: in two halves
  bool cut_off = false;   ///< the site goes away before the last of them
  bool late = false;      ///< it fails by taking too long
};

struct Answered {
  int status = 0;
  std::string head;
  std::string body;
  bool aborted = false;
  std::int64_t length = -1;  ///< as the head says it; -1: chunked
  std::size_t largest = 0;   ///< bytes of the largest piece that was given to the client
};

class SiteScript {
 public:
  virtual ~SiteScript() = default;
  virtual SiteAnswer answer(const Asked& asked) = 0;
};

/// `text`: a whole HTTP/1.1 request as on the wire, with its body. The field metadata of the site is answered here, unless
/// `script` is to see it.
Answered converse(World& world, http::Exchange& exchange, std::string_view text, SiteScript& script,
                  bool script_sees_fields = false);

/// What GET /rest/api/3/field says in these tests.
std::string_view field_metadata();

/// One request line, with a bearer token and a JSON body where there is one.
std::string request_text(std::string_view line, std::string_view token, std::string_view body = {});

}  // namespace gatehouse::gateway
