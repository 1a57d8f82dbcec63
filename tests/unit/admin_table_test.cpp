#include "admin/table.hpp"
#include "core/json.hpp"
#include "tests/support/catch.hpp"

using namespace runyard;
using namespace runyard::admin;

namespace {

Table sample() {
  Table table({"name", "oldest_wait_ms", "size", "on", "note"});
  table.add({std::string("anna"), std::int64_t{7}, Bytes{512}, true, std::string("x")});
  table.add({std::string("j\xC3\xBCrgen"), std::int64_t{1234}, Bytes{3 * 1024 * 1024}, false,
             std::string()});
  table.add({std::string("z"), std::monostate(), Bytes{0}, false, std::monostate()});
  return table;
}

}  // namespace

TEST_CASE("a table's columns stand below their names, numbers to the right") {
  CHECK(sample().text() ==
        "NAME    OLDEST WAIT MS    SIZE  ON   NOTE\n"
        "anna                 7   512 B  yes  x\n"
        "j\xC3\xBCrgen            1234  3.0 MB  no   -\n"
        "z                    -     0 B  no   -\n");
  CHECK(Table({"id", "name"}).text() == "ID  NAME\n");
}

TEST_CASE("a table for programs is an array of objects") {
  CHECK(sample().json() ==
        R"([{"name":"anna","oldest_wait_ms":7,"size":512,"on":true,"note":"x"},)"
        "{\"name\":\"j\xC3\xBCrgen\",\"oldest_wait_ms\":1234,\"size\":3145728,\"on\":false,"
        "\"note\":\"\"},"
        R"({"name":"z","oldest_wait_ms":null,"size":0,"on":false,"note":null}])");
  CHECK(Table({"id"}).json() == "[]");
}

TEST_CASE("what somebody called himself cannot write on the operator's screen") {
  Table table({"name"});
  table.add(
      {std::string("a\x1B[2Jb\x07\r\n\x7F\xC2\x9B"
                   "c\xFF"
                   "d")});
  CHECK(table.text() ==
        "NAME\na\\x1b[2Jb\\x07\\r\\n\\x7f\\x9bc\xEF\xBF\xBD"
        "d\n");
  CHECK(table.json().find('\x7f') == std::string::npos);
  CHECK(table.json().find("\xC2\x9B") == std::string::npos);
  const auto rows = json::parse(table.json());
  CHECK(*rows.array()->at(0).find("name")->string() ==
        "a\x1B[2Jb\x07\r\n\x7F\xC2\x9B"
        "c\xEF\xBF\xBD"
        "d");
}
