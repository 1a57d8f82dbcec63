// Rows 3 to 6 and 10: compiled programs, one client.
#include <algorithm>

#include "tests/bench/bare.hpp"
#include "tests/bench/load.hpp"
#include "tests/bench/machine.hpp"
#include "tests/bench/rows.hpp"

namespace runyard::bench {
namespace {

constexpr char kIostream[] =
    "#include <iostream>\n\nint main() {\n  std::cout << \"Hello, World!\\n\";\n}\n";
constexpr char kEverything[] =
    "#include <bits/stdc++.h>\nusing namespace std;\n\nint main() {\n"
    "  vector<string> words = {\"World!\", \"Hello,\"};\n  sort(words.begin(), words.end());\n"
    "  map<string, int> seen;\n  for (auto& word : words) ++seen[word];\n"
    "  cout << words[0] << ' ' << words[1] << '\\n';\n}\n";
constexpr char kSquare[] =
    "#include <iostream>\n\nint main() {\n  long long n;\n  std::cin >> n;\n"
    "  std::cout << n * n << '\\n';\n}\n";
constexpr int kTests = 50;

std::vector<BareStep> compile_and_run(const BenchLanguage& language) {
  std::vector<BareStep> steps;
  if (!language.bare_compile.empty()) steps.push_back({language.bare_compile, ""});
  steps.push_back({language.bare_run, ""});
  return steps;
}

bool was_cached(const json::Value& execution) {
  const auto* compile = execution.find("compile");
  const auto* cached = compile ? compile->find("cached") : nullptr;
  return cached && cached->boolean() && *cached->boolean();
}

/// A program that prints kHello, each time a new one, against its bare compile and run: medians of
/// `runs`.
Turns hello_turns(Bench& bench, const std::string& row, const BenchLanguage& language,
                  const std::string& code, int runs, int bare_runs) {
  Bare bare(bench.stack, language);
  bare.file(language.source, code);
  HttpClient client(bench.stack);
  const auto ours = [&](int times) {
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) {
      const auto ran =
          run_checked(client, Submission{language.id, never_seen(code), {}}.json(), kHello);
      if (was_cached(ran.execution))
        throw Failure("a program that was never seen came out of the cache");
      ms.push_back(ran.ms);
    }
    return median(ms);
  };
  const auto steps = compile_and_run(language);
  const auto theirs = [&](int times) { return median(bare.run(steps, kHello, times).run_ms); };
  ours(2);
  theirs(1);
  return bench.by_turns(
      row, [&] { return ours(bench.count(runs)); }, [&] { return theirs(bench.count(bare_runs)); });
}

}  // namespace

void cpp_compile_and_run(Bench& bench) {
  const auto& cpp = bench.stack.language("cpp");
  const auto small = hello_turns(bench, "3", cpp, kIostream, 10, 5);
  bench.report.figures.push_back(figure_of_turns("3", "C++ <iostream>, compile and run, 1 client",
                                                 "ms", small, Judged::kRatio, 0.55));
  const auto large = hello_turns(bench, "3", cpp, kEverything, 5, 3);
  bench.report.figures.push_back(figure_of_turns(
      "3", "C++ <bits/stdc++.h>, compile and run, 1 client", "ms", large, Judged::kRatio, 0.40));
}

void cpp_cached(Bench& bench) {
  const auto& cpp = bench.stack.language("cpp");
  Bare bare(bench.stack, cpp);
  bare.file(cpp.source, kIostream);
  // The binary stays in the loops' folders, for the runs that follow.
  bare.run(compile_and_run(cpp), kHello, cores(), cores());
  const std::vector<BareStep> run = {{cpp.bare_run, ""}};
  const auto submission = Submission{"cpp", never_seen(kIostream), {}}.json();
  const auto cached = [&](HttpClient& client) {
    const auto ran = run_checked(client, submission, kHello);
    if (!was_cached(ran.execution))
      throw Failure("a program that was just compiled was compiled again");
    return ran.ms;
  };
  HttpClient client(bench.stack);
  run_checked(client, submission, kHello);
  const auto ours = [&](int times) {
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) ms.push_back(cached(client));
    return median(ms);
  };
  ours(20);
  const auto turns = bench.by_turns(
      "4", [&] { return ours(bench.count(200)); },
      [&] { return median(bare.run(run, kHello, bench.count(200)).run_ms); });
  bench.report.figures.push_back(figure_of_turns("4", "C++ again, compile cache, 1 client, median",
                                                 "ms", turns, Judged::kDifference, 4.0));
  const auto rates = bench.by_turns(
      "4",
      [&] {
        return run_load(bench.stack, 8, bench.count(800), 0, 20,
                        [&](HttpClient& one) { cached(one); })
            .rate();
      },
      [&] { return bench.count(800) / bare.run(run, kHello, bench.count(800), cores()).wall_s; });
  bench.report.figures.push_back(figure_of_turns("4", "C++ again, compile cache, 8 clients, rate",
                                                 "/s", rates, Judged::kAbsolute, 350, false));
}

