// What most routes share: replies made of documents, paging parameters, pauses.
#pragma once

#include <utility>
#include <vector>

#include "admin/common.h"
#include "api/route.h"

namespace gatehouse::api {

Reply reply(admin::Document document, int status = 200);
/// {"items":[…],"next":…}
Reply reply(admin::Documents documents);
/// For GH_TRY-less handlers: passes the error on.
Result<Reply> reply(Result<admin::Document> document, int status = 200);
Result<Reply> reply(Result<admin::Documents> documents);

Result<store::Page> page_of(const Call& call);
Result<admin::PauseRequest> pause_of(const Call& call);

/// `fields` and the two of paging.
std::vector<Field> with_paging(std::vector<Field> fields);
/// "reason", "until" and "resume_by".
std::vector<Field> pause_fields();
/// The same with "resource", and what ends such a pause.
std::vector<Field> resource_pause_fields();
std::vector<Field> resource_resume_fields();
std::vector<Field> reason_field();

}  // namespace gatehouse::api
