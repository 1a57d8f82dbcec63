#include "tests/support/http_client.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <chrono>
#include <cstdlib>
#include <stdexcept>

#include "core/text.hpp"

namespace runyard::test {
namespace {

size_t on_body(char* data, size_t size, size_t count, void* answer) {
  static_cast<HttpAnswer*>(answer)->body.append(data, size * count);
  return size * count;
}

size_t on_header(char* data, size_t size, size_t count, void* target) {
  auto& answer = *static_cast<HttpAnswer*>(target);
  const std::string_view line(data, size * count);
  if (line.substr(0, 5) == "HTTP/") answer.headers.clear();  // those of a 100 Continue
  const auto colon = line.find(':');
  if (colon != std::string_view::npos) {
    std::string name(line.substr(0, colon));
    for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    answer.headers[name] = trim(line.substr(colon + 1));
  }
  return size * count;
}

size_t on_read(char* into, size_t size, size_t count, void* source) {
  auto& rest = *static_cast<std::string_view*>(source);
  const auto part = rest.substr(0, size * count);
  std::copy(part.begin(), part.end(), into);
  rest.remove_prefix(part.size());
  return part.size();
}

void check(CURLcode code, const std::string& what) {
  if (code != CURLE_OK) throw std::runtime_error(what + ": " + curl_easy_strerror(code));
}

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

json::Value HttpAnswer::json() const { return json::parse(body); }

struct HttpClient::Impl {
  std::string base;
  std::string local_address;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(), &curl_easy_cleanup};
};

HttpClient::HttpClient(std::string base_url, std::string local_address)
    : impl_(std::make_unique<Impl>()) {
  impl_->base = std::move(base_url);
  impl_->local_address = std::move(local_address);
  if (!impl_->curl) throw std::runtime_error("curl_easy_init failed");
}
HttpClient::~HttpClient() = default;

HttpAnswer HttpClient::send(const std::string& method, const std::string& path,
                            const std::string& body, const Headers& headers) {
  CURL* curl = impl_->curl.get();
  HttpAnswer answer;
  curl_easy_reset(curl);  // keeps the connection
  const std::string url = impl_->base + path;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PATH_AS_IS, 1L);
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 90L);
  if (!impl_->local_address.empty())
    curl_easy_setopt(curl, CURLOPT_INTERFACE, ("host!" + impl_->local_address).c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &on_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &on_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &answer);
  std::string_view rest = body;
  if (method == "HEAD") {
    curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  } else if (!body.empty()) {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &on_read);
    curl_easy_setopt(curl, CURLOPT_READDATA, &rest);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(body.size()));
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> list(nullptr, &curl_slist_free_all);
  const auto add = [&list](const std::string& line) {
    list.reset(curl_slist_append(list.release(), line.c_str()));
  };
  add("Expect:");
  for (const auto& line : headers) add(line);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list.get());
  const auto code = curl_easy_perform(curl);
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  // A server that refuses a large body may hang up before all of it was sent; its answer counts.
  if (status == 0 || code != CURLE_SEND_ERROR) check(code, method + " " + url);
  answer.status = static_cast<int>(status);
  return answer;
}

HttpAnswer HttpClient::post(const std::string& path, const std::string& json, Headers headers) {
  headers.emplace_back("Content-Type: application/json");
  return send("POST", path, json, headers);
}

std::string test_url() {
  const char* url = std::getenv("RUNYARD_TEST_URL");
  if (!url || !*url)
    throw std::runtime_error(
        "RUNYARD_TEST_URL is not set: ./runyard test starts a stack and sets it");
  return url;
}

std::string text_at(const json::Value& object, const std::string& name) {
  const auto* value = object.find(name);
  const auto* text = value ? value->string() : nullptr;
  return text ? *text : std::string();
}

std::string submission(const std::string& language, const std::string& code,
                       const std::string& more) {
  json::Writer writer;
  writer.begin_object().member("language", language).member("code", code).end_object();
  auto text = writer.text();
  if (!more.empty()) text.insert(text.size() - 1, "," + more);
  return text;
}

json::Value wait_for_end(HttpClient& client, const std::string& execution_id) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  for (;;) {
    const auto answer = client.get(std::string(kExecutions) + "/" + execution_id + "?wait=30");
    if (answer.status != 200) throw std::runtime_error("polling answered " + answer.body);
    auto execution = answer.json();
    const auto status = text_at(execution, "status");
    if (status != "QUEUED" && status != "RUNNING") return execution;
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("execution " + execution_id + " is still " + status);
  }
}

json::Value run_to_end(HttpClient& client, const std::string& body) {
  const auto answer = client.post(kExecutions, body);
  if (answer.status != 202) throw std::runtime_error("submitting answered " + answer.body);
  return wait_for_end(client, text_at(answer.json(), "execution_id"));
}

}  // namespace runyard::test
