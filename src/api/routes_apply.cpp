// What ought to be there, as a file: apply and export.
#include "api/replies.h"
#include "api/routes.h"
#include "inventory/apply.h"

namespace gatehouse::api {
namespace {

Result<Reply> apply(Call& call) {
  return reply(inventory::apply_file(call.services, call.caller, call.text("text"), {call.flag("dry_run"), call.flag("prune")}));
}

Result<Reply> export_all(Call& call) {
  Reply answer;
  answer.content_type = "application/yaml";
  GH_TRY(answer.raw, inventory::export_file(call.services, call.caller, call.text("label")));
  return answer;
}

}  // namespace

std::vector<Route> apply_routes() {
  const std::vector<Field> fields{
      {"text", Type::kText, true, "The file: docs/reference/apply_form.md."},
      {"dry_run", Type::kBoolean, false, "Check everything, say what would be changed, and change nothing."},
      {"prune", Type::kBoolean, false, "What the file's label owns and the file does not name any more goes."}};
  const std::vector<Field> label{{"label", Type::kText, false, "Only what the files of this label own."}};
  return {
      {"POST",
       "/api/v1/apply",
       "apply",
       "apply",
       "Bring what is there to what the file says: all of it, or nothing.",
       Need::kApply,
       {},
       fields,
       "Applied",
       200,
       apply},
      {"GET",
       "/api/v1/apply/export",
       "exportApply",
       "apply",
       "What is there, as such a file, without secrets.",
       Need::kSee,
       label,
       {},
       "text",
       200,
       export_all},
  };
}

}  // namespace gatehouse::api
