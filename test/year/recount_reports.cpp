#include <algorithm>
#include <boost/json.hpp>
#include <map>

#include "inventory/report.h"
#include "inventory/wake.h"
#include "test/year/recount.h"

namespace gatehouse::year {
namespace {

namespace json = boost::json;

/// By the id of what is found.
using Found = std::map<std::string, std::set<std::string>>;

constexpr Duration kMonth = kDay * 30;

struct Consumer {
  Instant first{}, last{};
};

/// What the model knows of one token's use.
struct Usage {
  std::vector<const Use*> uses;                                       ///< without those by dead secrets
  std::map<std::pair<std::string, std::string>, Consumer> consumers;  ///< by place and tool
  Instant first() const { return uses.front()->at; }
  Instant last() const { return uses.back()->at; }
};

/// Hours are added up some minutes after their end; the daily round looks at what was.
bool rolled(const Use& use, Instant at) { return std::chrono::floor<std::chrono::hours>(use.at) + 1h + 2min <= at; }

class Recount {
 public:
  explicit Recount(const Story& story, Instant now) : model_(story.model()), now_(now), asof_(story.refreshed()) {
    usage_.resize(model_.credentials.size());
    for (const Use& use : model_.uses) {
      if (use.dead) continue;
      Usage& usage = usage_[use.credential];
      usage.uses.push_back(&use);
      Consumer& consumer = usage.consumers.try_emplace({use.place, use.tool}, Consumer{use.at, use.at}).first->second;
      consumer.last = use.at;
    }
  }

  Found of(std::string_view report) const {
    if (report == "shared") return tokens([this](std::size_t i, auto& out) { shared(i, out); });
    if (report == "unused") return tokens([this](std::size_t i, auto& out) { unused(i, out); });
    if (report == "weak") return tokens([this](std::size_t i, auto& out) { weak(i, out); });
    if (report == "grown") return tokens([this](std::size_t i, auto& out) { grown(i, out); });
    if (report == "overdue") return tokens([this](std::size_t i, auto& out) { overdue(i, out); });
    if (report == "drift") return drift();
    if (report == "orphans") return orphans();
    return incomplete();
  }

  /// Everything that ends in the window, and who would wake up.
  Found wake(Duration within) const {
    Found found;
    for (const Credential& one : model_.credentials) {
      if (one.revoked || !one.end || *one.end <= now_ || *one.end > now_ + within) continue;
      found[one.id] = wakes(one, {});
    }
    return found;
  }
  /// What stands on one person, whatever its end.
  Found without(const std::string& person) const {
    Found found;
    for (const Credential& one : model_.credentials) {
      const bool concerned = one.of_site ? one.owner == person || one.deputy == person
                                         : one.owner == person || model_.accounts.at(one.account).owner == person ||
                                               model_.accounts.at(one.account).deputy == person;
      if (concerned && !one.ended(now_)) found[one.id] = wakes(one, person);
    }
    return found;
  }

 private:
  template <class Look>
  Found tokens(const Look& look) const {
    Found found;
    for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
      const Credential& one = model_.credentials[i];
      if (one.of_site || one.ended(now_)) continue;
      std::set<std::string> reasons;
      look(i, reasons);
      if (!reasons.empty()) found[one.id] = reasons;
    }
    return found;
  }

  std::set<std::string> wakes(const Credential& one, const std::string& but) const {
    std::vector<std::string> people{one.owner};
    if (one.of_site) {
      people.push_back(one.deputy);
    } else {
      people.push_back(model_.accounts.at(one.account).owner);
      people.push_back(model_.accounts.at(one.account).deputy);
    }
    std::set<std::string> out;
    for (const std::string& person : people) {
      if (person != but && model_.live(person)) out.insert(person);
    }
    return out;
  }

  void shared(std::size_t i, std::set<std::string>& out) const {
    std::set<std::string> places, tools;
    int count = 0;
    for (const auto& [consumer, seen] : usage_[i].consumers) {
      if (seen.last < now_ - kMonth) continue;
      ++count;
      places.insert(consumer.first);
      tools.insert(consumer.second);
    }
    if (count < 2) return;
    out.insert("shared");
  }

