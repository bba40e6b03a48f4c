// What the stand-in knows of Confluence: spaces, and content of every type as one kind of record. Part of Site (sandbox/site.h).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

namespace gatehouse::sandbox {

using WikiId = std::int64_t;

struct WikiProperty {
  std::string key;
  boost::json::value value;
  int version = 1;
};

struct WikiSpace {
  WikiId id = 0;
  std::string key;
  std::string name;
  std::string description;
  std::string canary;
  WikiId homepage = 0;
  std::map<WikiId, WikiProperty> properties;
  std::vector<std::string> labels;
  std::map<std::string, std::string> roles;  ///< account id → role
  boost::json::object settings;
};

struct WikiContent {
  WikiId id = 0;
  std::string type;  ///< page, blogpost, attachment, footer-comment, inline-comment, custom-content, whiteboard, database,
                     ///< folder, embed, task, template
  WikiId space = 0;
  WikiId parent = 0;     ///< in the tree of the space
  WikiId container = 0;  ///< what an attachment, comment, task or custom content belongs to
  WikiId reply_to = 0;
  std::string title;
  std::string body;  ///< storage format
  std::string status = "current";
  std::string author;
  std::string more;  ///< the type of custom content, the address of an embed, the media type of an attachment
  std::vector<std::string> old_bodies;
  std::set<std::string> readers;  ///< read restrictions; empty: none
  std::set<std::string> reader_groups;
  std::set<std::string> writers;
  std::vector<std::string> labels;
  std::set<std::string> likes;
  std::set<std::string> watchers;
  std::map<WikiId, WikiProperty> properties;
  WikiId index_space = 0;  ///< what the search index and lists of descendants still believe; 0: the same
};

struct Wiki {
  std::map<WikiId, WikiSpace> spaces;
  std::map<WikiId, WikiContent> contents;
  std::map<std::string, WikiId> labels;  ///< name → id
  std::map<WikiId, std::string> tasks;   ///< long ones: what they did
  WikiId next_id = 90000;
};

// The seed (wiki_seed.cpp says what lies where).
inline constexpr WikiId kSpaceA = 65001, kSpaceB = 65002, kSpaceC = 65003;
inline constexpr WikiId kSpaceOps = 65005;  ///< has the key that A had
inline constexpr WikiId kHomeA = 70000, kPageA = 70001, kChildA = 70002, kRestrictedA = 70003, kBelowRestrictedA = 70004;
inline constexpr WikiId kBlogA = 70005, kWhiteboardA = 70006, kDatabaseA = 70007, kFolderA = 70008, kEmbedA = 70009;
inline constexpr WikiId kCustomA = 70010, kFooterA = 70011, kInlineA = 70012, kReplyA = 70013, kAttachmentA = 70014;
inline constexpr WikiId kTaskA = 70015, kTemplateA = 70016, kPropertyA = 70017, kSpacePropertyA = 70018, kFiledA = 70019;
/// Each space has the same, so much further on.
inline constexpr WikiId kWikiStep = 1000;
inline constexpr WikiId kMovedToB = 70500;  ///< made in A, lies in B; index and lists of A still have it

}  // namespace gatehouse::sandbox
