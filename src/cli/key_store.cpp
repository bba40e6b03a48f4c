#include "cli/key_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace gatehouse::cli {
namespace {

namespace json = boost::json;

std::filesystem::path folder() {
  if (const char* config = std::getenv("XDG_CONFIG_HOME"); config && *config == '/')
    return std::filesystem::path(config) / "gatehouse";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home && *home == '/' ? home : "/nonexistent") / ".config" / "gatehouse";
}

Result<json::object> read_all() {
  const std::string path = key_store_path();
  struct stat found {};
  if (stat(path.c_str(), &found) != 0) return json::object();
  if ((found.st_mode & 077U) != 0)
    return fail(Errc::kNotAllowed, "Others may read " + path + ", which holds administrator keys. Run: chmod 600 " + path);
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  json::error_code problem;
  json::value parsed = json::parse(text, problem);
  if (problem || !parsed.is_object())
    return fail(Errc::kDataCorrupt, path + " is damaged; remove it and run gatehouse login again.");
  return std::move(parsed.get_object());
}

/// Whole or not at all, and never readable by others.
Result<void> write_all(const json::object& all) {
  const std::string path = key_store_path();
  std::error_code problem;
  std::filesystem::create_directories(folder(), problem);
  if (!problem) std::filesystem::permissions(folder(), std::filesystem::perms::owner_all, problem);
  const Error unwritable = fail(Errc::kUnavailable, path + " can't be written, so that the key is not kept.");
  if (problem) return unwritable;
  const std::string fresh = path + ".new";
  unlink(fresh.c_str());
  const int file = open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return unwritable;
  const std::string text = json::serialize(all) + "\n";
  const bool written = write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && fsync(file) == 0;
  close(file);
  if (!written || rename(fresh.c_str(), path.c_str()) != 0) return unwritable;
  return success();
}

std::string text_of(const json::object& object, std::string_view name) {
  const auto* member = object.if_contains(json::string_view(name.data(), name.size()));
  return member && member->is_string() ? std::string(member->get_string()) : std::string();
}

}  // namespace

std::string key_store_path() { return (folder() / "keys.json").string(); }

Result<StoredKey> stored_key(const std::string& url) {
  GH_TRY(const json::object all, read_all());
  StoredKey out;
  const auto* entry = all.if_contains(url);
  if (!entry || !entry->is_object()) return out;
  out.key = SecretString(text_of(entry->get_object(), "key"));
  out.user = text_of(entry->get_object(), "user");
  out.expires_at = text_of(entry->get_object(), "expires_at");
  return out;
}

Result<void> store_key(const std::string& url, const StoredKey& key) {
  GH_TRY(json::object all, read_all());
  all[url] = json::object{{"key", key.key.expose()}, {"user", key.user}, {"expires_at", key.expires_at}};
  return write_all(all);
}

Result<void> forget_key(const std::string& url) {
  GH_TRY(json::object all, read_all());
  if (all.erase(url) == 0) return success();
  return write_all(all);
}

}  // namespace gatehouse::cli
