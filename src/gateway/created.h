// What a write made, as its answer names it. record.cpp tells it, so that `trace` finds the request by the new issue.
#pragma once

#include <string>
#include <string_view>

namespace gatehouse::gateway {

/// Words with a space between them; empty where the answer names nothing.
struct Created {
  std::string keys;
  std::string ids;
};

/// Of `{"id": …, "key": …}` and of `{"issues": [{"id": …, "key": …}, …]}`, as Jira answers 201 (Create issue, Bulk create issue).
/// What is no JSON, or no plain id or key, is left out.
Created read_created(std::string_view answer);

}  // namespace gatehouse::gateway
