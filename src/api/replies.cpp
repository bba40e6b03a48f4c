#include "api/replies.h"

#include "api/routes.h"

namespace gatehouse::api {

Reply reply(admin::Document document, int status) {
  Reply answer;
  answer.status = status;
  answer.body = std::move(document);
  return answer;
}

Reply reply(admin::Documents documents) {
  boost::json::object page;
  page["items"] = std::move(documents.items);
  page["next"] = documents.next.empty() ? boost::json::value(nullptr) : boost::json::value(documents.next);
  return reply(std::move(page));
}

Result<Reply> reply(Result<admin::Document> document, int status) {
  if (!document) return document.error();
  return reply(std::move(document.value()), status);
}

Result<Reply> reply(Result<admin::Documents> documents) {
  if (!documents) return documents.error();
  return reply(std::move(documents.value()));
}

Result<store::Page> page_of(const Call& call) { return admin::make_page(call.text("cursor"), call.integer("limit")); }

Result<admin::PauseRequest> pause_of(const Call& call) {
  admin::PauseRequest request;
  request.reason = call.text("reason");
  GH_TRY(request.until, call.instant("until"));
  request.resume_by = call.text("resume_by");
  return request;
}

std::vector<Field> with_paging(std::vector<Field> fields) {
  fields.push_back({"cursor", Type::kText, false, "The `next` of the page before."});
  fields.push_back({"limit", Type::kInteger, false, "How many at most, 1 to 1000; 100 by default."});
  return fields;
}

std::vector<Field> pause_fields() {
  return {{"reason", Type::kText, false, "Why; stands in the audit log and in the lists."},
          {"until", Type::kInstant, false, "When the pause is over by itself; left out: when somebody resumes it."},
          {"resume_by",
           Type::kText,
           false,
           "Who may end it before: org-admin by default; owner: its owners and deputies too.",
           {"owner", "org-admin"}}};
}

std::vector<Field> resource_pause_fields() {
  std::vector<Field> fields = pause_fields();
  fields.push_back({"resource", Type::kText, false, "Only this resource, such as acme/A; everything else goes on."});
  return fields;
}

std::vector<Field> resource_resume_fields() {
  return {{"resource", Type::kText, false, "The pause of this resource alone; left out: the pause of the whole."}};
}

std::vector<Field> reason_field() { return {{"reason", Type::kText, false, "Why; stands in the audit log."}}; }

std::vector<Route> all_routes() {
  std::vector<Route> all;
  for (auto part : {self_routes,       sign_in_routes,  directory_routes, transfer_routes, site_routes,   user_routes,
                    account_routes,    register_routes, grant_routes,     token_routes,    client_routes, app_routes,
                    federation_routes, rotation_routes, insight_routes,   report_routes,   usage_routes,  propose_routes,
                    audit_routes,      policy_routes,   authority_routes, apply_routes,    notify_routes}) {
    for (Route& route : part()) all.push_back(std::move(route));
  }
  return all;
}

}  // namespace gatehouse::api
