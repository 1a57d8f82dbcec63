// Row 13: how long a typed line is on its way to a program and back.
#include "tests/bench/machine.hpp"
#include "tests/bench/rows.hpp"
#include "tests/support/agent_session.hpp"
#include "tests/support/live_client.hpp"

namespace runyard::bench {
namespace {

constexpr char kEcho[] =
    "import sys\n"
    "for line in sys.stdin:\n"
    "    sys.stdout.write(line)\n"
    "    sys.stdout.flush()\n";

std::string line_number(int n) { return "line " + std::to_string(n) + "\n"; }

/// A program that runs through gateway, database, worker and agent.
class ThroughEverything final {
 public:
  explicit ThroughEverything(const Stack& stack) : client_(stack.host + ":" + stack.port) {
    json::Writer writer;
    writer.begin_object().member("type", "run").member("language", "python").member("code", kEcho);
    writer.key("limits").begin_object().member("wall_ms", 300'000).end_object().end_object();
    client_.send(writer.text());
    while (next() != "started") {
    }
  }

  /// Milliseconds until the line is back.
  double exchange(int n) {
    const auto line = line_number(n);
    json::Writer writer;
    writer.begin_object().member("type", "stdin").member("data", line).end_object();
    const auto message = writer.text();
    const double begun = now_s();
    client_.send(message);
    std::string got;
    while (got.size() < line.size())
      if (next() == "output") got += *last_.find("data")->string();
    const double ms = (now_s() - begun) * 1e3;
    if (got != line) throw Failure("the program echoed " + got);
    return ms;
  }

 private:
  std::string next() {
    last_ = client_.receive();
    const auto* type = last_.find("type");
    if (!type || !type->string()) throw Failure("a live message without a type");
    if (*type->string() == "exit" || *type->string() == "error")
      throw Failure("the echoing program ended");
    return *type->string();
  }

  test::LiveClient client_;
  json::Value last_;
};

/// The same program with its agent alone, spoken to over the pipes of `docker run`.
class AgentAlone final {
 public:
  explicit AgentAlone(const BenchLanguage& python) : session_(options(python)) {
    if (const auto wrong = session_.hello(); !wrong.empty()) throw Failure("no agent: " + wrong);
    auto job = test::python(kEcho);
    job.live = true;
    job.steps[0].interactive = true;
    job.steps[0].wall_ms = 300'000;
    session_.submit(job);
  }

  double exchange(int n) {
    const auto line = line_number(n);
    const double begun = now_s();
    session_.send(protocol::FrameType::kStdin, line);
    std::string got;
    test::AgentSession::Received frame;
    while (got.size() < line.size()) {
      if (!session_.receive(frame)) throw Failure("the agent ended");
      if (frame.type == protocol::FrameType::kStdout) got += frame.payload;
    }
    const double ms = (now_s() - begun) * 1e3;
    if (got != line) throw Failure("the agent echoed " + got);
    return ms;
  }

 private:
  static test::SandboxOptions options(const BenchLanguage& python) {
    test::SandboxOptions options;
    options.image = python.image;
    options.without = {"--entrypoint=/runyard-test/runyard-agent"};
    options.extra = {"--entrypoint=/runyard/agent"};
    return options;
  }

  test::AgentSession session_;
};

}  // namespace

void typed_line(Bench& bench) {
  ThroughEverything ours(bench.stack);
  AgentAlone alone(bench.stack.language("python"));
  int n = 0;
  const auto median_of = [&](auto& way, int times) {
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) ms.push_back(way.exchange(++n));
    return median(ms);
  };
  median_of(ours, 20);
  median_of(alone, 20);
  const auto turns = bench.by_turns(
      "13", [&] { return median_of(ours, bench.count(200)); },
      [&] { return median_of(alone, bench.count(200)); });
  bench.report.figures.push_back(
      figure_of_turns("13", "a typed line's echo, 1 client, median; over the agent alone", "ms",
                      turns, Judged::kDifference, 5));
}

}  // namespace runyard::bench