void java_compile_and_run(Bench& bench) {
  const auto& java = bench.stack.language("java");
  const auto turns = hello_turns(bench, "5", java, java.hello, 4, 3);
  bench.report.figures.push_back(figure_of_turns("5", "Java hello, compile and run, 1 client", "ms",
                                                 turns, Judged::kRatio, 0.60));
}

void cpp_many_tests(Bench& bench) {
  const auto& cpp = bench.stack.language("cpp");
  Bare bare(bench.stack, cpp);
  bare.file(cpp.source, kSquare);
  std::vector<BareStep> steps = {{cpp.bare_compile, ""}};
  std::string expected;
  json::Writer tests;
  tests.begin_array();
  for (int i = 1; i <= kTests; ++i) {
    const auto number = std::to_string(i * 1001);
    const auto square = std::to_string(i * 1001LL * i * 1001LL) + "\n";
    bare.file(number, number + "\n");
    steps.push_back({cpp.bare_run, number});
    expected += square;
    tests.begin_object().member("name", number).member("stdin", number + "\n");
    tests.member("expected_output", square).end_object();
  }
  tests.end_array();
  HttpClient client(bench.stack);
  const auto ours = [&](int times) {
    std::vector<double> ms;
    for (int i = 0; i < times; ++i) {
      const Submission submission{"cpp", never_seen(kSquare), {{"tests", tests.text()}}};
      const double begun = now_s();
      const auto reply = client.request("POST", "/api/v1/executions?wait=60", submission.json());
      ms.push_back((now_s() - begun) * 1e3);
      const auto execution = json::parse(reply.body);
      const auto* results = execution.find("tests");
      const auto* status = execution.find("status");
      if (reply.status != 200 || !status || !status->string() || *status->string() != "COMPLETED" ||
          !results || !results->array() || results->array()->size() != kTests)
        throw Failure("wrong answer: " + std::to_string(kTests) + " tests gave " + reply.body);
    }
    return median(ms);
  };
  const auto theirs = [&](int times) { return median(bare.run(steps, expected, times).run_ms); };
  ours(1);
  theirs(1);
  const auto turns = bench.by_turns(
      "6", [&] { return ours(bench.count(3)); }, [&] { return theirs(bench.count(3)); });
  bench.report.figures.push_back(figure_of_turns(
      "6", "C++ with 50 tests: compile once, run 50 times", "ms", turns, Judged::kRatio, 1.3));
}

void hello_in_every_language(Bench& bench) {
  for (const auto& language : bench.stack.languages) {
    if (language.bare_run.empty() || language.hello.empty()) continue;
    const auto known = HttpClient(bench.stack).request("GET", "/api/v1/languages/" + language.id);
    if (known.body.find("\"available\":true") == std::string::npos) {
      bench.progress("10", language.id + " is left out: its image is missing");
      continue;
    }
    bench.progress("10", language.id);
    const bool compiled = !language.bare_compile.empty();
    const auto turns = compiled ? hello_turns(bench, "10", language, language.hello, 4, 3)
                                : hello_turns(bench, "10", language, language.hello, 20, 20);
    bench.report.figures.push_back(
        figure_of_turns("10", language.id + " hello" + (compiled ? ", compile and run" : ""), "ms",
                        turns, Judged::kRatio, compiled ? 1.0 : 1.3));
  }
}

}  // namespace runyard::bench
