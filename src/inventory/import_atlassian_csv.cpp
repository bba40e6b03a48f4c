// The CSV that Atlassian Administration exports of API tokens. Its column names are not documented: several are understood
// (docs/operate/register.md), and what is not understood is left aside.
#include <algorithm>
#include <array>
#include <span>

#include "inventory/csv.h"
#include "inventory/import.h"

namespace gatehouse::inventory {
namespace {

using namespace std::string_view_literals;

/// Compared in lower case, with letters and digits only: "Last active (UTC)" is "lastactive".
constexpr std::array kId{"tokenid"sv, "id"sv, "apitokenid"sv};
constexpr std::array kLabel{"label"sv, "tokenlabel"sv, "tokenname"sv, "name"sv, "token"sv, "apitoken"sv};
constexpr std::array kHolder{"user"sv, "username"sv, "owner"sv, "createdby"sv, "fullname"sv, "displayname"sv};
constexpr std::array kHolderId{"userid"sv, "accountid"sv, "atlassianid"sv};
constexpr std::array kEmail{"email"sv, "useremail"sv, "emailaddress"sv, "owneremail"sv};
constexpr std::array kStatus{"status"sv, "tokenstatus"sv, "state"sv};
constexpr std::array kCreated{"created"sv, "createdat"sv, "createdon"sv, "createddate"sv, "creationdate"sv, "datecreated"sv};
constexpr std::array kExpires{"expires"sv, "expiresat"sv, "expireson"sv, "expiry"sv, "expirydate"sv, "expirationdate"sv};
constexpr std::array kActive{"lastactive"sv, "lastactiveat"sv, "lastused"sv, "lastusedat"sv, "lastactivity"sv, "lastseen"sv};

std::string plain(std::string_view name) {
  std::string out;
  for (const char letter : name) {
    if (letter >= 'A' && letter <= 'Z') out += static_cast<char>(letter - 'A' + 'a');
    if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) out += letter;
  }
  if (out.size() > 3 && out.compare(out.size() - 3, 3, "utc") == 0) out.resize(out.size() - 3);
  return out;
}

constexpr std::size_t kNone = static_cast<std::size_t>(-1);

std::size_t find_column(const CsvRow& header, std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    for (std::size_t at = 0; at < header.cells.size(); ++at) {
      if (plain(header.cells[at]) == name) return at;
    }
  }
  return kNone;
}

/// With a zone as it is. Without one as UTC; a day alone as its beginning, so that nobody is told too late.
Result<std::optional<Instant>> read_time(const std::string& text) {
  if (text.empty() || text == "-" || plain(text) == "never") return std::optional<Instant>();
  for (const std::string& tried : {text, text + "Z", text + "T00:00:00Z"}) {
    std::string form = tried;
    // "2026-05-01 10:00:00" is written with a space by some.
    if (form.size() > 10 && form[10] == ' ') form[10] = 'T';
    if (const auto at = parse_instant(form)) return std::optional(at.value());
  }
  return fail(Errc::kInvalidArgument, "not a date or time such as 2026-05-01 or 2026-05-01T10:00:00Z");
}

struct Columns {
  std::size_t id, label, holder, holder_id, email, status, created, expires, active;
};

Result<Columns> read_columns(const CsvRow& header) {
  Columns columns{find_column(header, kId),       find_column(header, kLabel),   find_column(header, kHolder),
                  find_column(header, kHolderId), find_column(header, kEmail),   find_column(header, kStatus),
                  find_column(header, kCreated),  find_column(header, kExpires), find_column(header, kActive)};
  if (columns.label == kNone || columns.expires == kNone || (columns.email == kNone && columns.holder == kNone)) {
    return fail(
        Errc::kInvalidArgument,
        "Line " + std::to_string(header.line) +
            ": the first line must name a column for the token (Token name or Label), one for whose it is (Email or User), "
            "and one for its end (Expires at).");
  }
  return columns;
}

}  // namespace

Result<AtlassianListing> read_atlassian_csv(std::string_view text, std::string_view organization) {
  GH_TRY(const std::vector<CsvRow> rows, read_csv(text));
  if (rows.empty()) return fail(Errc::kInvalidArgument, "The file is empty; its first line must name the columns.");
  GH_TRY(const Columns columns, read_columns(rows.front()));
  AtlassianListing out;
  out.source = store::ExternalSource::kAtlassianCsv;
  out.organization = organization;
  for (std::size_t i = 1; i < rows.size(); ++i) {
    const CsvRow& row = rows[i];
    const auto cell = [&row](std::size_t column) { return column < row.cells.size() ? row.cells[column] : std::string(); };
    AtlassianToken token;
    for (const auto& [column, into] :
         {std::pair(columns.created, &token.created_at), std::pair(columns.expires, &token.expires_at),
          std::pair(columns.active, &token.last_active_at)}) {
      const auto at = read_time(cell(column));
      if (!at) {
        return fail(Errc::kInvalidArgument, "Line " + std::to_string(row.line) + ", column " + rows.front().cells[column] + ": " +
                                                at.error().public_detail + ".");
      }
      *into = at.value();
    }
    token.id = cell(columns.id);
    token.label = cell(columns.label);
    token.status = cell(columns.status);
    token.holder_id = cell(columns.holder_id);
    token.holder_name = cell(columns.holder);
    token.holder_email = cell(columns.email);
    if (token.holder_email.empty() && token.holder_name.find('@') != std::string::npos) token.holder_email = token.holder_name;
    token.service_account = token.holder_email.find("@serviceaccount.atlassian.com") != std::string::npos;
    out.tokens.push_back(std::move(token));
  }
  return out;
}

}  // namespace gatehouse::inventory
