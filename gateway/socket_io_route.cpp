#include "gateway/socket_io_route.hpp"

#include <boost/asio/post.hpp>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "gateway/admission.hpp"
#include "gateway/engine_request.hpp"
#include "gateway/socket_io_session.hpp"

namespace runyard::gateway {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;
using SessionPointer = std::shared_ptr<SocketIoSession>;

/// The open sessions. Thread-safe.
class Sessions final {
 public:
  void add(SessionPointer session) {
    const std::lock_guard lock(mutex_);
    sessions_.emplace(session->sid(), std::move(session));
  }
  void remove(const std::string& sid) {
    std::function<void()> emptied;
    SessionPointer last;
    {
      const std::lock_guard lock(mutex_);
      const auto found = sessions_.find(sid);
      if (found == sessions_.end()) return;
      last = std::move(found->second);
      sessions_.erase(found);
      if (sessions_.empty()) emptied = std::exchange(emptied_, {});
    }
    if (emptied) emptied();
  }
  SessionPointer find(const std::string& sid) const {
    const std::lock_guard lock(mutex_);
    const auto found = sessions_.find(sid);
    return found == sessions_.end() ? nullptr : found->second;
  }
  /// Closes all; `done` once none is left.
  void close_all(std::function<void()> done) {
    std::vector<SessionPointer> open;
    {
      const std::lock_guard lock(mutex_);
      draining_ = true;
      for (const auto& [sid, session] : sessions_) open.push_back(session);
      if (!open.empty()) emptied_ = std::move(done);
    }
    if (open.empty()) return done();
    for (const auto& session : open) session->close("the server ends");
  }
  bool draining() const {
    const std::lock_guard lock(mutex_);
    return draining_;
  }

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, SessionPointer> sessions_;  // under mutex_
  std::function<void()> emptied_;                             // under mutex_
  bool draining_ = false;                                     // under mutex_
};

/// Only pages of this origin and named ones may come with what the browser sends unasked.
Headers cors_headers(const HttpRequest& request) {
  Headers headers{{"Vary", "Origin"}};
  if (!request.access.cors_origin.empty())
    headers.emplace_back("Access-Control-Allow-Origin", request.access.cors_origin);
  if (request.access.named) headers.emplace_back("Access-Control-Allow-Credentials", "true");
  return headers;
}

HttpResponse plain(const engine_io::PollAnswer& answer, Headers headers) {
  const bool json = answer.status != 200;
  headers.emplace_back("Content-Type", json ? "application/json" : "text/plain; charset=UTF-8");
  headers.emplace_back("Cache-Control", "no-store");
  return HttpResponse{answer.status, std::move(headers), answer.body, false};
}

HttpResponse refusal(engine_io::Error error, Headers headers) {
  return plain({engine_io::status_of(error), engine_io::error_body(error)}, std::move(headers));
}

/// No place is left. The code is that of a server that does not want to; the status says for how
/// long.
HttpResponse full(const Problem& problem, Headers headers) {
  json::Writer writer;
  writer.begin_object()
      .member("code", static_cast<int>(engine_io::Error::kForbidden))
      .member("message", problem.detail)
      .end_object();
  headers.emplace_back("Retry-After", "5");
  return plain({problem.status, writer.text()}, std::move(headers));
}

HttpResponse preflight(Headers headers) {
  headers.emplace_back("Access-Control-Allow-Methods", "GET, POST");
  headers.emplace_back("Access-Control-Allow-Headers", "Content-Type, Authorization, X-API-Key");
  headers.emplace_back("Access-Control-Max-Age", "600");
  return HttpResponse{204, std::move(headers), {}, false};
}

class SocketIoRoute final : public Route {
 public:
  explicit SocketIoRoute(const LiveContext& context) : context_(context) {}

