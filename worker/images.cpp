#include "worker/images.hpp"

#include <sstream>

#include "core/log.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

constexpr std::chrono::seconds kDeadline{20};
constexpr std::string_view kPrefix = "runyard/";

}  // namespace

std::vector<ListedImage> parse_image_list(const std::string& text) {
  std::vector<ListedImage> images;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id;
    std::string repository;
    std::string tag;
    if (!(words >> id >> repository >> tag) || tag != "latest") continue;
    if (repository.rfind(kPrefix, 0) != 0) continue;
    images.push_back({repository.substr(kPrefix.size()), id});
  }
  return images;
}

bool Images::refresh() {
  const auto listed = processes_.run(list_images(docker_), kDeadline);
  if (!listed.ok) {
    log::warn("docker does not list its images",
              {{"error", listed.timed_out ? "no answer in time" : trim(listed.err)}});
    return false;
  }
  std::map<std::string, std::string> found;
  for (const auto& image : parse_image_list(listed.out))
    if (!has_volumes(image.id)) found[image.folder] = image.id;
  const std::lock_guard lock(mutex_);
  if (found == by_folder_) return false;
  by_folder_ = std::move(found);
  return true;
}

bool Images::has_volumes(const std::string& image_id) {
  if (accepted_.count(image_id) != 0) return false;
  if (refused_.count(image_id) != 0) return true;
  const auto answer = processes_.run(inspect_volumes(docker_, image_id), kDeadline);
  if (!answer.ok) return true;  // asked again next time
  const auto volumes = trim(answer.out);
  if (volumes == "null" || volumes == "{}") {
    accepted_.insert(image_id);
    return false;
  }
  // A VOLUME stays writable under --read-only and is a folder on the host's disk.
  log::error("image declares a VOLUME and is refused", {{"image", image_id}});
  refused_.insert(image_id);
  return true;
}

std::optional<std::string> Images::id_of(const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  const auto found = by_folder_.find(folder);
  if (found == by_folder_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string> Images::folders() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [folder, id] : by_folder_) names.push_back(folder);
  return names;
}

}  // namespace runyard
