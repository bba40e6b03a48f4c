// What repositories hand out: values with the version they were read at, and pages of them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gatehouse::store {

class Session;

/// `version` rises with each update; update() refuses with kConflict where the row has another one by now.
template <class T>
struct Stored {
  T value;
  std::int64_t version = 0;
};

/// Keyset paging: `after` is the `next` of the page before, or empty.
struct Page {
  std::string after;
  int limit = 100;  ///< 1 to 1000
};

template <class T>
struct Listed {
  std::vector<T> items;
  std::string next;  ///< empty: that was all
};

/// The sort of thing that a change or a lookup is about. The numbers are stored.
enum class Aggregate {
  kSite = 1,
  kUpstreamCredential,
  kUser,
  kAccount,
  kGrant,
  kCredential,
  kAdminKey,
  kSignInLink,
  kSetting,
  kOAuthKey = 20,
  kEndedToken,
  kConsent
};

}  // namespace gatehouse::store
