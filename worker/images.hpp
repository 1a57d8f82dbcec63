#pragma once
// The language images of this host's engine.
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "worker/docker_command.hpp"
#include "worker/process.hpp"

namespace runyard {

/// One line of `docker image ls` that names a language image.
struct ListedImage {
  std::string folder;  ///< of docker/languages
  std::string id;
};

/// Reads the output of list_images(): repositories runyard/<folder> with the tag latest; anything
/// else is left out. Pure.
std::vector<ListedImage> parse_image_list(const std::string& text);

/// An operator's own image, as inspect_image() tells of it.
struct ForeignImage {
  std::string id;
  bool has_volumes = true;
  std::vector<std::pair<std::string, std::string>> environment;
};
/// nullopt for what inspect_image() would not print. Pure.
std::optional<ForeignImage> parse_inspected(const std::string& text);

/// Language::image -> image id, as last seen. Thread-safe.
class Images final {
 public:
  /// `references`: an operator's own images, see Language::image_reference.
  Images(ProcessHost& processes, const DockerSettings& docker,
         std::set<std::string> references = {})
      : processes_(&processes), docker_(docker), references_(std::move(references)) {}

  /// Without an engine: these are here, always.
  explicit Images(std::map<std::string, std::string> always)
      : processes_(nullptr), always_(std::move(always)) {}

  /// Asks the engine. True when something has changed; an engine that does not answer changes
  /// nothing.
  bool refresh();

  std::optional<std::string> id_of(const std::string& folder) const;
  std::vector<std::string> folders() const;
  /// What an operator's own image sets, PATH above all; empty for ours.
  std::vector<std::pair<std::string, std::string>> environment_of(const std::string& folder) const;

 private:
  bool has_volumes(const std::string& image_id);
  void refuse(const std::string& image_id);
  std::optional<ForeignImage> look_at(const std::string& reference);

  ProcessHost* const processes_;
  const std::map<std::string, std::string> always_;
  const DockerSettings docker_;
  const std::set<std::string> references_;
  std::set<std::string> refused_;  // ids of images with a VOLUME; used by refresh() alone
  std::set<std::string> accepted_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> by_folder_;  // under mutex_
  std::map<std::string, ForeignImage> foreign_;   // likewise, by Language::image
};

}  // namespace runyard
