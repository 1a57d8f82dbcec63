#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>

#include "fcgi-app/request_reading.hpp"
#include "fcgi-app/routes.hpp"
#include "fcgi-app/timestamp.hpp"

namespace runyard {
namespace {

using Millis = std::chrono::milliseconds;

constexpr Millis kLongest = std::chrono::hours(24 * 31);
constexpr Millis kDefault = std::chrono::hours(24);
constexpr std::int64_t kMaxBuckets = 1500;

struct Range {
  Millis since;  // from 1970
  Millis until;
  std::string bucket;
};

std::string to_text(Millis time) {
  const std::time_t seconds = time.count() / 1000;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  char text[32];
  const auto size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return std::string(text, size) + "." + std::to_string(1000 + time.count() % 1000).substr(1) + "Z";
}

/// Of what normalize_timestamp made.
Millis to_time(const std::string& text) {
  std::tm parts{};
  ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  return std::chrono::seconds(::timegm(&parts)) + Millis(std::stoi(text.substr(20, 3)));
}

std::optional<Millis> read_time(QueryReader& query, const char* name, BodyErrors& errors) {
  const auto* text = query.text(name);
  if (!text) return std::nullopt;
  const auto time = normalize_timestamp(*text);
  if (time) return to_time(*time);
  errors.add(name, "must be a time as in RFC 3339, e.g. 2026-01-31T12:00:00Z");
  return std::nullopt;
}

std::int64_t seconds_of(const std::string& bucket) {
  if (bucket == "minute") return 60;
  if (bucket == "hour") return 3600;
  return bucket == "day" ? 86'400 : 0;
}

Range read_range(QueryReader& query, BodyErrors& errors) {
  Range range;
  const auto since = read_time(query, "since", errors);
  const auto until = read_time(query, "until", errors);
  // To the end of this second: what was submitted just now counts.
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(
                       std::chrono::system_clock::now().time_since_epoch()) +
                   std::chrono::seconds(1);
  range.until = until.value_or(since && *since + kDefault < now ? *since + kDefault : now);
  range.since = since.value_or(range.until - std::min(kDefault, range.until));
  if (const auto* bucket = query.text("bucket")) {
    if (seconds_of(*bucket) == 0) errors.add("bucket", "must be minute, hour or day");
    range.bucket = *bucket;
  }
  if (!errors.empty()) return range;
  const auto width = range.until - range.since;
  if (width <= Millis(0))
    errors.add("since", "must be before until");
  else if (width > kLongest)
    errors.add("since", "must be at most 31 days before until");
  else if (!range.bucket.empty() &&
           width / std::chrono::seconds(seconds_of(range.bucket)) > kMaxBuckets)
    errors.add("bucket", "would make more than " + std::to_string(kMaxBuckets) +
                             " buckets of this range: choose a wider one");
  return range;
}

void write_spread(json::Writer& writer, const char* name, const Spread& spread) {
  writer.key(name).begin_object().key("mean");
  spread.mean ? writer.real(*spread.mean) : writer.null();
  const std::pair<const char*, const std::optional<std::int64_t>&> parts[] = {
      {"p50", spread.p50}, {"p90", spread.p90}, {"p99", spread.p99}, {"max", spread.maximum}};
  for (const auto& [part, value] : parts) {
    writer.key(part);
    value ? writer.integer(*value) : writer.null();
  }
  writer.end_object();
}

void write_groups(json::Writer& writer, const OwnerStats& stats, double minutes) {
  std::int64_t total = 0;
  std::map<std::string, std::int64_t> by_status;
  for (const auto& group : stats.groups) {
    total += group.count;
    by_status[group.status] += group.count;
  }
  const auto rate = [minutes](std::int64_t count) { return static_cast<double>(count) / minutes; };
  writer.member("count", total).member("rate_per_minute", rate(total));
  writer.member("complete", stats.complete);
  writer.key("by_status").begin_object();
  for (const auto& [status, count] : by_status) writer.member(status, count);
  writer.end_object();
  writer.key("groups").begin_array();
  for (const auto& group : stats.groups) {
    writer.begin_object().member("language", group.language).member("status", group.status);
    writer.member("count", group.count).member("rate_per_minute", rate(group.count));
    write_spread(writer, "execution_time", group.execution_time);
    write_spread(writer, "queue_ms", group.queue_ms);
    writer.end_object();
  }
  writer.end_array();
}

void write_buckets(json::Writer& writer, const OwnerStats& stats, const std::string& bucket) {
  writer.key("bucket");
  bucket.empty() ? writer.null() : writer.string(bucket);
  writer.key("buckets").begin_array();
  for (const auto& entry : stats.buckets) {
    writer.begin_object().member("start", entry.start).key("by_status").begin_object();
    for (const auto& [status, count] : entry.by_status) writer.member(status, count);
    writer.end_object();
    write_spread(writer, "execution_time", entry.execution_time);
    write_spread(writer, "queue_ms", entry.queue_ms);
    writer.end_object();
  }
  writer.end_array();
}

void write_service(json::Writer& writer, const ServiceStats& stats) {
  writer.key("service").begin_object();
  writer.member("queued", stats.queued).member("running", stats.running);
  writer.key("oldest_queued_ms");
  stats.oldest_queued_ms ? writer.integer(*stats.oldest_queued_ms) : writer.null();
  writer.member("live_workers", stats.live_workers).member("slots", stats.slots);
  writer.member("busy_slots", stats.busy_slots);
  writer.member("warm_sandboxes", stats.warm_sandboxes).end_object();
}

Response read_stats(const ApiContext& context, const Request& request, const Caller& caller) {
  BodyErrors errors;
  QueryReader query(request, errors);
  StatsQuery wanted;
  wanted.owner = caller.owner;
  if (const auto* language = query.text("language")) {
    // A language that is gone may still stand in the history.
    const auto* known = context.catalog.find(*language);
    wanted.language = known ? known->id : *language;
  }
  if (const auto* status = query.text("status")) {
    if (!status_from(*status))
      errors.add("status", "must be one of " + name_list({"QUEUED", "RUNNING", "COMPLETED",
                                                          "FAILED", "TIMEOUT", "CANCELLED"}));
    wanted.status = *status;
  }
  const auto range = read_range(query, errors);
  query.refuse_unknown();
  if (!errors.empty()) return refusal(errors);

  wanted.since = to_text(range.since);
  wanted.until = to_text(range.until);
  wanted.bucket_s = seconds_of(range.bucket);
  auto& store = required(context.stats);
  const auto stats = store.of_owner(wanted);
  const std::chrono::duration<double, std::ratio<60>> minutes = range.until - range.since;
  json::Writer writer;
  writer.begin_object().member("since", wanted.since).member("until", wanted.until);
  write_groups(writer, stats, minutes.count());
  write_buckets(writer, stats, range.bucket);
  write_service(writer, store.of_service());
  writer.end_object();
  return json_response(200, writer.text());
}

}  // namespace

void add_stats_routes(Router& router, const ApiContext& context) {
  router.add("GET", "/api/v1/stats", for_caller(context, Scope::kRead, read_stats));
}

}  // namespace runyard
