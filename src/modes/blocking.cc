// One thread, tasks in order: what every other mode is compared with.
#include "modes/mode.h"
#include "modes/mode_list.h"

namespace labday {
namespace {

class BlockingMode final : public Mode {
 public:
  explicit BlockingMode(const ModeSetup& setup) : job_(setup.job), io_(setup.io), gate_(setup.job) {}

  Result<void> start() override { return {}; }

  Result<void> run(std::span<const Task> tasks, ResultSink& sink, const CancelToken& cancel) override {
    InlineForEach for_each;
    MemoryGate* const gate = gate_of(job_, gate_);
    for (const Task& task : tasks) sink.deliver(run_task(job_, task, io_, for_each, cancel, gate));
    return {};
  }

  RunRecord run_record() override {
    RunRecord record;
    record.memory_peak = gate_.peak();
    return record;
  }

 private:
  const Job& job_;
  Io& io_;
  LocalMemoryGate gate_;
};

}  // namespace

const ModeInfo modes::blocking{
    .name = "blocking",
    .summary = "one thread, tasks in order: the baseline",
    .parameters = {},
    .make = [](const ModeSetup& setup) -> Result<std::unique_ptr<Mode>> {
      return std::make_unique<BlockingMode>(setup);
    },
    .unavailable = always_available,
};

}  // namespace labday
