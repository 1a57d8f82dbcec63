#include "worker/webhooks/transfers.hpp"

#include <curl/curl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <stdexcept>

namespace runyard {
namespace {

struct FreeList {
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
};
struct CleanEasy {
  void operator()(CURL* easy) const { ::curl_easy_cleanup(easy); }
};
struct CleanShare {
  void operator()(CURLSH* share) const { ::curl_share_cleanup(share); }
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

/// What one request needs until its end.
struct Running {
  Transfer transfer;
  List headers;
  List resolved;
  // A cache of names of its own, which ends with it: in that of all requests every host that was
  // ever sent to would stay.
  std::unique_ptr<CURLSH, CleanShare> share;
  std::unique_ptr<CURL, CleanEasy> easy;
  std::size_t read = 0;
  bool headers_complete = false;
  bool address_refused = false;
};

bool is_one_of(const std::vector<IpAddress>& addresses, const sockaddr& connect_to) {
  IpAddress address;
  if (connect_to.sa_family == AF_INET) {
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in&>(connect_to).sin_addr,
                4);
  } else if (connect_to.sa_family == AF_INET6) {
    address.v6 = true;
    std::memcpy(address.bytes.data(), &reinterpret_cast<const sockaddr_in6&>(connect_to).sin6_addr,
                16);
  } else {
    return false;
  }
  return std::find(addresses.begin(), addresses.end(), address) != addresses.end();
}

/// Whatever libcurl made of the URL and of names: no socket to an address that was not checked.
curl_socket_t open_socket(void* data, curlsocktype purpose, curl_sockaddr* address) {
  auto& running = *static_cast<Running*>(data);
  if (purpose != CURLSOCKTYPE_IPCXN || !is_one_of(running.transfer.addresses, address->addr)) {
    running.address_refused = true;
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

std::size_t count(Running& running, std::size_t bytes) {
  running.read += bytes;
  return running.read > kMaxAnswerBytes ? 0 : bytes;  // 0 ends the transfer
}

std::size_t take_header(char* line, std::size_t size, std::size_t n, void* data) {
  auto& running = *static_cast<Running*>(data);
  const auto bytes = size * n;
  if (bytes >= 5 && std::memcmp(line, "HTTP/", 5) == 0) running.headers_complete = false;
  long status = 0;
  const bool end = bytes <= 2 && (bytes == 0 || line[0] == '\r' || line[0] == '\n');
  if (end && ::curl_easy_getinfo(running.easy.get(), CURLINFO_RESPONSE_CODE, &status) == CURLE_OK)
    running.headers_complete = status >= 200;  // others are followed by the answer proper
  return count(running, bytes);
}

std::size_t drop_body(char* /*bytes*/, std::size_t size, std::size_t n, void* data) {
  return count(*static_cast<Running*>(data), size * n);
}

template <typename Value>
void set(CURL* easy, CURLoption option, Value value) {
  const auto code = ::curl_easy_setopt(easy, option, value);
  if (code != CURLE_OK)
    throw std::runtime_error(std::string("libcurl refuses an option: ") +
                             ::curl_easy_strerror(code));
}

std::unique_ptr<Running> prepare(Transfer transfer, const std::string& ca_file) {
  auto running = std::make_unique<Running>();
  running->transfer = std::move(transfer);
  auto& addresses = running->transfer.addresses;
  addresses.resize(std::min(addresses.size(), kMaxAddresses));
  const auto& url = running->transfer.url;
  running->easy.reset(::curl_easy_init());
  running->share.reset(::curl_share_init());
  auto* easy = running->easy.get();
  if (!easy || !running->share) throw std::bad_alloc();
  ::curl_share_setopt(running->share.get(), CURLSHOPT_SHARE, CURL_LOCK_DATA_DNS);
  set(easy, CURLOPT_SHARE, running->share.get());
  set(easy, CURLOPT_NOSIGNAL, 1L);
  set(easy, CURLOPT_URL, url.text.c_str());
#if LIBCURL_VERSION_NUM >= 0x075500
  set(easy, CURLOPT_PROTOCOLS_STR, "http,https");
#else
  set(easy, CURLOPT_PROTOCOLS, static_cast<long>(CURLPROTO_HTTP | CURLPROTO_HTTPS));
#endif
  set(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(easy, CURLOPT_FOLLOWLOCATION, 0L);
  set(easy, CURLOPT_PROXY, "");  // also none of the environment's
  set(easy, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
  set(easy, CURLOPT_PATH_AS_IS, 1L);
  set(easy, CURLOPT_FRESH_CONNECT, 1L);
  set(easy, CURLOPT_FORBID_REUSE, 1L);
  set(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  set(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  set(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!ca_file.empty()) {
    set(easy, CURLOPT_CAINFO, ca_file.c_str());
    set(easy, CURLOPT_CAPATH, nullptr);
  }
  const auto time = std::max<std::int64_t>(1, running->transfer.time.count());
  set(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(time));
  set(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::max<std::int64_t>(1, time / 2)));

  // An address needs no entry, and libcurl before 8.13 cannot read one for an IPv6 address: there
  // open_socket() alone decides.
  if (!parse_address(url.host)) {
    std::string entry = url.host + ":" + std::to_string(url.port) + ":";
    for (const auto& address : running->transfer.addresses)
      entry += (entry.back() == ':' ? "" : ",") +
               (address.v6 ? "[" + to_string(address) + "]" : to_string(address));
    append(running->resolved, entry);
    set(easy, CURLOPT_RESOLVE, running->resolved.get());
  }
  set(easy, CURLOPT_OPENSOCKETFUNCTION, &open_socket);
  set(easy, CURLOPT_OPENSOCKETDATA, running.get());

  for (const auto& header : running->transfer.headers) append(running->headers, header);
  append(running->headers, "Expect:");  // the whole body at once
  set(easy, CURLOPT_HTTPHEADER, running->headers.get());
  set(easy, CURLOPT_POST, 1L);
  set(easy, CURLOPT_POSTFIELDS, running->transfer.body.data());
  set(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(running->transfer.body.size()));
  set(easy, CURLOPT_HEADERFUNCTION, &take_header);
  set(easy, CURLOPT_HEADERDATA, running.get());
  set(easy, CURLOPT_WRITEFUNCTION, &drop_body);
  set(easy, CURLOPT_WRITEDATA, running.get());
  set(easy, CURLOPT_PRIVATE, running.get());
  return running;
}

std::string error_text(const Running& running, CURLcode code) {
  if (running.address_refused) return "libcurl wanted another address than those that were checked";
  if (running.read > kMaxAnswerBytes)
    return "the headers of its answer are longer than " + std::to_string(kMaxAnswerBytes) +
           " bytes";
  switch (code) {
    case CURLE_COULDNT_CONNECT:
      return "it takes no connection";
    case CURLE_OPERATION_TIMEDOUT:
      return "it did not answer in time";
    case CURLE_PEER_FAILED_VERIFICATION:
      return "its certificate is not valid for this host";
    case CURLE_GOT_NOTHING:
      return "it hung up without an answer";
    default:
      return ::curl_easy_strerror(code);
  }
}

}  // namespace

struct Transfers::Impl {
  std::string ca_file;
  std::map<CURL*, std::unique_ptr<Running>> running;  // ends after it was taken out of multi
  std::unique_ptr<CURLM, CleanMulti> multi{::curl_multi_init()};

  TransferEnd finish(CURL* easy, CURLcode code) {
    const auto it = running.find(easy);
    auto& one = *it->second;
    TransferEnd end;
    end.id = one.transfer.id;
    if (code == CURLE_OK || one.headers_complete) {
      long status = 0;
      ::curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
      // After `HTTP/2 ` libcurl takes any number, also over plain HTTP.
      if (status >= 100 && status <= 999)
        end.status = static_cast<int>(status);
      else
        end.error = "its answer has no status of HTTP";
      curl_off_t seconds = 0;
      if (::curl_easy_getinfo(easy, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK && seconds > 0)
        end.retry_after = std::chrono::seconds(seconds);
    } else {
      end.error = error_text(one, code);
    }
    ::curl_multi_remove_handle(multi.get(), easy);
    running.erase(it);
    return end;
  }
};

Transfers::Transfers(std::string ca_file) : impl_(std::make_unique<Impl>()) {
  // Counted by libcurl; never taken back, since another thread may use it.
  static const auto ready = ::curl_global_init(CURL_GLOBAL_DEFAULT);
  if (ready != CURLE_OK || !impl_->multi) throw std::runtime_error("libcurl cannot be used");
  impl_->ca_file = std::move(ca_file);
}

Transfers::~Transfers() {
  for (const auto& [easy, running] : impl_->running)
    ::curl_multi_remove_handle(impl_->multi.get(), easy);
}

void Transfers::start(Transfer transfer) {
  auto running = prepare(std::move(transfer), impl_->ca_file);
  auto* easy = running->easy.get();
  impl_->running[easy] = std::move(running);
  if (::curl_multi_add_handle(impl_->multi.get(), easy) != CURLM_OK) {
    impl_->running.erase(easy);
    throw std::runtime_error("libcurl takes no further request");
  }
}

std::vector<TransferEnd> Transfers::run(std::chrono::milliseconds wait) {
  auto* multi = impl_->multi.get();
  int still = 0;
  ::curl_multi_perform(multi, &still);
  std::vector<TransferEnd> ends;
  const auto collect = [&] {
    int left = 0;
    while (const auto* message = ::curl_multi_info_read(multi, &left))
      if (message->msg == CURLMSG_DONE)
        ends.push_back(impl_->finish(message->easy_handle, message->data.result));
  };
  collect();
  if (!ends.empty()) return ends;
  ::curl_multi_poll(multi, nullptr, 0, static_cast<int>(wait.count()), nullptr);
  ::curl_multi_perform(multi, &still);
  collect();
  return ends;
}

void Transfers::wake() { ::curl_multi_wakeup(impl_->multi.get()); }

std::size_t Transfers::size() const { return impl_->running.size(); }

}  // namespace runyard
