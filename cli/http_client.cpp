#include "cli/http_client.hpp"

#include <curl/curl.h>

#include <cctype>
#include <utility>

#include "cli/failure.hpp"
#include "cli/interrupts.hpp"
#include "core/text.hpp"

namespace runyard::cli {
namespace {

constexpr std::size_t kMaxAnswerBytes = std::size_t{256} * 1024 * 1024;
constexpr long kConnectSeconds = 10;
constexpr long kSilentSeconds = 60;  // a quiet stream has a comment every 15 s

struct FreeList {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
struct CleanEasy {
  void operator()(CURL* easy) const { ::curl_easy_cleanup(easy); }
};
struct CleanMulti {
  void operator()(CURLM* multi) const { ::curl_multi_cleanup(multi); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

void append(List& list, const std::string& line) {
  auto* longer = ::curl_slist_append(list.get(), line.c_str());
  if (!longer) throw std::bad_alloc();
  static_cast<void>(list.release());
  list.reset(longer);
}

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  const auto code = ::curl_easy_setopt(easy, option, value);
  if (code != CURLE_OK)
    throw Failure(std::string("libcurl refuses an option: ") + ::curl_easy_strerror(code));
}

/// What one answer brought; libcurl's callbacks must not throw, so they only collect.
struct Collected {
  HttpAnswer answer;
  bool too_large = false;
};

std::size_t take_body(char* data, std::size_t size, std::size_t n, void* target) {
  auto& collected = *static_cast<Collected*>(target);
  collected.too_large = collected.answer.body.size() + size * n > kMaxAnswerBytes;
  if (collected.too_large) return 0;
  collected.answer.body.append(data, size * n);
  return size * n;
}

std::size_t take_header(char* data, std::size_t size, std::size_t n, void* target) {
  auto& headers = static_cast<Collected*>(target)->answer.headers;
  const std::string_view line(data, size * n);
  if (line.substr(0, 5) == "HTTP/") headers.clear();  // those of a 100 Continue
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size * n;
  std::string name(line.substr(0, colon));
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  headers[name] = trim(line.substr(colon + 1));
  return size * n;
}

/// Adds a request to a multi handle for as long as it lives.
class Added final {
 public:
  Added(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
    ::curl_multi_add_handle(multi_, easy_);
  }
  ~Added() { ::curl_multi_remove_handle(multi_, easy_); }
  Added(const Added&) = delete;
  Added& operator=(const Added&) = delete;

 private:
  CURLM* multi_;
  CURL* easy_;
};

}  // namespace

std::string HttpAnswer::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? std::string() : found->second;
}

struct HttpClient::Impl {
  enum class Kind { kWhole, kInterruptible, kStream };

  Server server;
  Interrupts* interrupts;
  std::unique_ptr<CURLM, CleanMulti> multi{::curl_multi_init()};
  std::unique_ptr<CURL, CleanEasy> easy{::curl_easy_init()};
  char problem[CURL_ERROR_SIZE] = "";

