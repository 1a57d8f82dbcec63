#include "gateway/live_run.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <deque>
#include <optional>
#include <utility>

#include "core/execution_store.hpp"
#include "core/ids.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "gateway/api_client.hpp"
#include "gateway/db_threads.hpp"
#include "gateway/gateway_metrics.hpp"
#include "gateway/held_runs.hpp"
#include "gateway/hub.hpp"
#include "gateway/live_context.hpp"
#include "gateway/live_messages.hpp"

namespace runyard::gateway {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// What a listener is given at a time.
constexpr std::size_t kMaxPageBytes = 64 * 1024;
constexpr const char* kAway = "the database is away; attach to the execution again later";
constexpr const char* kNoResult =
    "the result cannot be had here now: read the execution, or attach to it again";
constexpr const char* kCrowded = "too many requests wait for the service; try again";
constexpr auto kFirstInputRetry = std::chrono::milliseconds(10);
constexpr auto kLastInputRetry = std::chrono::milliseconds(160);

class StoredLiveRun final : public LiveRun {
 public:
  StoredLiveRun(const LiveContext& context, asio::any_io_executor executor, Caller caller,
                std::weak_ptr<LiveRunListener> listener)
      : context_(context),
        executor_(std::move(executor)),
        caller_(std::move(caller)),
        listener_(std::move(listener)),
        retry_(executor_),
        input_retry_(executor_) {}

  void submit(std::string body, LiveMode mode, bool detach) override {
    held_ = !detach;
    may_submit_ = true;
    submission_.method = "POST";
    submission_.target = "/api/v1/executions";
    submission_.body = std::move(body);
    submission_.live = mode == LiveMode::kNative ? "native" : "execute";
    submission_.caller = caller_;
    if (!held_) return send_submission();
    // Known to the other gateways, and by an id of this one's, before it is there: whatever is lost
    // from here on, somebody cancels it.
    submission_.execution_id = new_uuid7();
    context_.held.hold(submission_.execution_id, executor_,
                       [self = self(), expected = context_.held.expect()](bool held) {
                         if (held && !self->left_) return self->send_submission();
                         self->refuse_unsent("the database is away; try again");
                       });
  }

  void attach(std::string execution_id, std::int64_t from) override {
    seen_ = from;
    if (!is_uuid(execution_id)) {
      asio::post(executor_, [self = self()] {
        self->refuse({404, "there is no such execution", {}});
      });
      return;
    }
    ApiRequest request;
    request.target = "/api/v1/executions/" + execution_id + "?view=full";
    request.live = "attach";
    request.caller = caller_;
    const bool sent = context_.api.call(
        request, executor_,
        [self = self()](std::optional<CgiAnswer> answer) { self->found(std::move(answer)); });
    if (!sent) asio::post(executor_, [self = self()] { self->refuse({503, kCrowded, {}}); });
  }

  void events_written() override {
    unwritten_ = false;
    deliver();
  }

  void input(LiveInputKind kind, std::string data,
             std::function<void(InputOutcome)> done) override {
    input_ = Input{kind, std::move(data), 0, std::move(done), kFirstInputRetry};
    if (!running()) {
      asio::post(executor_, [self = self()] { self->input_done(InputOutcome::kOver); });
    } else if (!may_submit_) {
      asio::post(executor_, [self = self()] { self->input_done(InputOutcome::kForbidden); });
    } else if (kind == LiveInputKind::kStdin && input_.data.empty()) {
      asio::post(executor_, [self = self()] { self->input_done(InputOutcome::kTaken); });
    } else {
      put_input();
    }
  }

  void leave() override {
    if (left_) return;
    left_ = true;
    submission_.body = {};
    if (!id_.empty() && !ended_)
      log::info("client left its live run", {{"execution", id_}, {"killed", held_}});
    if (!id_.empty() && held_ && !ended_) context_.held.kill(id_);
    close();
  }

  const std::string& execution_id() const override { return id_; }
  bool running() const override { return !id_.empty() && !ended_ && !left_; }

 private:
  struct Input {
    LiveInputKind kind = LiveInputKind::kStdin;
    std::string data;
    std::size_t taken = 0;
    std::function<void(InputOutcome)> done;
    std::chrono::milliseconds pause{};
  };

  std::shared_ptr<StoredLiveRun> self() {
    return std::static_pointer_cast<StoredLiveRun>(shared_from_this());
  }

  void send_submission() {
    const bool sent = context_.api.call(
        submission_, executor_,
        [self = self(), expected = context_.held.expect()](std::optional<CgiAnswer> answer) {
          self->submitted(std::move(answer));
        });
    submission_.body = {};
    if (sent) return;
    // Not from within submit().
    asio::post(executor_, [self = self(), expected = context_.held.expect()] {
      self->refuse_unsent(kCrowded);
    });
  }

  void refuse_unsent(const char* why) {
    if (held_) context_.held.let_go(submission_.execution_id);
    refuse({503, why, {}});
  }

