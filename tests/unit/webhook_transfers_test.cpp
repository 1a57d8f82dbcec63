// Requests over real sockets, to receivers that behave badly.
#include <stdlib.h>

#include <fstream>
#include <functional>
#include <iostream>

#include "tests/support/await.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/http_receiver.hpp"
#include "tests/support/temp_dir.hpp"
#include "worker/webhooks/resolver.hpp"
#include "worker/webhooks/transfers.hpp"

using namespace runyard;
using namespace std::chrono_literals;
using test::HttpReceiver;

namespace {

Transfer transfer_to(const std::string& url, const std::string& address = "127.0.0.1") {
  Transfer transfer;
  transfer.id = "1";
  transfer.url = std::get<CallbackUrl>(parse_callback_url(url));
  transfer.addresses = {*parse_address(address)};
  transfer.headers = {"Content-Type: application/json", "webhook-id: x"};
  transfer.body = R"({"a":1})";
  return transfer;
}

TransferEnd end_of(Transfers& transfers) {
  for (;;) {
    auto ends = transfers.run(1s);
    if (!ends.empty()) return ends.at(0);
  }
}

TransferEnd send(const Transfer& transfer, const std::string& ca_file = "") {
  Transfers transfers(ca_file);
  transfers.start(transfer);
  return end_of(transfers);
}

TransferEnd send(const std::string& url) { return send(transfer_to(url)); }

}  // namespace

TEST_CASE("a webhook is one POST with its headers and its body") {
  const HttpReceiver receiver;
  const auto end = send(receiver.url("/status/204?x=1", "hooks.test"));
  CHECK(end.status == 204);
  CHECK(end.error.empty());
  REQUIRE(receiver.requests().size() == 1);
  const auto request = receiver.requests().at(0);
  CHECK(request.method == "POST");
  CHECK(request.target == "/status/204?x=1");
  CHECK(request.body == R"({"a":1})");
  CHECK(request.headers.at("host") == "hooks.test:" + std::to_string(receiver.port()));
  CHECK(request.headers.at("content-type") == "application/json");
  CHECK(request.headers.at("webhook-id") == "x");
  CHECK(request.headers.count("expect") == 0);
}

TEST_CASE("a redirect is an answer, not a way") {
  const HttpReceiver receiver;
  CHECK(send(receiver.url("/redirect")).status == 302);
  CHECK(receiver.requests().size() == 1);
}

TEST_CASE("an answer counts as soon as its headers are there, and no more than 64 KiB are read") {
  const HttpReceiver receiver;
  CHECK(send(receiver.url("/endless")).status == 200);
  CHECK(send(receiver.url("/hints")).status == 200);
  auto half = transfer_to(receiver.url("/half"));
  half.time = 5s;  // it ends by this alone, and its headers must have come by then
  CHECK(send(half).status == 200);
  const auto end = send(receiver.url("/headers"));
  CHECK(end.status == 0);
  CHECK(end.error.find("headers of its answer") != std::string::npos);
  CHECK(receiver.sent() < 32 * 1024 * 1024);  // what the kernel's buffers hold
}

TEST_CASE("who does not answer in time has failed") {
  const HttpReceiver receiver;
  const std::string path = GENERATE("/hang", "/drip");
  auto transfer = transfer_to(receiver.url(path));
  transfer.time = 300ms;
  const auto end = send(transfer);
  CHECK(end.status == 0);
  CHECK(end.error == "it did not answer in time");
}

TEST_CASE("who hangs up or takes no connection has failed") {
  int closed = 0;
  {
    const HttpReceiver receiver;
    CHECK(send(receiver.url("/drop")).error == "it hung up without an answer");
    closed = receiver.port();
  }
  CHECK(send("http://127.0.0.1:" + std::to_string(closed) + "/").error == "it takes no connection");
}

TEST_CASE("an answer whose status is none of HTTP is no answer") {
  const HttpReceiver receiver;
  const std::string number = GENERATE("7", "99", "70000", "-5", "1000", "0");
  const auto end = send(receiver.url("/line/HTTP/2_" + number));
  INFO(number << ": " << end.error);
  CHECK(end.status == 0);
  CHECK_FALSE(end.error.empty());
  CHECK(send(receiver.url("/line/HTTP/2_200")).status == 200);
}

TEST_CASE("a webhook goes to an IPv6 address that stands in the URL itself") {
  std::unique_ptr<HttpReceiver> receiver;
  try {
    receiver = std::make_unique<HttpReceiver>(nullptr, "::1");
  } catch (const std::exception&) {
    std::cout << "NOT_RUN: this machine has no IPv6\n";
    return;
  }
  CHECK(send(transfer_to(receiver->url("/status/200"), "::1")).status == 200);
  CHECK(receiver->requests().size() == 1);
  // An entry for libcurl's own resolver is not needed to keep it from any other one.
  const auto end = send(transfer_to(receiver->url("/status/200"), "2001:db8::1"));
  CHECK(end.error.find("another address") != std::string::npos);
  CHECK(receiver->connections() == 1);
}

TEST_CASE("a receiver may ask for more time") {
  const HttpReceiver receiver;
  const auto end = send(receiver.url("/retry/120"));
  CHECK(end.status == 503);
  CHECK(end.retry_after == 120s);
}

