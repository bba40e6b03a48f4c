// `gatehouse jql confine` and `gatehouse cql confine`: narrow queries by hand, one a line, without a server or a data folder.
#pragma once

#include <CLI/CLI.hpp>

namespace gatehouse::local {

/// Adds both commands to `root`. They read standard input to its end and answer each line with one line of JSON, written out at
/// once: {"ok":true,"jql":"…"} (or "cql"), or {"ok":false,"error":"…","at":N} with a byte offset. Refused lines leave
/// `exit_status` at 0. With --strict, what the query names and nobody can look up here is listed as "to_prove".
/// `exit_status` must outlive the parse.
void add_query_commands(CLI::App& root, int& exit_status);

}  // namespace gatehouse::local
