#include "worker/webhooks/sender.hpp"

#include <algorithm>
#include <ctime>
#include <random>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "worker/webhooks/signature.hpp"
#include "worker/webhooks/webhook_metrics.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

constexpr auto kTidy = 10min;
constexpr auto kBringBack = 10s;
constexpr auto kKept = 7 * 24h;
// What cannot be looked up now since too many names are.
constexpr auto kCrowded = 5s;
// A receiver that nothing was heard of for so long is a new one.
constexpr auto kForgetReceivers = 1h;
constexpr std::chrono::seconds kLongestRetryAfter = 6h;

std::string key_of(const DueWebhook& due) { return due.id + "/" + std::to_string(due.attempt); }

std::chrono::milliseconds since(std::chrono::steady_clock::time_point begun) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begun);
}

double random_part() {
  static thread_local std::mt19937 random(std::random_device{}());
  return std::uniform_real_distribution<double>(0, 1)(random);
}

/// The receiver is there, whatever it thinks of what was sent.
bool is_well(int status) { return status != 0 && status != 408 && status != 429 && status < 500; }

std::string error_of(int status) {
  const auto number = std::to_string(status);
  if (status >= 300 && status < 400)
    return "it answered with " + number + ", and redirects are not followed";
  if (status == 410) return "it answered with 410: nothing more is wanted there";
  return "it answered with " + number;
}

}  // namespace

WebhookSender::WebhookSender(SenderSettings settings, std::string worker, WebhookStore& store,
                             FindWebhookBody find_body, Resolver& resolver, AddressRules rules)
    : settings_(std::move(settings)),
      worker_(std::move(worker)),
      store_(store),
      find_body_(std::move(find_body)),
      resolver_(resolver),
      rules_(std::move(rules)),
      breaker_(settings_.breaker),
      transfers_(settings_.ca_file) {
  mailbox_->wake = &transfers_;
  thread_ = std::thread([this] { run(); });
}

WebhookSender::~WebhookSender() {
  stop_ = true;
  transfers_.wake();
  thread_.join();
  const std::lock_guard lock(mailbox_->mutex);
  mailbox_->wake = nullptr;
}

void WebhookSender::run() {
  while (!stopping()) {
    try {
      round();
    } catch (const DatabaseUnavailable& e) {
      log::warn("webhooks wait for the database", {{"error", e.what()}});
      next_try_ = Clock::now() + settings_.look;
    } catch (const std::exception& e) {
      log::error("webhooks: a round failed", {{"error", e.what()}});
      next_try_ = Clock::now() + settings_.look;
    }
  }
  try {
    leave();
  } catch (const std::exception& e) {  // their leases run out, and another worker sends them
    log::warn("webhooks under way were left", {{"error", e.what()}});
  }
}

