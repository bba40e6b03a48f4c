// What ends at once when a person is suspended, by an administrator or by the company's directory: all that authenticates as that
// person. Service accounts go on; whoever should know is told (admin/tell.h).
#pragma once

#include "admin/services.h"
#include "base/result.h"
#include "store/repositories.h"

namespace gatehouse::admin {

/// Sessions, administrator keys, links that sign in. In the unit of work of the suspension; none comes back when the person does.
Result<void> end_all_of(Services& services, store::Repositories& at, const UserId& user);

}  // namespace gatehouse::admin
