#include "worker/compile_cache.hpp"

#include "core/text.hpp"

namespace runyard {
namespace {

/// Lengths in front, so that no two different lists give the same text.
void add(std::string& text, const std::string& part) {
  text += std::to_string(part.size()) + ":" + part;
}

void add_all(std::string& text, const std::vector<std::string>& parts) {
  text += std::to_string(parts.size()) + ";";
  for (const auto& part : parts) add(text, part);
}

std::size_t size_of(const CompileCache::Entry& entry) {
  std::size_t bytes = entry.compiler_output.size() + entry.compiler_errors.size() + 512;
  for (const auto& file : entry.outputs) bytes += file.name.size() + file.content.size() + 64;
  return bytes;
}

}  // namespace

std::string CompileCache::key(const Tenant& tenant, const std::string& image_id,
                              const JobStep& step, const std::vector<JobFile>& files) {
  std::string text;
  add(text, tenant.owner);
  add(text, tenant.isolation_key);
  add(text, image_id);
  add_all(text, step.argv);
  add_all(text, step.environment);
  add_all(text, step.collect);
  for (const auto& file : files) {
    add(text, file.name);
    add(text, file.content);
  }
  return sha256_hex(text);
}

std::optional<CompileCache::Entry> CompileCache::find(const std::string& key) {
  const std::lock_guard lock(mutex_);
  const auto found = slots_.find(key);
  if (found == slots_.end()) return std::nullopt;
  order_.splice(order_.begin(), order_, found->second.position);
  return found->second.entry;
}

void CompileCache::put(const std::string& key, Entry entry) {
  const auto bytes = size_of(entry);
  if (bytes > max_bytes_ / 4) return;
  const std::lock_guard lock(mutex_);
  if (slots_.count(key) != 0) return;
  order_.push_front(key);
  slots_.emplace(key, Slot{std::move(entry), bytes, order_.begin()});
  bytes_ += bytes;
  while (bytes_ > max_bytes_) {
    const auto oldest = slots_.find(order_.back());
    bytes_ -= oldest->second.bytes;
    slots_.erase(oldest);
    order_.pop_back();
  }
}

}  // namespace runyard