void WebhookSender::round() {
  const auto now = Clock::now();
  webhook_metrics().under_way.set(static_cast<double>(under_way_.size()));
  webhook_metrics().receivers_left_alone.set(static_cast<double>(breaker_.troubled().size()));
  auto until = std::max({now, next_look_, next_try_});
  for (const auto& [key, one] : under_way_)
    if (!one.sending) until = std::min(until, one.begun + settings_.time);
  const auto wait = std::clamp<std::chrono::milliseconds>(
      std::chrono::ceil<std::chrono::milliseconds>(until - now), 0ms, 1'000ms);
  const auto ends = transfers_.run(wait);
  for (const auto& end : ends) ended(end);
  take_answers();
  give_up_lookups();
  if (Clock::now() < next_try_) return;
  record_all();
  if (!ends.empty()) next_look_ = Clock::now();  // there is room, and perhaps more is due
  if (Clock::now() < next_look_) return;
  next_look_ = Clock::now() + settings_.look;
  if (Clock::now() >= next_back_) {
    store_.bring_back(settings_.lease);
    next_back_ = Clock::now() + kBringBack;
  }
  claim();
  record_all();  // what could not be begun
  if (Clock::now() < next_tidy_) return;
  next_tidy_ = Clock::now() + kTidy;
  breaker_.forget(Clock::now() - kForgetReceivers);
  const int removed = store_.tidy(kKept);
  if (removed > 0) log::info("old webhooks are removed", {{"count", removed}});
}

void WebhookSender::claim() {
  WebhookWish wish;
  wish.want = settings_.most - static_cast<int>(under_way_.size());
  if (wish.want <= 0) return;
  wish.per_origin = settings_.per_origin;
  wish.per_owner = settings_.per_owner;
  wish.lease = settings_.lease;
  std::map<std::string, int> of_origin;
  std::map<std::string, int> of_owner;
  for (const auto& origin : breaker_.troubled()) of_origin[origin];
  for (const auto& [key, one] : under_way_) {
    ++of_origin[one.due.origin];
    if (one.sending) ++of_owner[one.due.owner];
  }
  for (const auto& [number, lookup] : lookups_) ++of_owner[lookup.owner];
  for (const auto& [origin, count] : of_origin)
    wish.origins.push_back(
        {origin, breaker_.room(origin, Clock::now(), settings_.per_origin) - count});
  for (const auto& [owner, count] : of_owner)
    wish.owners.push_back({owner, settings_.per_owner - count});
  const auto taken = store_.claim(worker_, wish);
  // All of them first: what happens to one leaves no other behind.
  for (const auto& due : taken) under_way_[key_of(due)] = {due, {}, Clock::now(), 0, false};
  for (const auto& due : taken) {
    try {
      begin(key_of(due));
    } catch (const std::exception& e) {
      log::error("webhook cannot be begun",
                 {{"execution", due.execution_id}, {"webhook", due.id}, {"error", e.what()}});
      under_way_.erase(key_of(due));
      unsent_.push_back(due.id);
    }
  }
  // What one origin or one owner had before others in the line is now under way or left out.
  if (!taken.empty()) next_look_ = Clock::now();
}

void WebhookSender::begin(const std::string& key) {
  auto& one = under_way_.at(key);
  auto parsed = parse_callback_url(one.due.url);
  if (const auto* wrong = std::get_if<std::string>(&parsed))
    return failed(key, "its URL " + *wrong);
  one.url = std::get<CallbackUrl>(std::move(parsed));
  const auto number = ++last_lookup_;
  const bool asked =
      resolver_.resolve(one.url.host, [mailbox = mailbox_, number](Resolved resolved) {
        const std::lock_guard lock(mailbox->mutex);
        if (!mailbox->wake) return;
        mailbox->answers.emplace_back(number, std::move(resolved));
        mailbox->wake->wake();
      });
  if (asked) {
    one.lookup = number;
    lookups_[number] = {key, one.due.owner};
    return;
  }
  unsent_.push_back(one.due.id);
  under_way_.erase(key);
}

void WebhookSender::take_answers() {
  std::vector<std::pair<std::uint64_t, Resolved>> answers;
  {
    const std::lock_guard lock(mailbox_->mutex);
    answers.swap(mailbox_->answers);
  }
  for (const auto& [number, resolved] : answers) {
    const auto lookup = lookups_.find(number);
    if (lookup == lookups_.end()) continue;
    const auto key = lookup->second.key;
    lookups_.erase(lookup);
    const auto found = under_way_.find(key);
    if (found == under_way_.end() || found->second.lookup != number) {
      next_look_ = Clock::now();  // given up long ago; its owner has a place again
      continue;
    }
    try {
      send(key, resolved);
    } catch (const DatabaseUnavailable& e) {
      // Nothing can be recorded now: it is anybody's again when its lease runs out.
      log::warn("webhook could not be sent", {{"execution", found->second.due.execution_id},
                                              {"webhook", found->second.due.id},
                                              {"error", e.what()}});
      under_way_.erase(key);
    } catch (const std::exception& e) {
      log::error("webhook cannot be made", {{"execution", found->second.due.execution_id},
                                            {"webhook", found->second.due.id},
                                            {"error", e.what()}});
      failed(key, "the service could not make the request");
    }
  }
}

void WebhookSender::give_up_lookups() {
  std::vector<std::string> late;
  for (const auto& [key, one] : under_way_)
    if (!one.sending && Clock::now() >= one.begun + settings_.time) late.push_back(key);
  for (const auto& key : late) failed(key, "its host was not found in time");
}

void WebhookSender::send(const std::string& key, const Resolved& resolved) {
  auto& one = under_way_.at(key);
  if (resolved.addresses.empty()) return failed(key, resolved.error);
  // Every one of them: which is connected to is not ours to say.
  for (const auto& address : resolved.addresses) {
    const auto refusal = rules_.refusal(address);
    if (refusal.empty()) continue;
    // The caller learns neither the address nor its kind: names may stand for what only this
    // network knows.
    log::warn("webhook to an address that is not allowed", {{"execution", one.due.execution_id},
                                                            {"webhook", one.due.id},
                                                            {"owner", one.due.owner},
                                                            {"origin", one.due.origin},
                                                            {"address", to_string(address)},
                                                            {"is", refusal}});
    return failed(key, "its host has an address that webhooks are not sent to", true);
  }
  const auto body = find_body_(one.due.execution_id, one.due.owner);
  if (!body) {
    log::info("webhook without its execution",
              {{"execution", one.due.execution_id}, {"webhook", one.due.id}});
    store_.remove(one.due.id);
    under_way_.erase(key);
    return;
  }
  const auto timestamp = static_cast<std::int64_t>(std::time(nullptr));
  Transfer transfer;
  transfer.id = key;
  transfer.url = one.url;
  transfer.addresses = resolved.addresses;
  transfer.headers = {
      "Content-Type: application/json", "User-Agent: Runyard", "webhook-id: " + one.due.id,
      "webhook-timestamp: " + std::to_string(timestamp),
      "webhook-signature: " +
          webhook_signatures(store_.secrets(one.due.owner), one.due.id, timestamp, body->text)};
  if (body->shortened) transfer.headers.emplace_back("Runyard-Shortened: true");
  transfer.body = body->text;
  transfer.time = settings_.time - since(one.begun);
  transfers_.start(std::move(transfer));
  one.sending = true;
}

void WebhookSender::ended(const TransferEnd& end) {
  const auto& one = under_way_.at(end.id);
  WebhookAttempt attempt;
  attempt.status = end.status;
  attempt.delivered = end.status >= 200 && end.status < 300;
  if (!attempt.delivered) attempt.error = end.status == 0 ? end.error : error_of(end.status);
  const bool last = attempt.delivered || end.status == 410 || one.due.attempt >= kWebhookAttempts;
  if (!last) {
    attempt.again_in = settings_.delay(one.due.attempt, random_part());
    if (end.retry_after)
      attempt.again_in = std::max<std::chrono::milliseconds>(
          *attempt.again_in, std::min(*end.retry_after, kLongestRetryAfter));
  }
  auto& counted = webhook_metrics();
  (attempt.delivered   ? counted.delivered
   : end.status == 0   ? counted.no_answer
   : end.status >= 500 ? counted.failing
                       : counted.refused)
      .add();
  settle(end.id, attempt);
}

void WebhookSender::failed(const std::string& key, std::string error, bool forbidden) {
  (forbidden ? webhook_metrics().forbidden : webhook_metrics().no_answer).add();
  WebhookAttempt attempt;
  attempt.error = std::move(error);
  if (const int number = under_way_.at(key).due.attempt; number < kWebhookAttempts)
    attempt.again_in = settings_.delay(number, random_part());
  settle(key, attempt);
}

void WebhookSender::settle(const std::string& key, const WebhookAttempt& came) {
  auto attempt = came;
  const auto one = std::move(under_way_.at(key));
  under_way_.erase(key);
  attempt.webhook_id = one.due.id;
  attempt.attempt = one.due.attempt;
  attempt.duration_ms = since(one.begun).count();
  webhook_metrics().time.observe(Clock::now() - one.begun);
  if (!attempt.delivered && !attempt.again_in) webhook_metrics().given_up.add();
  is_well(attempt.status) ? breaker_.succeeded(one.due.origin)
                          : breaker_.failed(one.due.origin, Clock::now());
  // Not the URL: it may hold what only its receiver should know.
  log::info(attempt.delivered ? "webhook delivered" : "webhook failed",
            {{"execution", one.due.execution_id},
             {"webhook", one.due.id},
             {"origin", one.due.origin},
             {"attempt", one.due.attempt},
             {"status", attempt.status},
             {"ms", attempt.duration_ms},
             {"error", attempt.error},
             {"last", !attempt.again_in}});
  unrecorded_.push_back(std::move(attempt));
}

void WebhookSender::record(const WebhookAttempt& attempt) {
  if (!store_.record(worker_, attempt))
    log::warn("webhook was taken over", {{"webhook", attempt.webhook_id}});
}

/// Waits for a database that is away. What a database that is there refuses is logged and left: one
/// webhook must not stop all others.
void WebhookSender::record_all() {
  const auto unless_refused = [](const std::string& webhook, const auto& work) {
    try {
      work();
      return true;
    } catch (const DatabaseUnavailable&) {
      throw;
    } catch (const std::exception& e) {
      log::error("the database refuses what came of a webhook",
                 {{"webhook", webhook}, {"error", e.what()}});
      return false;
    }
  };
  while (!unrecorded_.empty()) {
    const auto& attempt = unrecorded_.back();
    if (!unless_refused(attempt.webhook_id, [&] { record(attempt); })) {
      // That it was made at least, so that it counts; else its lease runs out, as if this worker
      // had been lost.
      auto plain = attempt;
      plain.status = 0;
      plain.duration_ms = 0;
      plain.error = attempt.delivered ? "" : "what came of it could not be recorded";
      unless_refused(plain.webhook_id, [&] { record(plain); });
    }
    unrecorded_.pop_back();
  }
  while (!unsent_.empty()) {
    const auto& id = unsent_.back();
    unless_refused(id, [&] { store_.give_back(worker_, id, kCrowded); });
    unsent_.pop_back();
  }
}

void WebhookSender::leave() {
  const auto end = Clock::now() + settings_.leave;
  while (transfers_.size() > 0 && Clock::now() < end)
    for (const auto& one : transfers_.run(50ms)) ended(one);
  record_all();
  for (const auto& [key, one] : under_way_) store_.give_back(worker_, one.due.id, 0ms);
}

}  // namespace runyard
