// Attachments. Contents are on the media host, behind a redirect that needs no credential, as Atlassian's are.
#include <algorithm>

#include "sandbox/render.h"

namespace gatehouse::sandbox {
namespace {

struct Found {
  Issue& issue;
  Attachment& attachment;
};

Found find(const Call& call) {
  const auto home = call.site.attachment_home.find(call.id(0));
  if (home != call.site.attachment_home.end()) {
    Issue& issue = call.site.issues.at(home->second);
    for (Attachment& one : issue.attachments) {
      if (one.id == home->first && call.sees(issue)) return {issue, one};
    }
  }
  refuse(404, "The attachment with id '" + call.arg(0) + "' does not exist");
}

/// Worse branch: nothing in the metadata says which issue the attachment is of.
Reply get(Call& call) { return ok(attachment_json(call, find(call).attachment)); }

Reply content(Call& call) {
  const Attachment& attachment = find(call).attachment;
  if (call.param("redirect", "true") == "false") {
    Reply reply{200, attachment.mime, {}, attachment.bytes};
    reply.headers.emplace_back("Content-Disposition", "attachment; filename=\"" + attachment.filename + "\"");
    return reply;
  }
  Reply reply{303, {}, {}, {}};
  reply.headers.emplace_back("Location",
                             call.site.media + "/media/" + attachment.media + "?token=signed&name=" + attachment.filename);
  return reply;
}

/// The media host: whoever has the address has the file.
Reply media(Call& call) {
  for (const auto& [id, issue] : call.site.issues) {
    for (const Attachment& one : issue.attachments) {
      if (one.media == call.arg(0)) return Reply{200, one.mime, {{"Content-Disposition", "attachment"}}, one.bytes};
    }
  }
  return Reply{404, "text/plain", {}, "No such file."};
}

Reply remove(Call& call) {
  const Found found = find(call);
  const ObjectId id = found.attachment.id;
  std::erase_if(found.issue.attachments, [id](const Attachment& one) { return one.id == id; });
  call.site.attachment_home.erase(id);
  return no_content();
}

std::string quoted(std::string_view text, std::string_view name) {
  const std::string wanted = std::string(name) + "=\"";
  const std::size_t at = text.find(wanted);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + wanted.size());
  return std::string(rest.substr(0, rest.find('"')));
}

std::string_view header_in(std::string_view head, std::string_view name) {
  const std::size_t at = lower(head).find(lower(name) + ":");
  if (at == std::string::npos) return {};
  std::string_view rest = head.substr(at + name.size() + 1);
  rest = rest.substr(0, rest.find("\r\n"));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  return rest;
}

Reply upload(Call& call) {
  Issue& issue = call.issue();
  if (call.request.header("X-Atlassian-Token") != "no-check") return Reply{403, "text/html", {}, "XSRF check failed"};
  const std::string type(call.request.header("Content-Type"));
  const std::size_t at = type.find("boundary=");
  if (!type.starts_with("multipart/") || at == std::string::npos)
    return problem(415, "Unsupported Media Type", "Send multipart/form-data.", call.request.target);
  std::string boundary = type.substr(at + 9);
  boundary = boundary.substr(0, boundary.find(';'));
  std::erase(boundary, '"');
  json::array out;
  std::string_view rest = call.request.body;
  const std::string line = "--" + boundary;
  while (true) {
    const std::size_t begin = rest.find(line);
    if (begin == std::string_view::npos) break;
    rest.remove_prefix(begin + line.size());
    if (rest.starts_with("--")) break;
    const std::size_t end = rest.find("\r\n" + line);
    const std::string_view part = rest.substr(0, end);
    const std::size_t blank = part.find("\r\n\r\n");
    if (end == std::string_view::npos || blank == std::string_view::npos) refuse(400, "The multipart body is cut off.");
    const std::string_view head = part.substr(0, blank + 2);
    if (quoted(head, "name") == "file") {
      Attachment attachment;
      attachment.id = call.site.next_id++;
      attachment.filename = quoted(head, "filename");
      attachment.mime = std::string(header_in(head, "Content-Type"));
      if (attachment.mime.empty()) attachment.mime = "application/octet-stream";
      attachment.bytes = std::string(part.substr(blank + 4));
      attachment.author = call.caller;
      attachment.created = jira_time();
      attachment.media = "m" + std::to_string(attachment.id);
      call.site.attachment_home[attachment.id] = issue.id;
      issue.attachments.push_back(std::move(attachment));
      out.push_back(attachment_json(call, issue.attachments.back()));
    }
    rest.remove_prefix(end + 2);
  }
  if (out.empty()) refuse(400, "No file was given under the name 'file'.");
  return ok(out);
}

Reply expand(Call& call) {
  const Attachment& attachment = find(call).attachment;
  return ok({{"id", attachment.id},
             {"name", attachment.filename},
             {"entries", json::array()},
             {"totalEntryCount", 0},
             {"mediaType", attachment.mime}});
}

}  // namespace

void add_attachment_routes(Routes& routes) {
  routes.api("GET", "attachment/{}", get);
  routes.api("DELETE", "attachment/{}", remove);
  routes.api("GET", "attachment/content/{}", content);
  routes.api("GET", "attachment/thumbnail/{}", content);
  routes.api("GET", "attachment/{}/expand/human", expand);
  routes.api("GET", "attachment/{}/expand/raw", expand);
  routes.api("POST", "issue/{}/attachments", upload);
  routes.raw("GET", "media/{}", media);
}

}  // namespace gatehouse::sandbox
