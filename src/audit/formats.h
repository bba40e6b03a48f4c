// One audit record as a line of CSV or CEF, for programs that are not Gatehouse. JSON Lines, with the MACs, stands in export.h.
#pragma once

#include <string>

#include "model/audit_event.h"

namespace gatehouse::audit {

std::string csv_header();
/// Every field in quotes (RFC 4180). A spreadsheet takes a text that begins with = + - @, tab, CR or LF for a formula: such a one
/// gets a quote mark before it, which spreadsheets do not show.
std::string to_csv_line(const AuditRecord& record);
/// ArcSight's Common Event Format, version 0, without a syslog header: CEF:0|Gatehouse|…
std::string to_cef_line(const AuditRecord& record);

}  // namespace gatehouse::audit
