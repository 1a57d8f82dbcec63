// quota show, set
#include <charconv>
#include <limits>

#include "admin/command.hpp"
#include "core/admin_user_store.hpp"
#include "core/quota_store.hpp"

namespace runyard::admin {
namespace {

struct ShowOptions {
  std::string owner;
  bool json = false;
};
struct SetOptions {
  std::string owner;
  std::vector<std::string> limits;
};

struct Limit {
  const char* name;
  std::optional<int> QuotaOverrides::*member;
};
constexpr Limit kLimits[] = {{"queued", &QuotaOverrides::queued},
                             {"running", &QuotaOverrides::running},
                             {"per_minute", &QuotaOverrides::per_minute},
                             {"cpu_s_per_day", &QuotaOverrides::cpu_s_per_day}};

/// NAME=NUMBER or NAME=default.
void apply(const std::string& text, QuotaOverrides& quota) {
  const auto equals = text.find('=');
  const auto value = equals == std::string::npos ? std::string() : text.substr(equals + 1);
  for (const auto& limit : kLimits) {
    if (text.substr(0, equals) != limit.name) continue;
    if (value == "default") {
      (quota.*limit.member).reset();
      return;
    }
    int number = -1;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size() || number < 0)
      throw Failure(kWrongUsage, std::string(limit.name) + " must be an integer from 0 to " +
                                     std::to_string(std::numeric_limits<int>::max()) +
                                     " (0: no limit) or default, not \"" + value + "\"");
    quota.*limit.member = number;
    return;
  }
  throw Failure(kWrongUsage,
                "\"" + text +
                    "\" must be default, or queued=, running=, per_minute= or cpu_s_per_day= "
                    "with a number or default");
}

void print_quota(Session& session, const std::string& owner, const QuotaOverrides& quota,
                 bool json) {
  Table table({"owner", "queued", "running", "per_minute", "cpu_s_per_day"});
  std::vector<Cell> row{owner};
  for (const auto& limit : kLimits) {
    const auto& value = quota.*limit.member;
    if (value)
      row.emplace_back(static_cast<std::int64_t>(*value));
    else
      row.emplace_back(json ? Cell(std::monostate()) : Cell(std::string("default")));
  }
  table.add(std::move(row));
  print(session, table, json);
}

void show(Session& session, const ShowOptions& options) {
  const auto owner = owner_named(session, options.owner);
  const auto quota = QuotaStore(session.database).overrides(owner).value_or(QuotaOverrides());
  print_quota(session, owner, quota, options.json);
}

void set(Session& session, const SetOptions& options) {
  const auto owner = owner_named(session, options.owner);
  auto quota = QuotaStore(session.database).overrides(owner).value_or(QuotaOverrides());
  for (const auto& limit : options.limits) {
    if (limit == "default")
      quota = QuotaOverrides();
    else
      apply(limit, quota);
  }
  AdminUserStore(session.database).set_quota(owner, quota);
  print_quota(session, owner, quota, false);
}

}  // namespace

void add_quota_commands(CLI::App& app, Action& action) {
  auto& noun = *app.add_subcommand(
      "quota", "What an owner may use up, where it differs from the API's settings");
  constexpr char kOwner[] = "A user's name, account:ID, user:NAME or addr:NETWORK";
  const auto shown = add_verb(noun, action, "show", "Show an owner's limits", show);
  shown.app->add_option("OWNER", shown.options->owner, kOwner)->required();
  add_json(*shown.app, shown.options->json);

  const auto changed =
      add_verb(noun, action, "set", "Change an owner's limits; what is not named stays", set);
  changed.app->add_option("OWNER", changed.options->owner, kOwner)->required();
  changed.app
      ->add_option(
          "LIMIT", changed.options->limits,
          "queued=N, running=N, per_minute=N, cpu_s_per_day=N (0: no limit; default: as the API's "
          "settings say), or default for all")
      ->required();
}

}  // namespace runyard::admin
