// House: the stand-in for Jira and a real gateway before it, both on ports of 127.0.0.1, in this process; and the tokens that
// the escape test holds. No database: the index and the site table are filled by hand, as admin's index feed does it.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "sandbox/sandbox.h"
#include "sandbox/site.h"
#include "test/escape/http_client.h"

namespace gatehouse::catalogue {
class Catalogue;
}

namespace gatehouse::escape {

/// Tokens, all of which open project A alone; those of Confluence open its space A alone.
enum Bearer : unsigned {
  kByBoundary = 0,  ///< its account is granted A and B; the token's boundary names A only. Every scope there is
  kByGrant = 1,     ///< its boundary names A, B and C; its account is granted A only, under the key that A had before (OPS)
  kClassic = 2,     ///< like kByBoundary, with the two scopes that most tokens have
  kPaused = 3,      ///< its boundary and grants name A and B, and B is paused for it
  kProposed = 4,    ///< a token for the whole site whose proposed boundary, A, counts since an hour ago
  kAccess = 5,      ///< an access token, sealed, narrowed to A, of an OAuth client whose boundary and grants are the whole site
  kSigned = 6,      ///< the same as a JWT, narrowed to A by actions, and exchanged once (RFC 8693)
  kSpace = 7,       ///< its grant leaves out what is restricted. The display key of its space is the one that A had before (OPS)
  kSpaceAll = 8,    ///< its grant includes what is restricted; it only reads here
  kOfApp = 9,       ///< an access token of an app, by which a person who sees everything lets it act in A
  kApi = 10,        ///< for project A of the site that kApiDocument describes: the same objects, by a document alone
  kBearers = 11,
};

/// Whether a token is for Confluence.
inline bool is_wiki(unsigned bearer) { return bearer == kSpace || bearer == kSpaceAll; }
/// Whether it may see what a level or a restriction hides in A. A document knows nothing of such levels.
inline bool sees_restricted(unsigned bearer) { return bearer == kSpaceAll || bearer == kApi; }

/// Of House::reset: five hundred more issues in A, all with long texts; the index still finds B-6 among them.
inline constexpr unsigned kLongLists = 1U << 30;

class House {
 public:
  House();  ///< ends the process where something does not start
  ~House();
  House(const House&) = delete;
  House& operator=(const House&) = delete;

  sandbox::Sandbox& sandbox() { return sandbox_; }
  const catalogue::Catalogue& catalogue() const;
  const catalogue::Catalogue& wiki_catalogue() const;
  const catalogue::Catalogue& api_catalogue() const;
  std::uint16_t port() const;
  const std::string& token(unsigned bearer) const { return tokens_.at(bearer); }
  /// What the site's requests begin with: "http://127.0.0.1:PORT".
  std::string site_url() const { return "http://127.0.0.1:" + std::to_string(sandbox_.port()); }

  /// `target` is the site's own; the prefix of the site is put before it.
  Answer ask(HttpClient& client, const Question& question) const;

  /// The seed again, with the reading of ambiguous requests that `variant` stands for; recorded requests forgotten.
  void reset(unsigned variant);

 private:
  struct Gateway;
  sandbox::Sandbox sandbox_;
  std::unique_ptr<Gateway> gateway_;
  std::array<std::string, kBearers> tokens_;
};

/// Projects of the seed other than A, by key.
inline constexpr std::array<const char*, 5> kForeignProjects = {"B", "C", "D", "HR", "OPS"};

}  // namespace gatehouse::escape
