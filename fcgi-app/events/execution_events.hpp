#pragma once
// The events of one execution for one listener.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/execution_json.hpp"
#include "fcgi-app/events/event_stream.hpp"
#include "fcgi-app/events/listener_places.hpp"
#include "fcgi-app/events/live_reader.hpp"
#include "fcgi-app/executions.hpp"

namespace runyard {

/// What a listener asked for.
struct EventWish {
  std::string execution_id;
  std::string owner;  ///< whose execution it is
  OutputEncoding encoding = OutputEncoding::kText;
  std::optional<std::int64_t> after;  ///< the last event it knows
  bool queued = false;                ///< the execution was last seen waiting
};

/// First what was published while the program ran, as far as it is there still; where nothing is,
/// what the result holds; last the end.
class ExecutionEvents final : public BodyStream {
 public:
  /// `live` and `executions` must outlive it. The place is held to its end.
  ExecutionEvents(LiveReader& live, Executions& executions, EventWish wish,
                  std::unique_ptr<ListenerPlaces::Place> place);

  const std::string& execution_id() const override { return wish_.execution_id; }
  Part read() override;
  bool is_behind(const LiveState& state) const override;

 private:
  Part next();
  bool look_whether_over();
  bool follows(std::int64_t id) const;
  void append(const std::vector<LiveEvent>& events, Part& part);
  void finish(Part& part);
  /// What the result holds behind `after_`. True when that was all.
  bool append_stored(const Execution& execution, Part& part);

  LiveReader& live_;
  Executions& executions_;
  const EventWish wish_;
  const std::unique_ptr<ListenerPlaces::Place> place_;
  std::int64_t after_;
  bool begun_ = false;
  bool over_ = false;      ///< nothing more will be published
  bool published_ = true;  ///< false: what was published is no longer all there
};

}  // namespace runyard
