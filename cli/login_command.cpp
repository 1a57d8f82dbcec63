// `login` and `logout`: an API key of this machine's own instead of a password.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "cli/commands.hpp"
#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/members.hpp"
#include "cli/printing.hpp"
#include "cli/service.hpp"
#include "cli/terminal.hpp"
#include "core/ids.hpp"
#include "core/terminal_text.hpp"
#include "core/text.hpp"

namespace runyard::cli {
namespace {

constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr char kKeysPath[] = "/api/v1/auth/keys";

class Accounts final {
 public:
  explicit Accounts(Server server)
      : http_(std::move(server)),
        service_(
            http_, [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); },
            complain) {}

  /// An access token, with which all that follows is asked.
  void sign_in(const std::string& user, const std::string& password) {
    json::Writer body;
    require_text(user, "the user's name");
    require_text(password, "the password");
    body.begin_object().member("username", user).member("password", password).end_object();
    http_.set_key("");
    const auto answer = http_.send({"POST", "/api/v1/auth/token", body.text()});
    if (answer.status == kUnauthorized)
      throw Failure(http_.server().url + ": the name or the password is wrong");
    if (answer.status / 100 != 2) throw Failure(refusal_text(answer, http_.server()));
    use(text_at(json_of(answer, http_), "access_token"));
  }

  /// A key for running and reading, which is all that a thief of the file would get.
  StoredSettings make_key() {
    char host[256] = "";
    ::gethostname(host, sizeof host - 1);
    json::Writer body;
    body.begin_object().member("name", "runyard-cli on " + to_utf8(host).substr(0, 64));
    body.key("scopes").begin_array().string("read").string("submit").end_array().end_object();
    const auto answer = service_.ask_json({"POST", kKeysPath, body.text()});
    StoredSettings made;
    made.key = checked_key(text_at(answer, "key"), "the server's key");
    made.key_id = text_at(answer, "id");
    if (!is_uuid(made.key_id))  // it becomes a line of the settings, and a part of an address
      throw Failure(http_.server().url + ": its answer has no id of a key");
    return made;
  }

  void use(const std::string& key) { http_.set_key(checked_key(key, "what the server gives")); }

  /// Throws Failure when the key is not taken.
  void check_key() {
    const auto answer = http_.send({"GET", "/api/v1/auth/me"});
    // 403: it is good, and may not look at accounts.
    if (answer.status / 100 != 2 && answer.status != kForbidden)
      throw Failure(refusal_text(answer, http_.server()));
  }

  /// 0: it has ended; else the status, or the connection's failure.
  struct KeyEnd {
    int status = 0;
    std::string why;
  };
  KeyEnd end_key(const std::string& id) {
    if (!is_uuid(id)) return {kNotFound, "its id in the settings is none"};
    try {
      const auto answer = http_.send({"DELETE", std::string(kKeysPath) + "/" + id});
      // 401 and 404: somebody ended it before.
      if (answer.status / 100 == 2 || answer.status == kUnauthorized || answer.status == kNotFound)
        return {};
      return {answer.status, refusal_text(answer, http_.server())};
    } catch (const ConnectionFailed& error) {
      return {-1, error.what()};
    }
  }

 private:
  static void require_text(const std::string& text, const std::string& name) {
    if (text.empty() || !is_utf8(text)) throw Failure(name + ": must be a text");
  }

  HttpClient http_;
  Service service_;
};

/// A name or a password that crosses a network readable is worth a word.
void warn_of_plain_http(const std::string& url) {
  if (url.rfind("http://", 0) != 0) return;
  auto host = url.substr(url.find("//") + 2);
  host.resize(std::min(host.size(), host.find_first_of(":/", host.find(']') + 1)));
  // "127." begins the addresses of this machine, and names of others as well.
  const bool loopback =
      host.rfind("127.", 0) == 0 && host.find_first_not_of("0123456789.") == std::string::npos;
  if (host != "localhost" && host != "[::1]" && !loopback)
    complain(url + ": is not encrypted: whoever is on the way can read the key");
}

}  // namespace

int log_in(const Server& server, const LoginOptions& options, const StoredSettings& stored,
           const std::string& path) {
  warn_of_plain_http(server.url);
  Accounts accounts({server.url, "", server.ca_file});
  StoredSettings made;
  std::string user = options.user;
  if (options.with_key) {
    made.key = checked_key(std::string(trim(ask_secret("API key: "))), "the key from stdin");
    accounts.use(made.key);
    accounts.check_key();
  } else {
    if (user.empty()) user = ask_line("User: ");
    accounts.sign_in(user, ask_secret("Password: "));
    made = accounts.make_key();
    made.user = user;
  }
  made.url = server.url;
  // Later calls begin in other folders.
  if (!server.ca_file.empty()) made.ca_file = std::filesystem::absolute(server.ca_file).string();
  try {
    write_settings(path, made);
  } catch (const Failure&) {
    // Nobody has it, so nobody could end it later.
    if (!options.with_key) accounts.end_key(made.key_id);
    throw;
  }
  // Only once the new one is kept; a key for another server is not ours to show to this one.
  if (!options.with_key && stored.url == server.url && !stored.key_id.empty())
    accounts.end_key(stored.key_id);
  write_all(STDOUT_FILENO,
            "Signed in" + (user.empty() ? "" : " as " + printable(user)) + " at " +
                printable(server.url) + "; the key is in " + path + "\n",
            "stdout");
  return 0;
}

int log_out(const StoredSettings& stored, const std::string& path) {
  if (stored.key.empty()) throw Failure("nobody is signed in: " + path + " has no key");
  const auto url = checked_url(stored.url, path);
  const StoredSettings forgotten{url, "", "", "", stored.ca_file};
  if (stored.key_id.empty()) {  // whoever made it may use it elsewhere
    write_settings(path, forgotten);
    write_all(STDOUT_FILENO, "The key is forgotten here; it is still good\n", "stdout");
    return 0;
  }
  Accounts accounts({url, checked_key(stored.key, path), stored.ca_file});
  auto end = accounts.end_key(stored.key_id);
  if (end.status == kForbidden) {
    accounts.sign_in(stored.user,
                     ask_secret("Password of " + printable(stored.user) + ", to end the key: "));
    end = accounts.end_key(stored.key_id);
  }
  if (end.status != 0)
    throw Failure("the key is still good, and kept: " + end.why +
                  "\nto forget it all the same, remove " + path);
  write_settings(path, forgotten);
  write_all(STDOUT_FILENO, "Signed out at " + printable(url) + "\n", "stdout");
  return 0;
}

}  // namespace runyard::cli
