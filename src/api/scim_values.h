// From the JSON of SCIM to what the directory says, and back. Pure.
#pragma once

#include <boost/json.hpp>
#include <string>
#include <string_view>

#include "admin/directory.h"

namespace gatehouse::api {

/// A member by its name without regard to case (RFC 7643 section 2.1); nullptr where there is none.
const boost::json::value* scim_member(const boost::json::object& object, std::string_view name);

/// A whole user (POST, PUT). kInvalidArgument where userName is missing or a value has another type.
Result<admin::DirectoryUser> read_scim_user(const boost::json::object& object);
Result<admin::DirectoryGroupIs> read_scim_group(const boost::json::object& object);

/// RFC 7644 section 3.5.2, applied in order. Paths that lead to what is not kept here change nothing.
Result<void> patch_scim_user(const boost::json::object& patch, admin::DirectoryUser& user);
Result<void> patch_scim_group(const boost::json::object& patch, admin::DirectoryGroupIs& group);

/// `ATTRIBUTE eq "VALUE"` (section 3.4.2.2) of the attributes that directories ask for; anything else is kInvalidArgument.
Result<store::DirectoryFilter> read_scim_filter(std::string_view filter, bool groups);

boost::json::object scim_user(const admin::KnownUser& user, std::string_view base);
boost::json::object scim_group(const admin::KnownGroup& group, std::string_view base);

inline constexpr std::string_view kScimUserSchema = "urn:ietf:params:scim:schemas:core:2.0:User";
inline constexpr std::string_view kScimGroupSchema = "urn:ietf:params:scim:schemas:core:2.0:Group";

}  // namespace gatehouse::api
