#pragma once
// The body of an answer that its client takes when it likes.
#include <memory>
#include <string>
#include <utility>

#include "fcgi-app/events/event_stream.hpp"

namespace runyard {

/// Gives a body in pieces, without a copy of the whole. Holds `place` until its end.
class HeldBody final : public BodyStream {
 public:
  HeldBody(std::string body, std::shared_ptr<void> place)
      : place_(std::move(place)), body_(std::move(body)) {}

  const std::string& execution_id() const override { return none_; }
  bool is_behind(const LiveState& /*state*/) const override { return false; }
  Part read() override {
    constexpr std::size_t kPieceBytes = std::size_t{64} * 1024;
    Part part;
    part.bytes = body_.substr(given_, kPieceBytes);
    given_ += part.bytes.size();
    part.over = given_ == body_.size();
    part.more = !part.over;
    if (part.over) body_ = std::string();
    return part;
  }

 private:
  const std::shared_ptr<void> place_;  // gone after the body is
  const std::string none_;
  std::string body_;
  std::size_t given_ = 0;
};

}  // namespace runyard
