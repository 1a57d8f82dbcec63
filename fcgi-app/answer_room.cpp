#include "fcgi-app/answer_room.hpp"

#include <algorithm>
#include <utility>

namespace runyard {
namespace {

thread_local AnswerScope* current_scope = nullptr;

}  // namespace

void AnswerRoom::Place::shrink(std::size_t bytes) {
  if (bytes >= bytes_) return;
  room_.give_back(bytes_ - bytes);
  bytes_ = bytes;
}

std::shared_ptr<AnswerRoom::Place> AnswerRoom::take(std::size_t bytes) {
  bytes = std::min(bytes, options_.bytes);
  std::unique_lock lock(mutex_);
  if (!waiting_.empty() || !fits(bytes)) {
    if (static_cast<int>(waiting_.size()) >= options_.most_waiting) throw AnswersFull();
    const auto turn = waiting_.insert(waiting_.end(), 0);
    const bool free = changed_.wait_for(lock, options_.patience,
                                        [&] { return turn == waiting_.begin() && fits(bytes); });
    waiting_.erase(turn);
    changed_.notify_all();  // the next is the first now
    if (!free) throw AnswersFull();
  }
  taken_ += bytes;
  return std::make_shared<Place>(*this, bytes);
}

std::shared_ptr<AnswerRoom::Place> AnswerRoom::try_take(std::size_t bytes) {
  bytes = std::min(bytes, options_.bytes);
  const std::lock_guard lock(mutex_);
  if (!waiting_.empty() || !fits(bytes)) return nullptr;
  taken_ += bytes;
  return std::make_shared<Place>(*this, bytes);
}

std::size_t AnswerRoom::taken() const {
  const std::lock_guard lock(mutex_);
  return taken_;
}

std::size_t AnswerRoom::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_.size();
}

void AnswerRoom::give_back(std::size_t bytes) {
  {
    const std::lock_guard lock(mutex_);
    taken_ -= bytes;
  }
  changed_.notify_all();
}

AnswerScope::AnswerScope() { current_scope = this; }
AnswerScope::~AnswerScope() { current_scope = nullptr; }

void AnswerScope::need(AnswerRoom* room, std::size_t bytes) {
  auto* scope = current_scope;
  if (!room || !scope) return;
  if (scope->place_ && scope->place_->bytes() >= bytes) return;
  scope->place_.reset();  // first: two that wait for what the other holds would wait in vain
  scope->place_ = room->take(bytes);
}

}  // namespace runyard
