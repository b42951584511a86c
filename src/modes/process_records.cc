#include "modes/process_records.h"

#include <fmt/format.h>

#include <algorithm>

namespace labday {
namespace {

// Looking at a process in /proc takes some 20 µs, which is nothing once a worker and a per cent of the life
// of a process that has one small task. So of the processes of a place these are looked at, and stand for the
// rest.
constexpr std::uint64_t kFirst = 16;
constexpr std::uint64_t kEach = 16;

KernelFigures figures_of(WorkerLink& worker) {
  return read_kernel_figures(fmt::format("/proc/{}", worker.pid()));
}

Nanoseconds now() { return since_epoch(Clock::now()); }

}  // namespace

ProcessRecords::Place& ProcessRecords::place_of(WorkerLink& worker) {
  const auto index = static_cast<std::size_t>(worker.life().place);
  while (places_.size() <= index) {
    places_.emplace_back();
    places_.back().record.worker = static_cast<std::int32_t>(places_.size() - 1);
  }
  return places_[index];
}

void ProcessRecords::look_before(WorkerLink& worker) {
  worker.life().at_work = true;  // the time to make it was not the run's
  worker.life().last_ended = now();
  worker.life().kernel_before = figures_of(worker);
  place_of(worker);
}

void ProcessRecords::made(WorkerLink& worker) {
  worker.life().last_ended = worker.life().made;
  // All that it does belongs to the run.
  worker.life().kernel_before = {Nanoseconds{0}, Nanoseconds{0}, Nanoseconds{0}, 0, 0};
  ++place_of(worker).record.made;
}

void ProcessRecords::complete(WorkerLink& worker, const WorkerLink::Assignment& assignment,
                              TaskResult& result) {
  if (!result.record) return;
  TaskRecord& record = *result.record;
  WorkerLink::Life& life = worker.life();
  record.worker = life.place;
  record.queued = std::min(assignment.queued, record.started);
  record.bytes_handed = assignment.bytes;
  if (!life.at_work) place_of(worker).record.making += record.started - life.made;
  life.at_work = true;
  life.last_ended = record.ended;
}

void ProcessRecords::reap(WorkerLink& worker) {
  Place& place = place_of(worker);
  KernelFigures figures;
  if (place.reaped < kFirst || place.reaped % kEach == 0) {
    figures.run_delay = figures_of(worker).run_delay;
    if (figures.run_delay) ++place.looked_at;
  }
  ++place.reaped;
  const ChildExit exit = worker.reap();
  figures.cpu = exit.user_cpu + exit.system_cpu;
  figures.voluntary_switches = exit.voluntary_switches;
  figures.involuntary_switches = exit.involuntary_switches;
  add(place.record.kernel, figures);
  place.record.ending += now() - worker.life().last_ended;
}

void ProcessRecords::look_after(WorkerLink& worker) {
  add(place_of(worker).record.kernel, between(worker.life().kernel_before, figures_of(worker)));
}

std::vector<WorkerRecord> ProcessRecords::take() {
  std::vector<WorkerRecord> records;
  for (Place& place : places_) {
    auto& delay = place.record.kernel.run_delay;
    if (delay && place.looked_at > 0 && place.looked_at < place.reaped) {
      *delay = *delay * static_cast<Nanoseconds::rep>(place.reaped) /
               static_cast<Nanoseconds::rep>(place.looked_at);
    }
    records.push_back(std::move(place.record));
  }
  places_.clear();
  return records;
}

}  // namespace labday
