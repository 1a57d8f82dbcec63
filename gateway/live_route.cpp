#include "gateway/live_route.hpp"

#include <utility>
#include <vector>

#include "gateway/live_session.hpp"

namespace runyard::gateway {

void LiveRoute::handle(std::shared_ptr<Exchange> exchange) {
  const auto& request = exchange->request();
  if (request.method != "GET") {
    auto response = problem_response({405, "this path takes GET, as a WebSocket's upgrade", {}});
    response.headers.emplace_back("Allow", "GET");
    return exchange->respond(std::move(response));
  }
  if (!request.upgrade) {
    auto response = problem_response({426, "this path is for WebSockets", {}});
    response.headers.emplace_back("Upgrade", "websocket");
    return exchange->respond(std::move(response));
  }
  auto admitted = context_.admission.admit(request.caller.address);
  if (const auto* refusal = std::get_if<Problem>(&admitted))
    return exchange->respond(problem_response(*refusal));
  exchange->accept(kMaxLiveMessage, [this, caller = request.caller,
                                     place = std::get<Admission::Ticket>(std::move(admitted))](
                                        std::shared_ptr<WebSocket> web_socket) {
    return open(caller, place, std::move(web_socket));
  });
}

std::shared_ptr<WebSocketListener> LiveRoute::open(Caller caller, std::shared_ptr<void> place,
                                                   std::shared_ptr<WebSocket> web_socket) {
  const std::unique_lock lock(mutex_);
  const auto number = next_++;
  auto session =
      std::make_shared<LiveSession>(context_, std::move(caller), std::move(place),
                                    std::move(web_socket), [this, number] { ended(number); });
  sessions_.emplace(number, session);
  if (draining_)
    session->restart();
  else
    session->start();
  return session;
}

void LiveRoute::ended(std::uint64_t number) {
  std::function<void()> drained;
  {
    const std::lock_guard lock(mutex_);
    sessions_.erase(number);
    if (sessions_.empty()) drained = std::exchange(drained_, nullptr);
  }
  if (drained) drained();
}

void LiveRoute::drain(std::function<void()> done) {
  std::vector<std::shared_ptr<LiveSession>> sessions;
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
    for (const auto& [number, weak] : sessions_)
      if (auto session = weak.lock()) sessions.push_back(std::move(session));
    if (!sessions_.empty()) drained_ = std::exchange(done, nullptr);
  }
  for (const auto& session : sessions) session->restart();
  if (done) done();
}

}  // namespace runyard::gateway
