#include "worker/webhooks/sender.hpp"

#include <algorithm>
#include <ctime>
#include <random>

#include "core/errors.hpp"
#include "core/log.hpp"
#include "worker/webhooks/signature.hpp"

namespace runyard {
namespace {

using namespace std::chrono_literals;

constexpr auto kTidy = 10min;
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
  claim();
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
    ++of_owner[one.due.owner];
  }
  for (const auto& [origin, count] : of_origin)
    wish.origins.push_back(
        {origin, breaker_.room(origin, Clock::now(), settings_.per_origin) - count});
  for (const auto& [owner, count] : of_owner)
    wish.owners.push_back({owner, settings_.per_owner - count});
  const auto taken = store_.claim(worker_, wish);
  for (const auto& due : taken) begin(due);
  // What one origin or one owner had before others in the line is now under way or left out.
  if (!taken.empty()) next_look_ = Clock::now();
}

void WebhookSender::begin(const DueWebhook& due) {
  const auto key = key_of(due);
  auto parsed = parse_callback_url(due.url);
  auto* url = std::get_if<CallbackUrl>(&parsed);
  auto& one = under_way_[key] = {due, url ? *url : CallbackUrl{}, Clock::now(), false};
  if (!url) return failed(key, "its URL " + std::get<std::string>(parsed));
  const bool asked = resolver_.resolve(one.url.host, [mailbox = mailbox_, key](Resolved resolved) {
    const std::lock_guard lock(mailbox->mutex);
    if (!mailbox->wake) return;
    mailbox->answers.emplace_back(key, std::move(resolved));
    mailbox->wake->wake();
  });
  if (asked) return;
  under_way_.erase(key);
  store_.give_back(worker_, due.id, kCrowded);
}

void WebhookSender::take_answers() {
  std::vector<std::pair<std::string, Resolved>> answers;
  {
    const std::lock_guard lock(mailbox_->mutex);
    answers.swap(mailbox_->answers);
  }
  for (const auto& [key, resolved] : answers) {
    const auto found = under_way_.find(key);
    if (found == under_way_.end() || found->second.sending) continue;
    try {
      send(key, resolved);
    } catch (const DatabaseUnavailable& e) {
      // Nothing can be recorded now: it is anybody's again when its lease runs out.
      log::warn("webhook could not be sent",
                {{"webhook", found->second.due.id}, {"error", e.what()}});
      under_way_.erase(key);
    } catch (const std::exception& e) {
      log::error("webhook cannot be made",
                 {{"webhook", found->second.due.id}, {"error", e.what()}});
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
    log::warn("webhook to an address that is not allowed", {{"webhook", one.due.id},
                                                            {"owner", one.due.owner},
                                                            {"origin", one.due.origin},
                                                            {"address", to_string(address)},
                                                            {"is", refusal}});
    return failed(key, "its host has an address that webhooks are not sent to");
  }
  const auto body = find_body_(one.due.execution_id, one.due.owner);
  if (!body) {
    log::info("webhook without its execution", {{"webhook", one.due.id}});
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
  settle(end.id, attempt);
}

void WebhookSender::failed(const std::string& key, std::string error) {
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

void WebhookSender::record_all() {
  while (!unrecorded_.empty()) {
    const auto& attempt = unrecorded_.back();
    if (!store_.record(worker_, attempt))
      log::warn("webhook was taken over", {{"webhook", attempt.webhook_id}});
    unrecorded_.pop_back();
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