  void unused(std::size_t i, std::set<std::string>& out) const {
    const Credential& token = model_.credentials[i];
    const Usage& usage = usage_[i];
    if (usage.uses.empty()) {
      if (token.created < now_ - kDay * 7) out.insert("never used");
      return;
    }
    if (usage.last() < now_ - kMonth) out.insert("idle for 30 days");
    if (usage.first() + kMonth > asof_) return;
    bool read = false, wrote = false;
    std::set<std::string> resources;
    for (const Use* use : usage.uses) {
      if (!use->permitted || !rolled(*use, asof_)) continue;
      resources.insert(use->resource);
      (use->write ? wrote : read) = true;
    }
    if (!read || (token.writes && !wrote)) out.insert("unused scopes");
    for (const std::string& resource : token.resources) {
      if (!resources.contains(resource)) out.insert("unused resources");
    }
  }

  void weak(std::size_t i, std::set<std::string>& out) const {
    const Credential& token = model_.credentials[i];
    if (!token.end) out.insert("permanent");
    if (token.resources.front().ends_with("/*")) out.insert("whole site");
    if (!model_.live(token.owner)) out.insert("its owner is suspended");
    if (token.relaxed) out.insert("relaxed queries");
  }

  void grown(std::size_t i, std::set<std::string>& out) const {
    const Usage& usage = usage_[i];
    std::set<Instant> days;
    int objects = 0, consumers = 0;
    std::set<std::string> projects;  ///< that an issue was made in is written of it, too
    std::set<std::pair<std::string, std::string>> recent;
    for (const Use* use : usage.uses) {
      const bool counted = rolled(*use, asof_);
      if (counted && use->at >= std::chrono::floor<std::chrono::days>(asof_ - kMonth))
        days.insert(std::chrono::floor<std::chrono::days>(use->at));
      if (use->write && use->at >= asof_ - kMonth && use->at <= asof_) {
        ++objects;
        projects.insert(use->resource);
      }
      if (counted && use->at >= asof_ - kMonth) recent.insert({use->place, use->tool});
    }
    consumers = static_cast<int>(recent.size());
    objects += static_cast<int>(projects.size());
    if (days.size() < 20 || (objects < 50 && consumers < 2) ||
        model_.accounts.at(model_.credentials[i].account).criticality != "low")
      return;
    out.insert("runs most days");
    if (objects >= 50) out.insert("touches many issues");
    if (consumers >= 2) out.insert("is used from a second place");
  }

  void overdue(std::size_t i, std::set<std::string>& out) const {
    if (model_.frozen(now_)) return;
    const Credential& token = model_.credentials[i];
    const auto& rule = token.rotate_every ? token.rotate_every : model_.accounts.at(token.account).rotate_every;
    if (!rule) return;
    const Instant due = token.current().created + *rule;
    if (due <= now_ && (!token.end || *token.end > due)) out.insert("rotation overdue");
  }

  Found drift() const {
    Found found = tokens([this](std::size_t i, std::set<std::string>& out) {
      const Usage& usage = usage_[i];
      for (const auto& [consumer, seen] : usage.consumers) {
        if (seen.first >= now_ - kDay * 7 && usage.first() < seen.first - kDay * 7) out.insert("new place");
      }
      const auto& declared = model_.accounts.at(model_.credentials[i].account).declared;
      for (const Use* use : usage.uses) {
        const bool counts = !declared.empty() && use->permitted && rolled(*use, asof_);
        if (counts && std::find(declared.begin(), declared.end(), use->resource) == declared.end())
          out.insert("beyond what is declared");
      }
    });
    for (std::size_t a = 0; a < model_.accounts.size(); ++a) {
      const Account& account = model_.accounts[a];
      if (!account.expected_every || account.archived || account.pause.holds(now_)) continue;
      std::optional<Instant> last;
      for (std::size_t i = 0; i < model_.credentials.size(); ++i) {
        if (!model_.credentials[i].of_site && model_.credentials[i].account == a && !usage_[i].uses.empty())
          last = std::max(last, std::optional(usage_[i].last()));
      }
      if (last && *last < now_ - *account.expected_every * 3) found[account.id].insert("quieter than declared");
    }
    return found;
  }

  Found orphans() const {
    Found found;
    for (const Credential& one : model_.credentials) {
      if (one.ended(now_) || model_.live(one.owner)) continue;
      auto& reasons = found[one.id];
      reasons.insert("its owner is suspended");
      const bool left =
          one.of_site ? model_.live(one.deputy)
                      : model_.live(model_.accounts.at(one.account).owner) || model_.live(model_.accounts.at(one.account).deputy);
      if (!left) reasons.insert("nobody is left");
    }
    for (const Account& account : model_.accounts) {
      if (account.archived || model_.live(account.owner)) continue;
      auto& reasons = found[account.id];
      reasons.insert("its owner is suspended");
      if (!model_.live(account.deputy)) reasons.insert("nobody is left");
    }
    return found;
  }

