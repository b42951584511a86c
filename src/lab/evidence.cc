#include "lab/evidence.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"

namespace labday {
namespace {

/// `0.35 ms`, `1.25 s`.
std::string duration(double seconds) {
  return seconds < 0.1 ? fmt::format("{:.2f} ms", 1000 * seconds) : fmt::format("{:.2f} s", seconds);
}

std::string number(double value) { return with_commas(static_cast<std::uint64_t>(std::llround(value))); }

std::string bytes(double value) { return human_bytes(static_cast<std::uint64_t>(std::llround(value))); }

std::string a_task(const MeanRecord& mean, double seconds) {
  return duration(mean.tasks() > 0 ? seconds / mean.tasks() : 0) + " a task";
}

}  // namespace

void MeanRecord::add(const RoundRecord& record, Nanoseconds wall) {
  ++rounds_;
  wall_ += to_seconds(wall);
  tasks_ += static_cast<double>(record.tasks);
  longest_task_ += to_seconds(record.longest_task);
  made_ += static_cast<double>(record.made);
  bytes_read_ += static_cast<double>(record.bytes_read);
  bytes_written_ += static_cast<double>(record.bytes_written);
  bytes_handed_ += static_cast<double>(record.bytes_handed);
  if (record.workers.run_delay) {
    ++with_run_delay_;
    run_delay_ += to_seconds(*record.workers.run_delay);
  }
  if (record.machine_busy && record.stolen && record.workers.cpu) {
    ++with_ticks_;
    const Nanoseconds own = *record.workers.cpu + record.helpers.cpu.value_or(Nanoseconds(0));
    others_cpu_ += std::max(0.0, to_seconds(*record.machine_busy - own));
    stolen_ += to_seconds(*record.stolen);
  }
}

std::optional<double> MeanRecord::run_delay() const {
  return with_run_delay_ < rounds_ ? std::nullopt : std::optional(run_delay_ / rounds_);
}
std::optional<double> MeanRecord::others_cpu() const {
  return with_ticks_ < rounds_ ? std::nullopt : std::optional(others_cpu_ / rounds_);
}
std::optional<double> MeanRecord::stolen() const {
  return with_ticks_ < rounds_ ? std::nullopt : std::optional(stolen_ / rounds_);
}

std::string evidence_for(Cause cause, const MeanRecord& mean, const Scheduling& scheduling, int cores,
                         double seconds) {
  const std::string waited =
      mean.run_delay()
          ? fmt::format("workers that could have run waited {} for a core", duration(*mean.run_delay()))
          : "tasks took longer than the CPU time that they had";
  switch (cause) {
    case Cause::joins:
      return fmt::format("of {} workers {} had a task at a time, though {} tasks were there",
                         scheduling.workers, scheduling.at_once, number(mean.tasks()));
    case Cause::oversubscription:
      return fmt::format("{} workers on {} cores; {}", scheduling.workers, cores, waited);
    case Cause::spawn_and_exit:
      return fmt::format("{} processes were made for {} tasks, which cost {}", number(mean.made()),
                         number(mean.tasks()), a_task(mean, seconds));
    case Cause::transfer:
      return fmt::format("workers waited {} for the next one, and {} a task were handed over",
                         a_task(mean, seconds),
                         bytes(mean.tasks() > 0 ? mean.bytes_handed() / mean.tasks() : 0));
    case Cause::storage:
      return fmt::format("{} were waited for files; {} were read and {} written", a_task(mean, seconds),
                         bytes(mean.bytes_read()), bytes(mean.bytes_written()));
    case Cause::imbalance:
      return fmt::format("the longest of {} tasks took {} of {}, and nothing was left for the other workers",
                         number(mean.tasks()), duration(mean.longest_task()), duration(mean.wall()));
    case Cause::too_few_tasks:
      return fmt::format("{} tasks for {} workers", number(mean.tasks()), scheduling.at_once);
    case Cause::machine_noise: {
      std::string text = waited;
      if (mean.others_cpu())
        text += fmt::format(" while other programs used {}", duration(*mean.others_cpu()));
      if (mean.stolen()) text += fmt::format(" and other guests {}", duration(*mean.stolen()));
      return text;
    }
  }
  return {};
}

}  // namespace labday
