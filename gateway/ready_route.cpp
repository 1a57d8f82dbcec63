#include "gateway/ready_route.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <optional>
#include <utility>

#include "gateway/api_client.hpp"

namespace runyard::gateway {
namespace {

namespace asio = boost::asio;

/// One question to the API, on a strand of its own: its answer or the end of the patience.
struct Question {
  Question(asio::io_context& io, std::shared_ptr<Exchange> asked)
      : strand(asio::make_strand(io)), timer(strand), exchange(std::move(asked)) {}

  void answer(bool ready) {
    timer.cancel();
    if (!exchange) return;
    HttpResponse response;
    if (ready) {
      response.headers.emplace_back("Content-Type", "application/json");
      response.body = R"({"status":"READY"})";
    } else {
      response = problem_response({503, "the API does not answer", {}});
    }
    std::exchange(exchange, nullptr)->respond(std::move(response));
  }

  const asio::strand<asio::io_context::executor_type> strand;
  asio::steady_timer timer;
  std::shared_ptr<Exchange> exchange;  ///< null once it was answered
};

}  // namespace

void ReadyRoute::handle(std::shared_ptr<Exchange> exchange) {
  if (!database_there_())
    return exchange->respond(problem_response({503, "the database is away", {}}));
  ApiRequest request;
  request.target = "/api/v1/health";
  request.caller = exchange->request().caller;
  const auto question = std::make_shared<Question>(io_, std::move(exchange));
  question->timer.expires_after(patience_);
  question->timer.async_wait([question](boost::system::error_code error) {
    if (!error) question->answer(false);
  });
  const bool sent =
      api_.call(request, question->strand, [question](std::optional<CgiAnswer> answer) {
        question->answer(answer && answer->status == 200);
      });
  if (!sent) asio::post(question->strand, [question] { question->answer(false); });
}

}  // namespace runyard::gateway