TEST_CASE("no socket goes to another address than those that were checked") {
  const HttpReceiver receiver;
  // Libcurl understands the URL in another way than we do, and has to resolve by itself.
  const std::string host = GENERATE("127.0.0.1", "localhost");
  auto transfer = transfer_to(receiver.url("/status/200", host), "203.0.113.1");
  transfer.url.host = "other.test";
  CHECK(send(transfer).error.find("another address") != std::string::npos);
  CHECK(receiver.connections() == 0);
}

TEST_CASE("of a name with any number of addresses the first few are tried") {
  const HttpReceiver receiver;
  auto transfer = transfer_to(receiver.url("/status/200", "many.test"), "127.0.0.101");
  // Nobody listens at these.
  for (std::size_t i = 1; i < kMaxAddresses - 1; ++i)
    transfer.addresses.push_back(*parse_address("127.0.0." + std::to_string(101 + i)));
  auto reached = transfer;
  reached.addresses.push_back(*parse_address("127.0.0.1"));
  CHECK(send(reached).status == 200);
  auto beyond = transfer;
  beyond.addresses.push_back(*parse_address("127.0.0.120"));
  beyond.addresses.push_back(*parse_address("127.0.0.1"));
  CHECK(send(beyond).error == "it takes no connection");
}

TEST_CASE("what was resolved for one is not used for another") {
  const HttpReceiver receiver;
  Transfers transfers;
  auto first = transfer_to(receiver.url("/status/200", "hooks.test"));
  auto second = transfer_to(receiver.url("/status/200", "hooks.test"), "127.0.0.9");
  second.id = "2";
  transfers.start(first);
  transfers.start(second);
  std::map<std::string, TransferEnd> ends;
  while (ends.size() < 2)
    for (const auto& end : transfers.run(1s)) ends[end.id] = end;
  CHECK(ends["1"].status == 200);
  CHECK(ends["2"].error == "it takes no connection");  // nobody listens at 127.0.0.9
}

TEST_CASE("what was connected for one is not used for another") {
  const HttpReceiver receiver;
  Transfers transfers;
  for (const auto* address : {"127.0.0.1", "127.0.0.1", "127.0.0.9"}) {
    transfers.start(transfer_to(receiver.url("/kept", "hooks.test"), address));
    const bool listens = std::string(address) == "127.0.0.1";
    CHECK(end_of(transfers).status == (listens ? 200 : 0));
  }
  CHECK(receiver.requests().size() == 2);
  CHECK(receiver.connections() == 2);
}

TEST_CASE("no proxy of the environment is used") {
  const HttpReceiver receiver;
  ::setenv("http_proxy", "http://127.0.0.1:1", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
  const auto end = send(receiver.url("/status/200", "hooks.test"));
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
  CHECK(end.status == 200);
}

TEST_CASE("a certificate must be good for the host and signed by somebody who is trusted") {
  const test::TempDir dir;
  const auto trusting = [&](const test::Certificate& certificate) {
    const auto file = (dir.path() / "ca.pem").string();
    std::ofstream(file) << certificate.certificate;
    return file;
  };
  const auto good = test::make_certificate("DNS:hooks.test", 10);
  const auto old = test::make_certificate("DNS:hooks.test", -1);
  const HttpReceiver receiver(&good);
  const auto url = receiver.url("/status/200", "hooks.test");
  CHECK(send(transfer_to(url), trusting(good)).status == 200);

  CHECK(send(transfer_to(url)).error == "its certificate is not valid for this host");
  CHECK(send(transfer_to(receiver.url("/status/200", "other.test")), trusting(good)).error ==
        "its certificate is not valid for this host");
  const HttpReceiver expired(&old);
  CHECK(send(transfer_to(expired.url("/status/200", "hooks.test")), trusting(old)).error ==
        "its certificate is not valid for this host");
  CHECK(receiver.requests().size() == 1);
  CHECK(expired.requests().empty());
}

TEST_CASE("a wait for answers ends when another thread says so") {
  Transfers transfers;
  transfers.wake();
  const auto begun = std::chrono::steady_clock::now();
  CHECK(transfers.run(1min).empty());
  CHECK(std::chrono::steady_clock::now() - begun < 30s);
}

TEST_CASE("names are looked up without waiting, so many at a time") {
  SystemResolver resolver;
  std::mutex mutex;
  std::optional<Resolved> got;
  const auto ask = [&](const std::string& host) {
    {
      const std::lock_guard lock(mutex);
      got.reset();
    }
    REQUIRE(resolver.resolve(host, [&](Resolved resolved) {
      const std::lock_guard lock(mutex);
      got = std::move(resolved);
    }));
    REQUIRE(test::await([&] {
      const std::lock_guard lock(mutex);
      return got.has_value();
    }));
    return *got;
  };
  CHECK(to_string(ask("127.0.0.1").addresses.at(0)) == "127.0.0.1");
  CHECK(to_string(ask("::1").addresses.at(0)) == "::1");
  for (const auto& address : ask("localhost").addresses) CHECK(forbidden_as(address) == "loopback");
  // No name server is asked for what fits no question to one.
  CHECK(ask(std::string(64, 'x') + ".invalid").error.find("not found") != std::string::npos);
  SystemResolver none(0);
  CHECK_FALSE(none.resolve("127.0.0.1", [](const Resolved&) {}));
}
