#pragma once
// Which server, and with whose key: options, the environment, the settings file.
#include <functional>
#include <string>

#include "cli/http_client.hpp"

namespace runyard::cli {

inline constexpr char kDefaultUrl[] = "http://localhost:8080";

/// What ~/.config/runyard/cli.conf holds, lines of `name = value`. All may be empty.
struct StoredSettings {
  std::string url;
  std::string key;
  std::string key_id;  ///< to end the key by; empty when it was made elsewhere
  std::string user;    ///< whose key it is; empty likewise
  std::string ca_file;
};

/// A variable's value, "" when it is not set.
using Environment = std::function<std::string(const char* name)>;
Environment process_environment();

/// $XDG_CONFIG_HOME/runyard/cli.conf, else ~/.config/runyard/cli.conf. Throws Failure when there
/// is neither an absolute XDG_CONFIG_HOME nor HOME.
std::string settings_path(const Environment& environment);

/// Empty settings when there is no such file. Throws Failure for a file that others may read or
/// write, that is another user's or no plain file, and for an unknown name, naming the line.
StoredSettings read_settings(const std::string& path);

/// Replaces the file at once, mode 0600, its folder 0700. Throws Failure, for a value with control
/// characters as well.
void write_settings(const std::string& path, const StoredSettings& settings);

/// Options win over the environment (RUNYARD_URL, RUNYARD_API_KEY, RUNYARD_CA_FILE), that over the
/// file. The file's key is for the file's address alone. Throws Failure for an address or a key
/// that can be none.
Server choose_server(const std::string& url_option, const std::string& ca_file_option,
                     const Environment& environment, const StoredSettings& stored);

/// Without a slash at its end. Throws Failure unless it is http or https with a host, and without a
/// user, a query and a fragment.
std::string checked_url(const std::string& url, const std::string& source);

/// Throws Failure for what cannot stand in a header.
std::string checked_key(const std::string& key, const std::string& source);

}  // namespace runyard::cli
