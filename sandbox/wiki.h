// What the routes of Confluence share: finding content as leniently as a real site might, its two JSON forms, and lists that go
// on by cursors.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/web.h"

namespace gatehouse::sandbox {

/// Errors in the forms of the two versions, by the path of the call. They name what was asked for, as Confluence does.
[[noreturn]] void refuse_wiki(const Call& call, int status, const std::string& message);

std::string wiki_id(const WikiContent& content);  ///< "att70014" of an attachment
WikiId wiki_number(std::string_view id);          ///< with or without "att"; -1: none
/// "pages" → "page"; empty for none.
std::string wiki_type(std::string_view collection);
std::string wiki_collection(std::string_view type);

/// Of the type, or of any where it is empty; 404.
WikiContent& wiki_content(Call& call, std::string_view id, std::string_view type = {});
/// Of the path: `?id=` beats it where frameworks bind parameters by name.
WikiContent& wiki_content(Call& call, std::size_t arg = 0);
WikiSpace& wiki_space(Call& call, std::string_view id);          ///< by number; 404
WikiSpace& wiki_space_by_key(Call& call, std::string_view key);  ///< of any case; 404
/// Of the space in which it lies, or in which what it belongs to lies.
WikiId wiki_home(const Site& site, const WikiContent& content);
/// Refused where `content` would then belong to itself, at whatever depth.
void put_into(Call& call, WikiContent& content, WikiId container);
std::vector<WikiContent*> wiki_below(Site& site, WikiId id);  ///< the whole tree, as it is; without itself

/// As pages (…) show it: `body_format` storage, atlas_doc_format, view (macros rendered: the included page with it), or none.
json::object wiki_json(Call& call, const WikiContent& content, std::string_view body_format);
std::string wiki_rendered(Call& call, const WikiContent& content);
json::object wiki_space_json(Call& call, const WikiSpace& space);
/// As the first version shows it.
json::object wiki_v1_json(Call& call, const WikiContent& content);
json::object wiki_v1_space_json(Call& call, const WikiSpace& space);
json::object wiki_user(const Call& call, const std::string& account_id);
json::object wiki_property_json(WikiId id, const WikiProperty& property);

/// One page of `values` by `cursor` and `limit`, with the link to the next. The cursor names the last entry in clear text.
Reply wiki_page(Call& call, json::array values);
/// One page by `start` and `limit`.
Reply wiki_v1_page(Call& call, json::array values);

void seed_wiki(Site& site);
/// A digest of all that belongs to the space.
std::string wiki_digest(const Site& site, WikiId space);

void add_wiki_routes(Routes& routes);         // second version, reading
void add_wiki_write_routes(Routes& routes);   // second version, writing
void add_wiki_first_routes(Routes& routes);   // first version: content
void add_wiki_space_routes(Routes& routes);   // first version: spaces, templates, users, settings
void add_wiki_search_routes(Routes& routes);  // CQL

}  // namespace gatehouse::sandbox