  List prepare(const HttpRequest& request, Kind kind, Collected& collected) {
    auto* curl = easy.get();
    ::curl_easy_reset(curl);  // keeps the connection
    set(curl, CURLOPT_URL, (server.url + request.path).c_str());
    set(curl, CURLOPT_NOSIGNAL, 1L);
    set(curl, CURLOPT_USERAGENT, "runyard-cli/" RUNYARD_VERSION);
#if LIBCURL_VERSION_NUM >= 0x075500
    set(curl, CURLOPT_PROTOCOLS_STR, "http,https");
#else
    set(curl, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
    set(curl, CURLOPT_FOLLOWLOCATION, 0L);
    // To a proxy of plain HTTP the key would be readable.
    if (server.url.rfind("http://", 0) == 0) set(curl, CURLOPT_PROXY, "");
    if (!server.ca_file.empty()) set(curl, CURLOPT_CAINFO, server.ca_file.c_str());
    set(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    if (kind == Kind::kStream) {
      set(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
      set(curl, CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
    } else {
      set(curl, CURLOPT_TIMEOUT, static_cast<long>(request.limit.count()));
    }
    set(curl, CURLOPT_ERRORBUFFER, problem);
    problem[0] = '\0';
    set(curl, CURLOPT_WRITEFUNCTION, &take_body);
    set(curl, CURLOPT_WRITEDATA, static_cast<void*>(&collected));
    set(curl, CURLOPT_HEADERFUNCTION, &take_header);
    set(curl, CURLOPT_HEADERDATA, static_cast<void*>(&collected));
    if (request.method == "POST") {
      set(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(curl, CURLOPT_POSTFIELDS, request.body.c_str());
    } else {
      set(curl, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    }
    List headers;
    append(headers, "Expect:");
    append(headers, request.body.empty() ? "Content-Type:" : "Content-Type: application/json");
    if (!server.key.empty()) append(headers, "Authorization: Bearer " + server.key);
    for (const auto& line : request.headers) append(headers, line);
    set(curl, CURLOPT_HTTPHEADER, headers.get());
    return headers;
  }

  [[noreturn]] void fail(CURLcode code, const Collected& collected) const {
    if (collected.too_large) throw Failure(server.url + ": its answer is larger than 256 MiB");
    const std::string why = problem[0] ? problem : ::curl_easy_strerror(code);
    if (code == CURLE_PEER_FAILED_VERIFICATION)
      throw Failure(server.url + ": its certificate is not trusted: " + why +
                    " (--ca-file names whom to trust)");
    if (code == CURLE_SSL_CACERT_BADFILE)
      throw Failure(server.ca_file + ": cannot be read as certificates");
    if (code == CURLE_URL_MALFORMAT) throw Failure(server.url + ": is no address: " + why);
    throw ConnectionFailed("cannot reach " + server.url + ": " + why);
  }

  int status() const {
    long code = 0;
    ::curl_easy_getinfo(easy.get(), CURLINFO_RESPONSE_CODE, &code);
    return static_cast<int>(code);
  }

  HttpAnswer perform(const HttpRequest& request, Kind kind,
                     const std::function<void(std::string_view)>& take) {
    Collected collected;
    const auto headers = prepare(request, kind, collected);
    const Added added(multi.get(), easy.get());
    for (int running = 1; running > 0;) {
      if (::curl_multi_perform(multi.get(), &running) != CURLM_OK)
        throw ConnectionFailed("cannot reach " + server.url + ": libcurl gives up");
      if (kind == Kind::kStream && status() == 200 && !collected.answer.body.empty())
        take(std::exchange(collected.answer.body, {}));
      if (running == 0) break;
      curl_waitfd signal{};
      const bool listening = kind != Kind::kWhole && interrupts;
      if (listening) signal = {interrupts->fd(), CURL_WAIT_POLLIN, 0};
      ::curl_multi_poll(multi.get(), &signal, listening ? 1 : 0, 1000, nullptr);
      if (listening && interrupts->take()) throw Interrupted(interrupts->signal());
    }
    int left = 0;
    const auto* done = ::curl_multi_info_read(multi.get(), &left);
    const auto code = done ? done->data.result : CURLE_RECV_ERROR;
    collected.answer.status = status();
    // A server that refuses a large body may hang up before all of it was sent; its answer counts.
    if (code != CURLE_OK && !(code == CURLE_SEND_ERROR && collected.answer.status != 0))
      fail(code, collected);
    return std::move(collected.answer);
  }
};

HttpClient::HttpClient(Server server, Interrupts* interrupts)
    : impl_(std::make_unique<Impl>(Impl{std::move(server), interrupts})) {
  if (!impl_->easy || !impl_->multi) throw std::bad_alloc();
}
HttpClient::~HttpClient() = default;

const Server& HttpClient::server() const { return impl_->server; }

void HttpClient::set_key(const std::string& key) { impl_->server.key = key; }

HttpAnswer HttpClient::send(const HttpRequest& request) {
  return impl_->perform(request, Impl::Kind::kWhole, {});
}

HttpAnswer HttpClient::send_interruptibly(const HttpRequest& request) {
  return impl_->perform(request, Impl::Kind::kInterruptible, {});
}

HttpAnswer HttpClient::stream(const HttpRequest& request,
                              const std::function<void(std::string_view)>& take) {
  return impl_->perform(request, Impl::Kind::kStream, take);
}

}  // namespace runyard::cli
