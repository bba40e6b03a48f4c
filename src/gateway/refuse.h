// refuse: the one place that turns a Refusal into HTTP. Every text that the gateway itself says to a client is in refuse.cpp.
#pragma once

#include <string>
#include <string_view>

#include "gateway/refusal.h"
#include "model/decision.h"
#include "model/site.h"

namespace gatehouse::gateway {

struct RefusalAnswer {
  int status = 500;
  std::string head;  ///< header fields, each ended by CRLF
  std::string body;
};

/// In which form an API tells its errors. kProblem: RFC 9457, of OpenAPI sites.
enum class ErrorForm : std::uint8_t { kJira = 0, kServiceDesk, kConfluence, kProblem };
/// By the site's product and the path of the request at the site.
ErrorForm error_form(Product product, std::string_view site_path) noexcept;

/// What a refusal is about, beside itself.
struct RefusalContext {
  ErrorForm form = ErrorForm::kJira;
  std::string_view request_id;
  std::string_view object;  ///< "Issue", "Project" …: what the operation's path names; of every object alike
};

/// The sentence alone.
std::string refusal_text(const Refusal& refusal, const RefusalContext& context);
/// In the form that the product's clients parse.
RefusalAnswer refusal_answer(const Refusal& refusal, const RefusalContext& context);

/// Header fields of every answer of the gateway: nosniff, a sandboxing CSP, no caching, the request's id.
void append_common_fields(std::string_view request_id, std::string& head);

/// The error of an upstream answer, rewritten for a bounded token: fields keep their names, texts are kept where they are known
/// to say nothing of other projects. Empty where `answer` can't be read.
std::string safe_error_body(std::string_view answer);
/// What stands in the place of an error whose own words may name what lies outside: of all but Jira.
std::string replaced_error(ErrorForm form, int status);

}  // namespace gatehouse::gateway
