#include "worker/images.hpp"

#include <sstream>
#include <string_view>

#include "core/json.hpp"
#include "core/log.hpp"
#include "core/text.hpp"

namespace runyard {
namespace {

constexpr std::chrono::seconds kDeadline{20};
constexpr std::string_view kPrefix = "runyard/";

bool names_none(std::string_view volumes) { return volumes == "null" || volumes == "{}"; }

}  // namespace

std::optional<ForeignImage> parse_inspected(const std::string& text) {
  std::istringstream lines(text);
  ForeignImage image;
  std::string volumes;
  std::string environment;
  if (!std::getline(lines, image.id) || !std::getline(lines, volumes) ||
      !std::getline(lines, environment) || image.id.rfind("sha256:", 0) != 0)
    return std::nullopt;
  image.has_volumes = !names_none(volumes);
  try {
    const auto entries = json::parse(environment);
    if (!entries.array()) return image;
    for (const auto& entry : *entries.array()) {
      if (!entry.string()) continue;
      const auto sign = entry.string()->find('=');
      if (sign != std::string::npos && sign > 0)
        image.environment.emplace_back(entry.string()->substr(0, sign),
                                       entry.string()->substr(sign + 1));
    }
  } catch (const json::ParseError&) {
    return std::nullopt;
  }
  return image;
}

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
  if (!processes_) {
    const std::lock_guard lock(mutex_);
    return std::exchange(by_folder_, always_) != always_;
  }
  const auto listed = processes_->run(list_images(docker_), kDeadline);
  if (!listed.ok) {
    log::warn("docker does not list its images",
              {{"error", listed.timed_out ? "no answer in time" : trim(listed.err)}});
    return false;
  }
  std::map<std::string, std::string> found;
  for (const auto& image : parse_image_list(listed.out))
    if (!has_volumes(image.id)) found[image.folder] = image.id;
  std::map<std::string, ForeignImage> foreign;
  for (const auto& reference : references_) {
    auto image = look_at(reference);
    if (!image) continue;
    found["image:" + reference] = image->id;
    foreign["image:" + reference] = std::move(*image);
  }
  const std::lock_guard lock(mutex_);
  foreign_ = std::move(foreign);
  if (found == by_folder_) return false;
  by_folder_ = std::move(found);
  return true;
}

std::optional<ForeignImage> Images::look_at(const std::string& reference) {
  const auto answer = processes_->run(inspect_image(docker_, reference), kDeadline);
  if (!answer.ok) return std::nullopt;  // it is not here, and nobody pulls it
  auto image = parse_inspected(answer.out);
  if (!image) return std::nullopt;
  if (!image->has_volumes) return image;
  if (refused_.count(image->id) == 0) refuse(image->id);
  return std::nullopt;
}

bool Images::has_volumes(const std::string& image_id) {
  if (accepted_.count(image_id) != 0) return false;
  if (refused_.count(image_id) != 0) return true;
  const auto answer = processes_->run(inspect_volumes(docker_, image_id), kDeadline);
  if (!answer.ok) return true;  // asked again next time
  const auto volumes = trim(answer.out);
  if (names_none(volumes)) {
    accepted_.insert(image_id);
    return false;
  }
  refuse(image_id);
  return true;
}

void Images::refuse(const std::string& image_id) {
  // A VOLUME stays writable under --read-only and is a folder on the host's disk.
  log::error("image declares a VOLUME and is refused", {{"image", image_id}});
  refused_.insert(image_id);
}

std::vector<std::pair<std::string, std::string>> Images::environment_of(
    const std::string& folder) const {
  const std::lock_guard lock(mutex_);
  const auto found = foreign_.find(folder);
  if (found == foreign_.end()) return {};
  return found->second.environment;
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
