// A fixed experiment, as if it had been run, for tests of what is made of its figures.
#pragma once

#include <chrono>
#include <initializer_list>
#include <optional>
#include <string>

#include "lab/experiment.h"

namespace labday::testing {

/// A round of `seconds`, with one and a half times as much CPU time.
inline RoundResult round_of(double seconds) {
  RoundResult round;
  round.wall = std::chrono::round<Nanoseconds>(std::chrono::duration<double>(seconds));
  round.cpu = round.wall * 3 / 2;
  round.start = std::chrono::milliseconds(2);
  round.peak_memory_bytes = 45'200'000;
  round.workers = 2;
  round.totals.stage_times[static_cast<std::size_t>(Stage::encode)] = round.wall / 2;
  return round;
}

/// A task that one of two workers executed: begun at `started`, of which `cpu` was CPU time of encode.
inline TaskResult task_of(int worker, std::uint32_t source, Nanoseconds started, Nanoseconds wall,
                          Nanoseconds cpu) {
  TaskResult result;
  result.task = {source, 0, 2};
  result.done = 2;
  result.bytes_read = 1000;
  result.bytes_written = 5000;
  result.stage_times[static_cast<std::size_t>(Stage::encode)] = wall;
  TaskRecord& record = result.record.emplace();
  record.queued = record.started = started;
  record.ended = started + wall;
  record.worker = worker;
  record.cpu[static_cast<std::size_t>(Stage::encode)] = cpu;
  return result;
}

inline ModeRounds mode_rounds(const std::string& mode, std::initializer_list<std::optional<double>> seconds) {
  ModeRounds rounds{mode, {}};
  for (const std::optional<double>& s : seconds) {
    rounds.rounds.push_back(s ? std::optional<RoundResult>(round_of(*s)) : std::nullopt);
  }
  return rounds;
}

struct FixedExperiment {
  ExperimentPlan plan;
  ExperimentResult result;
};

/// Ten sources at 120 % and 140 %; modes `blocking`, the baseline, and `threads:workers=2`, three rounds
/// each.
inline FixedExperiment fixed_experiment() {
  FixedExperiment fixed;
  Source source;
  source.path = "photos/a.jpg";
  source.file_bytes = 1000;
  fixed.plan.job.sources.assign(10, source);
  fixed.plan.job.renditions.resize(2);
  fixed.plan.job.renditions[0].scale = {120, 0};
  fixed.plan.job.renditions[1].scale = {140, 0};
  fixed.plan.modes = {"blocking", "threads:workers=2"};
  fixed.plan.baseline = "blocking";
  fixed.plan.workers = 2;
  fixed.plan.rounds = 3;
  fixed.plan.seed = 1;
  Environment& environment = fixed.result.environment;
  environment.version = "0.1.0";
  environment.cpu = {4, 2, 0};
  environment.scratch_file_system = "tmpfs";
  environment.cpu_model = "Example CPU";
  environment.kernel = "Linux 6.1";
  environment.simd = "AVX2";
  environment.build = {"GNU 12.2.0", "-O3", {{"libpng", "1.6.39"}}};
  environment.git = GitState{"main", "0123456789abcdef0123456789abcdef01234567", true};
  environment.before = {100, {{0.5, 0.25, 0.125}}, CpuTicks{1000, 600, 10}, 1.0, 2.0, 3.0};
  environment.after = {200, {{2.5, 1.0, 0.5}}, CpuTicks{2000, 800, 20}, 26.0, 4.0, 3.0};
  fixed.result.modes = {mode_rounds("blocking", {7.5, 7.6, 7.55}),
                        mode_rounds("threads:workers=2", {4.0, 4.1, 4.02})};
  fixed.result.control = mode_rounds("blocking", {7.52, 7.6, 7.54}).rounds;
  for (int block = 1; block <= 3; ++block) {
    fixed.result.order.push_back({block, 1, "blocking", false});
    fixed.result.order.push_back({block, 2, "threads:workers=2", false});
    fixed.result.order.push_back({block, 3, "blocking", true});
  }
  fixed.result.ended = Ended::rounds;
  fixed.result.files = 20;
  fixed.result.bytes = 101'526'123;
  fixed.result.hash = "0123456789abcdef0123456789abcdef";
  fixed.result.verified_rounds = 6;
  fixed.result.reference.renditions = {20, 0, 0, 0};
  fixed.result.reference.sources = {10, 0, 0, 0};
  return fixed;
}

}  // namespace labday::testing
