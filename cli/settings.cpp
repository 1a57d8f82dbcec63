#include "cli/settings.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "core/text.hpp"
#include "core/unique_fd.hpp"

namespace runyard::cli {
namespace {

constexpr std::size_t kMaxBytes = 64 * 1024;

struct Name {
  std::string_view name;
  std::string StoredSettings::*member;
};
constexpr Name kNames[] = {{"url", &StoredSettings::url},
                           {"key", &StoredSettings::key},
                           {"key_id", &StoredSettings::key_id},
                           {"user", &StoredSettings::user},
                           {"ca_file", &StoredSettings::ca_file}};

void read_line(StoredSettings& settings, std::string_view line, const std::string& place) {
  line = trim(line);
  if (line.empty() || line.front() == '#') return;
  const auto equals = line.find('=');
  if (equals == std::string_view::npos) throw Failure(place + ": is not `name = value`");
  const auto name = trim(line.substr(0, equals));
  for (const auto& known : kNames) {
    if (known.name != name) continue;
    settings.*known.member = trim(line.substr(equals + 1));
    return;
  }
  throw Failure(place + ": there is no setting " + std::string(name) +
                "; known are url, key, key_id, user and ca_file");
}

bool has_control(const std::string& text) {
  return std::any_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < ' ' || c == 0x7f; });
}

void refuse_readable(const std::string& path, int fd) {
  struct stat status {};
  if (::fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
    throw Failure(path + ": is no plain file");
  if (status.st_uid != ::geteuid()) throw Failure(path + ": belongs to another user");
  if ((status.st_mode & 077) != 0)
    throw Failure(path + ": may be read or changed by others, and holds a key: chmod 600 " + path);
}

}  // namespace

Environment process_environment() {
  return [](const char* name) {
    const char* value = std::getenv(name);
    return std::string(value ? value : "");
  };
}

std::string settings_path(const Environment& environment) {
  auto base = environment("XDG_CONFIG_HOME");
  if (base.empty() || base.front() != '/') {  // a relative one counts for nothing, says the XDG
    const auto home = environment("HOME");
    if (home.empty()) throw Failure("HOME is not set: where are the settings?");
    base = home + "/.config";
  }
  return base + "/runyard/cli.conf";
}

StoredSettings read_settings(const std::string& path) {
  const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (!fd) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    throw Failure(path + ": " + std::generic_category().message(errno));
  }
  refuse_readable(path, fd.get());
  const auto text = read_all(fd.get(), kMaxBytes, path);
  StoredSettings settings;
  std::string_view rest = text;
  for (int number = 1; !rest.empty(); ++number) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    read_line(settings, line, path + ":" + std::to_string(number));
  }
  return settings;
}

void write_settings(const std::string& path, const StoredSettings& settings) {
  namespace fs = std::filesystem;
  for (const auto& known : kNames)
    if (has_control(settings.*known.member))  // it would be lines of its own
      throw Failure(path + ": " + std::string(known.name) + ": must not have control characters");
  const auto folder = fs::path(path).parent_path();
  std::error_code error;
  if (fs::create_directories(folder, error))
    fs::permissions(folder, fs::perms::owner_all, fs::perm_options::replace, error);
  if (error) throw Failure(folder.string() + ": " + error.message());
  std::string text = "# Written by runyard-cli login.\n";
  for (const auto& known : kNames)
    if (const auto& value = settings.*known.member; !value.empty())
      text.append(known.name).append(" = ").append(value).append("\n");
  const auto made = path + ".new";
  ::unlink(made.c_str());
  const UniqueFd fd(
      ::open(made.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!fd) throw Failure(made + ": " + std::generic_category().message(errno));
  write_all(fd.get(), text, made);
  if (::fsync(fd.get()) != 0 || ::rename(made.c_str(), path.c_str()) != 0)
    throw Failure(path + ": " + std::generic_category().message(errno));
}

std::string checked_url(const std::string& url, const std::string& source) {
  const auto refuse = [&](const char* rule) {
    throw Failure(source + ": \"" + url + "\" " + rule);
  };
  const bool plain = url.rfind("http://", 0) == 0;
  if (!plain && url.rfind("https://", 0) != 0) refuse("must begin with http:// or https://");
  auto rest = url.substr(plain ? 7 : 8);
  if (std::any_of(rest.begin(), rest.end(),
                  [](unsigned char c) { return c <= ' ' || c == 0x7f || c == '\\'; }))
    refuse("must not have spaces, control characters and backslashes");
  if (rest.find_first_of("@?#") != std::string::npos)
    refuse("must have no user, no query and no fragment");
  if (rest.empty() || rest.front() == '/' || rest.front() == ':') refuse("must have a host");
  auto checked = url;
  while (checked.back() == '/') checked.pop_back();
  return checked;
}

std::string checked_key(const std::string& key, const std::string& source) {
  const bool sound =
      !key.empty() && key.size() <= 8192 &&
      std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c < 0x7f; });
  if (!sound) throw Failure(source + ": is no API key");
  return key;
}

Server choose_server(const std::string& url_option, const std::string& ca_file_option,
                     const Environment& environment, const StoredSettings& stored) {
  Server server;
  const auto stored_url = stored.url.empty() ? "" : checked_url(stored.url, "url in the settings");
  if (!url_option.empty())
    server.url = checked_url(url_option, "--url");
  else if (const auto url = environment("RUNYARD_URL"); !url.empty())
    server.url = checked_url(url, "RUNYARD_URL");
  else
    server.url = stored_url.empty() ? kDefaultUrl : stored_url;

  if (const auto key = environment("RUNYARD_API_KEY"); !key.empty())
    server.key = checked_key(key, "RUNYARD_API_KEY");
  else if (!stored.key.empty() && server.url == stored_url)
    server.key = checked_key(stored.key, "key in the settings");

  if (!ca_file_option.empty())
    server.ca_file = ca_file_option;
  else if (const auto file = environment("RUNYARD_CA_FILE"); !file.empty())
    server.ca_file = file;
  else if (server.url == stored_url)
    server.ca_file = stored.ca_file;
  return server;
}

}  // namespace runyard::cli
