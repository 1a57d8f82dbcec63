#pragma once
// The language images of this host's engine.
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
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

/// Folder -> image id, as last seen. Thread-safe.
class Images final {
 public:
  Images(ProcessHost& processes, const DockerSettings& docker)
      : processes_(processes), docker_(docker) {}

  /// Asks the engine. True when something has changed; an engine that does not answer changes
  /// nothing.
  bool refresh();

  std::optional<std::string> id_of(const std::string& folder) const;
  std::vector<std::string> folders() const;

 private:
  bool has_volumes(const std::string& image_id);

  ProcessHost& processes_;
  const DockerSettings docker_;
  std::set<std::string> refused_;  // ids of images with a VOLUME; used by refresh() alone
  std::set<std::string> accepted_;
  mutable std::mutex mutex_;
  std::map<std::string, std::string> by_folder_;  // under mutex_
};

}  // namespace runyard
