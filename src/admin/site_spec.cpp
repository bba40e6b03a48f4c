#include "admin/site_spec.h"

#include <algorithm>
#include <map>
#include <mutex>

#include "admin/describe.h"
#include "admin/find.h"
#include "admin/sites.h"
#include "base/encoding.h"
#include "crypto/digest.h"

namespace gatehouse::admin {
namespace {

/// Documents that are in use, by digest: the feed reads all sites at each change, and a large document takes a while.
class KnownSpecs {
 public:
  SpecPtr find(const std::string& digest) {
    const std::lock_guard lock(mutex_);
    const auto known = specs_.find(digest);
    return known == specs_.end() ? nullptr : known->second.lock();
  }
  void keep(const std::string& digest, const SpecPtr& spec) {
    const std::lock_guard lock(mutex_);
    std::erase_if(specs_, [](const auto& entry) { return entry.second.expired(); });
    specs_[digest] = spec;
  }

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<const catalogue::OpenApiCatalogue>> specs_;
};

KnownSpecs& known_specs() {
  static KnownSpecs instance;
  return instance;
}

Result<SpecPtr> load(const std::string& digest, const std::string& document) {
  if (SpecPtr known = known_specs().find(digest)) return known;
  GH_TRY(auto loaded, catalogue::load_openapi(document));
  SpecPtr spec = std::make_shared<const catalogue::OpenApiCatalogue>(std::move(loaded));
  known_specs().keep(digest, spec);
  return spec;
}

}  // namespace

std::string spec_digest(std::string_view document) { return to_hex(crypto::sha256(document)); }

Result<SpecPtr> spec_for(const Site& site, const std::string& document) {
  if (site.product != Product::kOpenApi) {
    if (document.empty()) return SpecPtr();
    return fail(Errc::kInvalidArgument, "The operations of Jira and Confluence are known; a document belongs to product openapi.",
                {}, "spec");
  }
  if (document.empty())
    return fail(Errc::kInvalidArgument, "Product openapi needs the API's document: give --spec FILE.", {}, "spec");
  return load(spec_digest(document), document);
}

Result<SpecPtr> read_spec(const store::Repositories& at, const Site& site) {
  if (site.spec_digest.empty()) return fail(Errc::kNotFound, "This site has no document: gatehouse site spec set.");
  if (SpecPtr known = known_specs().find(site.spec_digest)) return known;
  GH_TRY(const std::string document, at.site_documents.get(site.id));
  return load(spec_digest(document), document);
}

void describe_spec(const catalogue::OpenApiCatalogue& spec, Document& document) {
  const auto& operations = spec.catalogue->operations();
  const auto bounded = std::count_if(operations.begin(), operations.end(), [](const catalogue::Operation& operation) {
    return operation.bounded != catalogue::Bounded::kRefused;
  });
  document["spec_title"] = spec.title;
  document["operations"] = operations.size();
  document["bounded_operations"] = bounded;
  boost::json::array left_out;
  for (const std::string& one : spec.left_out) left_out.emplace_back(one);
  document["left_out"] = std::move(left_out);
}

Result<Document> set_site_spec(Services& services, const Caller& caller, std::string_view name, const std::string& text) {
  SpecPtr spec;
  {
    // A large one takes a while: nobody waits for it behind the writer's lock.
    GH_TRY(const store::Reader reader, services.database.read());
    GH_TRY(const auto site, find_site(*reader.operator->(), name));
    GH_TRY(spec, spec_for(site.value, text));
  }
  if (!spec) return fail(Errc::kInvalidArgument, "Only a site of product openapi has a document.", {}, "site");
  GH_TRY(store::UnitOfWork work, services.database.begin());
  store::Repositories& at = *work.operator->();
  GH_TRY(auto found, find_site(at, name));
  Describer describer(at, services.clock.now());
  GH_TRY(const Document before, describer.site(found.value));
  found.value.spec_digest = spec_digest(text);
  GH_TRYV(at.site_documents.put(found.value.id, text));
  GH_TRYV(at.sites.update(found.value, found.version));
  GH_TRY(Document after, describer.site(found.value));
  AuditEvent event = make_event(caller, "site.spec.set", "site", found.value.id.value, found.value.key);
  GH_TRYV(commit(services, std::move(work), with_change(std::move(event), &before, &after)));
  describe_spec(*spec, after);
  return after;
}

Result<Document> show_site_spec(Services& services, std::string_view name) {
  GH_TRY(const store::Reader reader, services.database.read());
  const store::Repositories& at = *reader.operator->();
  GH_TRY(const auto found, find_site(at, name));
  GH_TRY(const std::string text, at.site_documents.get(found.value.id));
  Document document;
  document["site"] = found.value.key;
  document["digest"] = found.value.spec_digest;
  if (const auto spec = read_spec(at, found.value)) describe_spec(*spec.value(), document);
  document["document"] = text;
  return document;
}

}  // namespace gatehouse::admin
