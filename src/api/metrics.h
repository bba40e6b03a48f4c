// /readyz and /metrics: whether this node can do its work, and what it has done (Prometheus text format 0.0.4).
#pragma once

#include "admin/services.h"
#include "api/message.h"
#include "inventory/report.h"

namespace gatehouse::api {

/// 200 where the store can be read, the index is fresh and the audit head can be written; else 503 with the reason for operators.
Response readiness(admin::Services& services);
/// No token, e-mail address or project name stands in it.
/// `counts` are how many findings each report has.
Response metrics(admin::Services& services, inventory::ReportCounts& counts);

}  // namespace gatehouse::api
