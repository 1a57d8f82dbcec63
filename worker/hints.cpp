#include "worker/hints.hpp"

#include <utility>

namespace runyard {

Listener listen_to_hints(const std::string& db_options, HintTargets targets) {
  const auto on_hint = [targets](const std::string& channel, const std::string& id) {
    if (channel == kWorkChannel) return targets.loop.wake();
    if (channel == kLiveChannel) return targets.live_runs.told(id);
    if (channel == kCancelChannel) return targets.cancellations.told(id);
    if (id == targets.worker_id) targets.heartbeat();
  };
  return Listener(db_options, {kWorkChannel, kCancelChannel, kLiveChannel, kWorkerChannel}, on_hint,
                  [targets] {
                    targets.loop.reconnected();
                    targets.live_runs.look_again();
                    targets.heartbeat();  // it reads what was cancelled and followed meanwhile
                  });
}

}  // namespace runyard