  void submitted(std::optional<CgiAnswer> answer) {
    const auto id = answer && answer->status < 300 ? execution_id_of(answer->body) : std::string();
    const bool started = !id.empty() && (!held_ || id == submission_.execution_id);
    if (!started) {
      // Only what the API says of the submission itself means that there is no run.
      const bool refused = answer && answer->status >= 400 && answer->status < 500;
      if (held_ && refused) context_.held.let_go(submission_.execution_id);
      if (held_ && !refused) context_.held.kill(submission_.execution_id);
      return refuse_as(answer);
    }
    id_ = id;
    gateway_metrics().started.add();
    if (!left_) return begin();
    if (held_) context_.held.kill(id_);
  }

  void found(std::optional<CgiAnswer> answer) {
    if (left_) return;
    if (!answer || answer->status >= 300) return refuse_as(answer);
    id_ = execution_id_of(answer->body);
    if (id_.empty()) return refuse_as(std::nullopt);
    const auto* may = answer->header("x-runyard-may-submit");
    may_submit_ = may && *may == "yes";
    if (is_over(answer->body)) result_ = std::move(answer->body);
    gateway_metrics().attached.add();
    begin();
  }

  void begin() {
    log::info("live run", {{"execution", id_}, {"request", caller_.request_id}});
    counted_.emplace(gateway_metrics().live_runs);
    subscription_ = context_.hub.subscribe(
        id_, [executor = executor_, weak = std::weak_ptr<StoredLiveRun>(self())](News news) {
          asio::post(executor, [weak, news] {
            if (const auto run = weak.lock()) run->hear(news);
          });
        });
    subscription_->seen(seen_);
    if (const auto listener = listener_.lock()) listener->on_started(id_);
    register_interest();
  }

  /// The end is to be notified, and the output to be published; then a first look.
  void register_interest() {
    context_.db.call(
        executor_,
        [&context = context_, id = id_] {
          auto states = context.live.states({id});
          if (!states.empty() && states.front().over) return states;
          context.executions.watch(id);
          context.live.follow(id);
          return context.live.states({id});
        },
        [self = self()](std::optional<std::vector<LiveState>> states) {
          if (self->left_ || self->ended_) return;
          if (!states) return self->later(kAway, [self] { self->register_interest(); });
          self->tries_ = 0;
          self->hear(!states->empty() && states->front().over ? News::kOver : News::kEvents);
        });
  }

  void hear(News news) {
    if (left_ || ended_) return;
    news_ = true;
    if (news == News::kOver) over_ = true;
    read();
  }

  /// One page of events, when the last is with the client.
  void read() {
    if (left_ || ended_ || reading_ || unwritten_ || !page_.empty() || !news_) return;
    reading_ = true;
    news_ = false;
    context_.db.call(
        executor_,
        [&live = context_.live, id = id_, after = seen_] { return live.events(id, after); },
        [self = self(), all = over_](std::optional<std::vector<LiveEvent>> events) {
          self->got(std::move(events), all);
        });
  }

  /// `all`: no event came after these were asked for.
  void got(std::optional<std::vector<LiveEvent>> events, bool all) {
    reading_ = false;
    if (left_ || ended_) return;
    if (!events) {
      news_ = true;
      return later(kAway, [self = self()] { self->read(); });
    }
    tries_ = 0;
    if (events->empty()) {
      if (all) return result_.empty() ? fetch_result() : finish(std::exchange(result_, {}));
      if (over_) news_ = true;  // it ended while they were read
      return read();
    }
    result_ = {};  // it may wait long for a client that reads slowly
    seen_ = events->back().id;
    subscription_->seen(seen_);
    news_ = true;  // there may be more than a page
    page_.insert(page_.end(), std::make_move_iterator(events->begin()),
                 std::make_move_iterator(events->end()));
    deliver();
  }

  void deliver() {
    if (left_ || ended_ || unwritten_) return;
    if (page_.empty()) return read();
    std::vector<LiveEvent> part;
    for (std::size_t bytes = 0; !page_.empty();) {
      bytes += page_.front().data.size();
      if (bytes > kMaxPageBytes && !part.empty()) break;
      part.push_back(std::move(page_.front()));
      page_.pop_front();
    }
    unwritten_ = true;
    if (const auto listener = listener_.lock()) listener->on_events(std::move(part));
  }

  void fetch_result() {
    if (fetching_) return;
    fetching_ = true;
    ApiRequest request;
    request.target = "/api/v1/executions/" + id_ + "?view=full";
    request.caller = caller_;
    const bool sent =
        context_.api.call(request, executor_, [self = self()](std::optional<CgiAnswer> answer) {
          self->fetching_ = false;
          self->got_result(std::move(answer));
        });
    if (sent) return;
    fetching_ = false;
    later(kNoResult, [self = self()] { self->fetch_result(); });
  }