  Found incomplete() const {
    Found found;
    for (const Account& account : model_.accounts) {
      if (account.archived) continue;
      std::set<std::string> reasons;
      if (!account.docs) reasons.insert("no documentation");
      if (!account.runbook) reasons.insert("no runbook");
      if (!account.plan && !account.rotate_every) reasons.insert("no rotation plan");
      if (account.deputy.empty()) reasons.insert("no deputy");
      if (!reasons.empty()) found[account.id] = reasons;
    }
    for (const Credential& one : model_.credentials) {
      if (!one.of_site || one.ended(now_)) continue;
      std::set<std::string> reasons;
      if (!one.end) reasons.insert("its end is not known");
      if (one.deputy.empty()) reasons.insert("no deputy");
      if (!reasons.empty()) found[one.id] = reasons;
    }
    return found;
  }

  const Model& model_;
  const Instant now_, asof_;
  std::vector<Usage> usage_;
};

std::string in_words(const std::set<std::string>& words) {
  std::string out;
  for (const std::string& word : words) out += (out.empty() ? "" : ", ") + word;
  return "{" + out + "}";
}

std::string name_of(const Model& model, const std::string& id) {
  for (const Credential& one : model.credentials) {
    if (one.id == id) return one.name + " " + id;
  }
  for (const Account& one : model.accounts) {
    if (one.id == id) return one.handle + " " + id;
  }
  return id;
}

void compare(const Story& story, const std::string& report, const Found& wanted, const Found& got, Differences& differences) {
  const std::string day = "day " + std::to_string(story.day()) + ", " + report + ": ";
  for (const auto& [id, reasons] : wanted) {
    const auto found = got.find(id);
    if (found == got.end())
      differences.push_back(day + "lacks " + name_of(story.model(), id) + " " + in_words(reasons));
    else if (found->second != reasons)
      differences.push_back(day + name_of(story.model(), id) + " for " + in_words(found->second) + ", and it is " +
                            in_words(reasons));
  }
  for (const auto& [id, reasons] : got) {
    if (!wanted.contains(id))
      differences.push_back(day + "should not name " + name_of(story.model(), id) + " " + in_words(reasons));
  }
}

Found read(const json::object& document, std::string_view member, std::string_view instead) {
  Found found;
  for (const json::value& item : document.at("items").as_array()) {
    auto& reasons = found[std::string(item.at("id").as_string())];
    if (!instead.empty()) {
      reasons.insert(std::string(instead));
      continue;
    }
    for (const json::value& reason : item.at(member).as_array()) reasons.insert(std::string(reason.as_string()));
  }
  return found;
}

}  // namespace

void recount_reports(Story& story, Differences& differences) {
  constexpr int kAll = 10'000;
  admin::Services& services = story.house().services();
  const Recount recount(story, services.clock.now());
  for (const std::string_view name : inventory::kReports) {
    const json::object document = must(inventory::report(services, story.house().caller(), name, kAll));
    const Found wanted = recount.of(name);
    compare(story, std::string(name), wanted, read(document, "reasons", name == "shared" ? "shared" : ""), differences);
    // A token with two sorts of drift stands there twice.
    if (name != "drift" && document.at("count").as_int64() != static_cast<std::int64_t>(wanted.size()))
      differences.push_back(std::string(name) + " counts " + std::to_string(document.at("count").as_int64()) + " and not " +
                            std::to_string(wanted.size()));
  }
  for (const Duration within : {kDay, kDay * 14}) {
    inventory::WakeFilter filter;
    filter.within = within;
    filter.limit = kAll;
    compare(story, "wake", recount.wake(within),
            read(must(inventory::report_wake(services, story.house().caller(), filter)), "wakes", ""), differences);
  }
  for (const Person& person : story.model().people) {
    inventory::WakeFilter filter;
    filter.user = person.email;
    filter.limit = kAll;
    // The administrator's own key stands there too.
    if (!person.live || person.email == kAdministrator) continue;
    compare(story, "wake without " + person.email, recount.without(person.email),
            read(must(inventory::report_wake(services, story.house().caller(), filter)), "wakes", ""), differences);
  }
}

}  // namespace gatehouse::year