  void handle(std::shared_ptr<Exchange> exchange) override {
    const auto& request = exchange->request();
    auto headers = cors_headers(request);
    if (request.method == "OPTIONS") return exchange->respond(preflight(std::move(headers)));
    const auto query = engine_io::parse_query(request.query);
    auto session = query.sid.empty() ? nullptr : sessions_->find(query.sid);
    // Somebody else's is one that never was.
    if (session && !session->is_of(request.caller, request.upgrade)) session = nullptr;
    if (const auto error =
            engine_io::check(request.method, request.upgrade, query, session != nullptr))
      return exchange->respond(refusal(*error, std::move(headers)));
    if (session)
      existing(std::move(exchange), std::move(session), std::move(headers));
    else
      fresh(std::move(exchange), std::move(headers));
  }

  HttpResponse refused(const HttpRequest& request) const override {
    // In the words of the reference server; the log says why.
    return plain({request.access.status, engine_io::error_body(engine_io::Error::kForbidden)},
                 {{"Vary", "Origin"}});
  }

  void drain(std::function<void()> done) override { sessions_->close_all(std::move(done)); }

 private:
  static SocketIoSession::Reply reply(std::shared_ptr<Exchange> exchange, Headers headers) {
    return [exchange = std::move(exchange), headers = std::move(headers)](
               const engine_io::PollAnswer& answer) { exchange->respond(plain(answer, headers)); };
  }

  void fresh(std::shared_ptr<Exchange> exchange, Headers headers) {
    if (sessions_->draining())
      return exchange->respond(full({503, "the server ends; try again", {}}, std::move(headers)));
    auto admitted = context_.admission.admit(exchange->request().caller.address);
    if (const auto* problem = std::get_if<Problem>(&admitted))
      return exchange->respond(full(*problem, std::move(headers)));
    auto& ticket = std::get<Admission::Ticket>(admitted);
    if (!exchange->request().upgrade) {
      const auto session = open(context_, sessions_, exchange->request().caller, std::move(ticket));
      return session->open_polling(reply(std::move(exchange), std::move(headers)));
    }
    exchange->accept(engine_io::kMaxPayload, [&context = context_, sessions = sessions_,
                                              caller = exchange->request().caller,
                                              ticket](std::shared_ptr<WebSocket> socket) mutable {
      return open(context, sessions, caller, std::move(ticket))->open_web_socket(std::move(socket));
    });
  }

  static void existing(std::shared_ptr<Exchange> exchange, SessionPointer session,
                       Headers headers) {
    const auto& request = exchange->request();
    if (request.upgrade)
      return exchange->accept(engine_io::kMaxPayload, [session](std::shared_ptr<WebSocket> socket) {
        return session->offer_web_socket(std::move(socket));
      });
    if (request.method == "POST") {
      if (request.body.size() > engine_io::kMaxPayload)
        return exchange->respond(HttpResponse{413, std::move(headers), {}, true});
      auto body = request.body;
      return session->post(std::move(body), reply(std::move(exchange), std::move(headers)));
    }
    exchange->on_gone([weak = std::weak_ptr<SocketIoSession>(session)] {
      if (const auto gone = weak.lock()) gone->poll_gone();
    });
    session->poll(reply(std::move(exchange), std::move(headers)));
  }

  static SessionPointer open(const LiveContext& context, const std::shared_ptr<Sessions>& sessions,
                             const Caller& caller, Admission::Ticket ticket) {
    auto session =
        SocketIoSession::make(context, caller, std::move(ticket),
                              [sessions](const std::string& sid) { sessions->remove(sid); });
    sessions->add(session);
    // One whose WebSocket was being accepted while the others were closed.
    if (sessions->draining()) session->close("the server ends");
    return session;
  }

  const LiveContext& context_;
  const std::shared_ptr<Sessions> sessions_ = std::make_shared<Sessions>();
};

}  // namespace

std::shared_ptr<Route> make_socket_io_route(const LiveContext& context) {
  return std::make_shared<SocketIoRoute>(context);
}

}  // namespace runyard::gateway