  void got_result(std::optional<CgiAnswer> answer) {
    if (left_ || ended_) return;
    const bool refused = answer && answer->status >= 400 && answer->status < 500 &&
                         answer->status != 408 && answer->status != 429;
    if (refused) return refuse_as(answer);
    if (!answer || answer->status != 200 || !is_over(answer->body))
      return later(kNoResult, [self = self()] { self->fetch_result(); });
    finish(std::move(answer->body));
  }

  void finish(std::string execution) {
    ended_ = true;
    log::info("live run ended", {{"execution", id_}, {"request", caller_.request_id}});
    if (held_) context_.held.let_go(id_);
    close();
    const auto id = live_end_id(attempt_of(execution));
    if (const auto listener = listener_.lock()) listener->on_exit(std::move(execution), id);
  }

  void refuse_as(const std::optional<CgiAnswer>& answer) {
    refuse(answer ? problem_from_api(answer->status, answer->body) : problem_from_api(0, {}));
  }

  void refuse(const Problem& problem) {
    if (left_ || ended_) return;
    ended_ = true;
    gateway_metrics().runs_refused.add();
    if (held_ && !id_.empty()) context_.held.let_go(id_);
    close();
    if (const auto listener = listener_.lock()) listener->on_refused(problem);
  }

  void put_input() {
    auto piece = input_.data.substr(input_.taken, kMaxLivePiece);
    context_.db.call(
        executor_,
        [&live = context_.live, id = id_, kind = input_.kind, piece = std::move(piece)] {
          return live.put_input(id, kind, piece);
        },
        [self = self()](std::optional<PutInput> outcome) { self->input_put(outcome); });
  }

  void input_put(std::optional<PutInput> outcome) {
    if (left_) return;
    if (!outcome) return input_done(InputOutcome::kUnavailable);
    if (*outcome == PutInput::kOver) return input_done(InputOutcome::kOver);
    if (*outcome == PutInput::kTaken) {
      input_.taken += std::min(kMaxLivePiece, input_.data.size() - input_.taken);
      input_.pause = kFirstInputRetry;
      if (input_.taken == input_.data.size()) return input_done(InputOutcome::kTaken);
      return put_input();
    }
    input_retry_.expires_after(input_.pause);
    input_.pause = std::min<std::chrono::milliseconds>(input_.pause * 2, kLastInputRetry);
    input_retry_.async_wait([self = self()](error_code error) {
      if (!error && !self->left_) self->put_input();
    });
  }

  void input_done(InputOutcome outcome) {
    if (left_) return;
    auto done = std::move(input_.done);
    input_ = {};
    if (done) done(outcome);
  }

  /// Tries again, slower each time. In the end the client is told `why`: it may attach again, and
  /// what came of the run is read as of any other.
  template <typename Next>
  void later(const char* why, Next next) {
    if (++tries_ > context_.retries.most) {
      log::error("live run given up", {{"execution", id_}, {"error", why}});
      // Nobody talks to it any more. Of one that is over this changes nothing.
      if (held_ && !over_) {
        context_.held.kill(id_);
        held_ = false;
      }
      return refuse({503, why, {}});
    }
    const auto pause = context_.retries.first * (1 << std::min(tries_ - 1, 10));
    retry_.expires_after(std::min<std::chrono::milliseconds>(pause, context_.retries.last));
    retry_.async_wait([self = self(), next](error_code error) {
      if (!error && !self->left_) next();
    });
  }

  void close() {
    counted_.reset();
    subscription_.reset();
    page_.clear();
    result_ = {};
    retry_.cancel();
    if (!left_) return;  // input that waits is answered: it came too late
    input_retry_.cancel();
    input_ = {};
  }

  const LiveContext& context_;
  const asio::any_io_executor executor_;
  const Caller caller_;
  const std::weak_ptr<LiveRunListener> listener_;
  asio::steady_timer retry_;
  asio::steady_timer input_retry_;
  ApiRequest submission_;  ///< its body until it is sent
  std::string id_;
  std::string result_;       ///< of what was over already when it was found
  bool may_submit_ = false;  ///< the caller may: only then it may type, too
  bool held_ = false;        ///< leaving kills it
  bool left_ = false;
  bool ended_ = false;
  std::shared_ptr<Subscription> subscription_;
  std::int64_t seen_ = 0;
  bool news_ = false;       ///< there may be events after seen_
  bool over_ = false;       ///< no event comes any more that is not there
  bool reading_ = false;    ///< a page is being read
  bool unwritten_ = false;  ///< the listener has events that are not written
  bool fetching_ = false;
  int tries_ = 0;               ///< that failed in a row
  std::deque<LiveEvent> page_;  ///< read, and not yet given to the listener
  Input input_;
  std::optional<metrics::InUse> counted_;  ///< from its begin to its end
};

}  // namespace

std::shared_ptr<LiveRun> LiveRun::make(const LiveContext& context, asio::any_io_executor executor,
                                       Caller caller, std::weak_ptr<LiveRunListener> listener) {
  return std::make_shared<StoredLiveRun>(context, std::move(executor), std::move(caller),
                                         std::move(listener));
}

}  // namespace runyard::gateway
