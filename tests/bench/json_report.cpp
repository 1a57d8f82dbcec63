#include "core/json.hpp"
#include "tests/bench/report.hpp"

namespace runyard::bench {
namespace {

void write_numbers(json::Writer& writer, const char* name, const std::vector<double>& numbers) {
  writer.key(name).begin_array();
  for (const double number : numbers) writer.real(number);
  writer.end_array();
}

}  // namespace

std::string json_report(const Report& report) {
  static const char* const kJudged[] = {"ratio", "difference", "absolute", "not"};
  json::Writer writer;
  writer.begin_object()
      .member("begun_at", report.begun_at)
      .member("machine", report.machine)
      .member("load_before", report.load_before)
      .member("load_after", report.load_after)
      .member("background_cores", report.background_cores)
      .member("rounds", report.rounds)
      .key("figures")
      .begin_array();
  for (const auto& one : report.figures) {
    writer.begin_object()
        .member("row", one.row)
        .member("what", one.what)
        .member("unit", one.unit)
        .member("measured", one.measured);
    writer.key("bare");
    if (one.bare > 0)
      writer.real(one.bare);
    else
      writer.null();
    writer.member("judged", kJudged[static_cast<int>(one.judged)]);
    if (one.judged != Judged::kNot)
      writer.member("value", one.value)
          .member("target", one.target)
          .member("rule", one.at_most ? "at most" : "at least")
          .member("ok", one.ok());
    write_numbers(writer, "rounds", one.rounds);
    write_numbers(writer, "bare_rounds", one.bare_rounds);
    writer.end_object();
  }
  writer.end_array().end_object();
  return writer.text() + "\n";
}

}  // namespace runyard::bench
