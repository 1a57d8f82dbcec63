#include "cli/artifacts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "cli/failure.hpp"
#include "cli/files.hpp"
#include "cli/members.hpp"
#include "core/text.hpp"
#include "core/unique_fd.hpp"

namespace runyard::cli {
namespace {

std::string reason() { return std::generic_category().message(errno); }

/// The components of a relative name; empty for what leads elsewhere.
std::vector<std::string> components_of(std::string_view name) {
  std::vector<std::string> parts;
  for (;;) {
    const auto part = name.substr(0, name.find('/'));
    if (part.empty() || part == "." || part == ".." || part.find('\0') != std::string_view::npos)
      return {};
    parts.emplace_back(part);
    if (part.size() == name.size()) return parts;
    name.remove_prefix(part.size() + 1);
  }
}

/// The folder of that name in another, made when it is missing; never through a link.
UniqueFd folder_in(int parent, const std::string& name) {
  ::mkdirat(parent, name.c_str(), 0777);
  return UniqueFd(::openat(parent, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

/// "" or why it is not written.
std::string save(int folder, const std::string& name, const std::string& content) {
  const auto parts = components_of(name);
  if (parts.empty()) return "leads out of the folder";
  UniqueFd within;
  int parent = folder;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
    within = folder_in(parent, parts[i]);
    if (!within) return parts[i] + ": " + reason();
    parent = within.get();
  }
  const UniqueFd file(::openat(parent, parts.back().c_str(),
                               O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                               0666));
  if (!file) return reason();
  write_all(file.get(), content, name);
  return {};
}

std::optional<std::string> content_of(const json::Value& artifact, const FetchArtifact& fetch) {
  if (!artifact.find("content") && artifact.find("url") && fetch)
    return fetch(text_at(artifact, "name"));
  const auto content = text_at(artifact, "content");
  return text_at(artifact, "encoding") == "base64" ? base64_decode(content)
                                                   : std::optional(content);
}

/// Gets one file and writes it. "" or why not.
std::string take(int folder, const json::Value& artifact, const FetchArtifact& fetch) {
  try {
    const auto content = content_of(artifact, fetch);
    return content ? save(folder, text_at(artifact, "name"), *content) : "its content is no base64";
  } catch (const WriteFailed&) {
    throw;
  } catch (const Failure& failure) {
    return failure.what();
  }
}

}  // namespace

std::vector<std::string> save_artifacts(const json::Value& execution,
                                        const std::vector<std::string>& asked,
                                        const std::string& folder, const FetchArtifact& fetch) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  const UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) throw Failure(folder + ": " + reason());
  std::vector<std::string> troubles;
  for (const auto& artifact : array_at(execution, "artifacts")) {
    const auto name = text_at(artifact, "name");
    auto trouble = text_at(artifact, "error");
    if (std::find(asked.begin(), asked.end(), name) == asked.end())
      trouble = "was not asked for";
    else if (trouble.empty())
      trouble = take(fd.get(), artifact, fetch);
    if (!trouble.empty()) troubles.push_back("artifact " + name + ": " + trouble);
  }
  return troubles;
}

}  // namespace runyard::cli
