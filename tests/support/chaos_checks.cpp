#include "tests/support/chaos_checks.hpp"

#include <set>

#include "core/json.hpp"
#include "tests/support/http_client.hpp"

namespace runyard::test {
namespace {

/// What is wrong with a live run that ended so; "" when nothing is.
std::string mistake(const LiveTalk& talk, const StoredResult& result, bool crashed) {
  if (result.status.empty()) return "has no result";
  if (!talk.status.empty() && talk.status != result.status)
    return "is " + result.status + ", and its client was told " + talk.status;
  if (result.status == "COMPLETED") {
    if (!talk.typed) return "completed without its line";
    return result.output == talk.output ? "" : "said '" + result.output + "'";
  }
  const bool cut = result.status == "CANCELLED" || result.reason == "WORKER_LOST" ||
                   result.reason == "SANDBOX_FAILURE" || (crashed && result.status == "TIMEOUT");
  return cut ? "" : "is " + result.status + " " + result.reason + ": " + result.message;
}

}  // namespace

StoredResults stored_results(const OwnCluster& cluster) {
  StoredResults found;
  for (const auto& row : cluster.rows(
           "select e.id, coalesce(r.status, ''), coalesce(r.reason, ''), "
           "encode(coalesce(r.stdout, ''), 'escape'), coalesce(r.message, ''), "
           "coalesce(r.attempt, 0), e.request -> 'live' is not null from executions e left join "
           "results r on r.execution_id = e.id"))
    found[row[0]] = {row[1], row[2], row[3], row[4], std::stoi(row[5]), row[6] == "t"};
  return found;
}

LiveFigures compare(const std::vector<LiveTalk>& talks, const std::vector<Owed>& owed,
                    const StoredResults& stored, bool crashed) {
  LiveFigures figures;
  std::set<std::string> ids;
  for (const auto& one : owed) ids.insert(one.id);
  int untold = 0;
  for (const auto& talk : talks) {
    if (talk.id.empty()) {
      ++untold;
      continue;
    }
    ++figures.runs;
    if (!ids.insert(talk.id).second) figures.wrong += talk.id + " was given twice\n";
    const auto found = stored.find(talk.id);
    const auto result = found == stored.end() ? StoredResult() : found->second;
    if (result.status.empty()) ++figures.lost;
    if (result.status != "COMPLETED") ++figures.cut;
    if (const auto what = mistake(talk, result, crashed); !what.empty())
      figures.wrong += "live run " + talk.id + " " + what + "\n";
  }
  for (const auto& [id, result] : stored) {
    if (!result.live || ids.count(id) > 0) continue;
    ++figures.unheard;
    if (result.status.empty()) ++figures.lost;
  }
  if (figures.unheard > untold)
    figures.wrong += std::to_string(figures.unheard) + " live runs are there that nobody knows, " +
                     std::to_string(untold) + " were asked for without an answer\n";
  return figures;
}

WebhookFigures compare(const std::vector<Owed>& owed, const StoredResults& stored,
                       const std::vector<ReceivedRequest>& received) {
  struct Delivered {
    int times = 0;
    std::set<std::string> ids;
    std::set<std::string> statuses;
  };
  std::map<std::string, Delivered> delivered;
  for (const auto& request : received) {
    const auto body = json::parse(request.body);
    auto& one = delivered[text_at(body, "execution_id")];
    ++one.times;
    one.ids.insert(request.headers.at("webhook-id"));
    one.statuses.insert(text_at(body, "status"));
  }
  WebhookFigures figures;
  for (const auto& one : owed) {
    if (!one.webhook) continue;
    ++figures.asked;
    const auto result = stored.find(one.id);
    const auto status = result == stored.end() ? "" : result->second.status;
    const auto told = delivered[one.id];
    delivered.erase(one.id);
    if (told.times > 1) ++figures.again;
    if (told.times == 0) figures.wrong += "nobody was told of " + one.id + "\n";
    if (told.ids.size() > 1) figures.wrong += one.id + " was told under several ids\n";
    for (const auto& said : told.statuses)
      if (said != status) figures.wrong += one.id + " is " + status + ", told " + said + "\n";
  }
  for (const auto& [id, one] : delivered) figures.wrong += "nobody wanted to know of " + id + "\n";
  return figures;
}

}  // namespace runyard::test
