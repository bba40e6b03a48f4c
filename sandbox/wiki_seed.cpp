// Confluence of the seed. Each of the spaces A, B, C and OPS (under A's old key) has, from its home page on:
//
//   home ─┬─ page ── child page
//         ├─ restricted page (to its author) ── page below it, which inherits that
//         ├─ folder ── filed page
//         ├─ whiteboard, database, embed
//   beside them a blog post, custom content, an attachment, a footer comment with a reply, an inline comment and a task of the
//   page, a template, properties of the page and of the space. All names and texts hold the space's canary; what A's restriction
//   hides holds that of "A-level".
//
// Page 70500 was made in A and lies in B. The body of A's child page includes B's page; that of B holds B's canary.
#include "sandbox/seed.h"

namespace gatehouse::sandbox {
namespace {

class WikiSeed {
 public:
  WikiSeed(Site& site, WikiId space, const char* key, const char* author, WikiId step)
      : site_(site), space_(space), canary_(Sandbox::canary(key)), author_(author), step_(step), key_(key) {}

  void run() {
    WikiSpace& space = site_.wiki.spaces[space_];
    space.id = space_;
    space.key = key_;
    space.canary = canary_;
    space.name = "Space " + canary_;
    space.description = "About " + canary_;
    space.homepage = kHomeA + step_;
    space.properties[kSpacePropertyA + step_] = WikiProperty{"owner", boost::json::value(canary_), 1};
    space.labels = {"label-" + canary_};
    space.roles[author_] = "admin";
    space.settings = {{"routeOverrideEnabled", true}, {"contentMode", "standard"}};
    tree();
    parts();
  }

 private:
  WikiContent& add(WikiId id, const char* type, const std::string& title, WikiId parent = 0) {
    WikiContent& content = site_.wiki.contents[id + step_];
    content.id = id + step_;
    content.type = type;
    content.space = space_;
    content.parent = parent == 0 ? 0 : parent + step_;
    content.title = title + " " + canary_;
    content.body = "<p>" + title + " says " + canary_ + "</p>";
    content.author = author_;
    return content;
  }

  WikiContent& part(WikiId id, const char* type, const std::string& title, WikiId container) {
    WikiContent& content = add(id, type, title);
    content.container = container + step_;
    return content;
  }

  void tree() {
    const std::string hidden = space_ == kSpaceA ? Sandbox::canary("A-level") : canary_;
    add(kHomeA, "page", "Home");
    WikiContent& page = add(kPageA, "page", "Page", kHomeA);
    page.labels = {"seeded"};
    page.likes = {kAlice};
    page.old_bodies = {"<p>Older " + canary_ + "</p>"};
    page.properties[kPropertyA + step_] = WikiProperty{"seeded", boost::json::value(canary_), 1};
    WikiContent& child = add(kChildA, "page", "Child", kPageA);
    child.body +=
        "<ac:structured-macro ac:name=\"include\"><ac:parameter ac:name=\"\"><ri:page ri:content-title=\"Page\" "
        "ri:space-key=\"B\"/></ac:parameter></ac:structured-macro>";
    WikiContent& restricted = add(kRestrictedA, "page", "Restricted", kHomeA);
    restricted.readers = {author_};
    restricted.title = "Restricted " + hidden;
    restricted.body = "<p>Restricted text " + hidden + "</p>";
    WikiContent& below = add(kBelowRestrictedA, "page", "Below", kRestrictedA);
    below.title = "Below " + hidden;
    below.body = "<p>Restricted text " + hidden + "</p>";
    add(kFolderA, "folder", "Folder", kHomeA);
    add(kFiledA, "page", "Filed", kFolderA);
    add(kWhiteboardA, "whiteboard", "Whiteboard", kHomeA);
    add(kDatabaseA, "database", "Database", kHomeA);
    add(kEmbedA, "embed", "Embed", kHomeA).more = "https://example.com/" + canary_;
  }

  void parts() {
    add(kBlogA, "blogpost", "Blog post").labels = {"seeded"};
    part(kCustomA, "custom-content", "Custom", kPageA).more = "ac:app:note";
    part(kFooterA, "footer-comment", "Re: Page", kPageA);
    part(kReplyA, "footer-comment", "Re: Page", kPageA).reply_to = kFooterA + step_;
    part(kInlineA, "inline-comment", "Re: Page", kPageA);
    WikiContent& file = part(kAttachmentA, "attachment", "file", kPageA);
    file.title = "file-" + canary_ + ".txt";
    file.more = "text/plain";
    part(kTaskA, "task", "Task", kPageA);
    add(kTemplateA, "template", "Template");
  }

  Site& site_;
  WikiId space_;
  std::string canary_;
  std::string author_;
  WikiId step_;
  const char* key_;
};

}  // namespace

void seed_wiki(Site& site) {
  site.wiki = {};
  WikiSeed(site, kSpaceA, "A", kAlice, 0).run();
  WikiSeed(site, kSpaceB, "B", kBea, kWikiStep).run();
  WikiSeed(site, kSpaceC, "C", kCarl, 2 * kWikiStep).run();
  WikiSeed(site, kSpaceOps, "OPS", kBob, 4 * kWikiStep).run();
  WikiContent moved = site.wiki.contents.at(kPageA + kWikiStep);
  moved.id = kMovedToB;
  moved.parent = kHomeA + kWikiStep;
  moved.index_space = kSpaceA;
  moved.properties.clear();
  moved.title = "Moved " + Sandbox::canary("B");
  site.wiki.contents[kMovedToB] = std::move(moved);
  site.wiki.labels = {{"seeded", 80001}, {"other", 80002}};
  for (const auto& [id, space] : site.wiki.spaces) site.wiki.labels["label-" + space.canary] = 80000 + id;
}

}  // namespace gatehouse::sandbox
