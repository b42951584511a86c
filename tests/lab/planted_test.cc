// Each pathology planted on purpose, in real modes with real threads and processes: it must be named first,
// and its seconds be those that were planted, to 15 %.
//
// A machine with other things to do adds noise to every plant, and a diagnosis that is right says so. So
// noise may be named before what was planted, and plants are measured, not assumed: by PlantedIo, whose
// account is independent of labday's records.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "lab/diagnosis.h"
#include "lab/planted_io.h"
#include "lab/round_execution.h"
#include "modes/idle_workers.h"
#include "modes/registry.h"
#include "modes/worker_faults.h"
#include "pipeline/posix_io.h"
#include "support/pictures.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using std::chrono::milliseconds;
using testing::Plant;
using testing::PlantedIo;
using testing::TempFolder;

constexpr double kTolerance = 0.15;

/// An environment variable, for the workers that a test spawns.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

/// Keeps this thread, and what it starts, on the first `cores` of the processors that it may use.
class Pinned {
 public:
  explicit Pinned(int cores) {
    ::sched_getaffinity(0, sizeof before_, &before_);
    cpu_set_t few;
    CPU_ZERO(&few);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&few) < cores; ++cpu) {
      if (CPU_ISSET(cpu, &before_)) CPU_SET(cpu, &few);
    }
    ::sched_setaffinity(0, sizeof few, &few);
    cores_ = CPU_COUNT(&few);
  }
  ~Pinned() { ::sched_setaffinity(0, sizeof before_, &before_); }
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;
  [[nodiscard]] int cores() const { return cores_; }

 private:
  cpu_set_t before_{};
  int cores_ = 1;
};

class Planted : public ::testing::Test {
 protected:
  void TearDown() override { release_idle_workers(); }

  /// Executes tiny pictures, with these plants, in a mode: again where others disturbed it much, since then
  /// it says little of the plants.
  void run(
      const std::string& mode, int workers, const std::vector<Plant>& plants,
      const std::function<void(Job&)>& change = [](Job&) {}) {
    for (int attempt = 0; attempt < 5; ++attempt) {
      ASSERT_NO_FATAL_FAILURE(run_once(mode, workers, plants, change));
      const Accounting& all = diagnosis_.accounting;
      if (all.lost_to(Cause::machine_noise) < 0.05 * all.worker_seconds) return;
    }
  }

  void run_once(
      const std::string& mode, int workers, const std::vector<Plant>& plants,
      const std::function<void(Job&)>& change = [](Job&) {}) {
    const TempFolder in;
    const TempFolder out;
    const std::string png = testing::png_bytes({2, 2}, PixelFormat::l, 1);
    for (std::size_t i = 0; i < plants.size(); ++i) in.write(std::to_string(i) + ".png", png);
    RoundRequest request{testing::make_job(in.path(), out.path(), {"100"}), mode, Grain::source, workers};
    request.job.records = true;
    change(request.job);
    auto posix = PosixIo::open(request.job.output_folder);
    ASSERT_TRUE(posix);
    io_ = std::make_unique<PlantedIo>(std::move(*posix), plants);
    std::unique_ptr<Mode> executed;
    const auto result = execute_round(request, *io_, executed);
    ASSERT_TRUE(result) << to_line(result.error());
    ASSERT_EQ(result->totals.renditions.done, plants.size());
    wall_ = to_seconds(result->wall);
    const auto scheduling = scheduling_of(*ModeSpec::parse(mode), workers);
    ModeRounds rounds{mode, {*result}};
    diagnosis_ = diagnose_mode(rounds, *scheduling, cores_);
    record_ = *result->record;
  }

  /// The first finding is `cause`, noise of the machine aside, and of so many seconds.
  void expect_first(Cause cause, double planted) const {
    std::string all;
    const Finding* first = nullptr;
    for (const Finding& finding : diagnosis_.findings) {
      all += std::string(name(finding.cause)) + " " + std::to_string(finding.seconds) + ": " +
             finding.evidence + "\n";
      if (first == nullptr && (finding.cause != Cause::machine_noise || cause == Cause::machine_noise)) {
        first = &finding;
      }
    }
    ASSERT_NE(first, nullptr) << "no finding, of " << planted << " s";
    EXPECT_EQ(name(first->cause), name(cause)) << all;
    EXPECT_NEAR(first->seconds, planted, kTolerance * planted) << all;
    expect_accounted_for();
  }

  /// The same where others on the machine make it uncertain what was planted.
  void expect_first_between(Cause cause, double least, double most) const {
    expect_first(cause, std::clamp(diagnosis_.accounting.lost_to(cause), least, std::max(least, most)));
  }

  void expect_accounted_for() const {
    const Accounting& all = diagnosis_.accounting;
    // Where others have the cores, somebody who holds a lock may be without one, and such waits have no name.
    const double allowed = 0.05 * all.worker_seconds + 0.5 * all.lost_to(Cause::machine_noise);
    EXPECT_NEAR(all.unexplained, 0, allowed) << all.worker_seconds << " worker seconds";
  }

  const Pinned pinned_{2};
  const int cores_ = pinned_.cores();
  std::unique_ptr<PlantedIo> io_;
  double wall_ = 0;
  ModeDiagnosis diagnosis_;
  RoundRecord record_;
};

std::vector<Plant> burning(std::size_t tasks, Nanoseconds each) {
  return std::vector<Plant>(tasks, Plant{each, {}});
}

TEST_F(Planted, StartingAndThenJoiningSerialises) {
  run("multiprocessing:join=each", 2, burning(6, milliseconds(80)));
  // While one task is executed, the other worker must not have one.
  expect_first(Cause::joins, io_->planted_seconds());
}

class OneHugeTask : public Planted, public ::testing::WithParamInterface<const char*> {};

TEST_P(OneHugeTask, AtTheEndLeavesTheOtherWorkerWaiting) {
  std::vector<Plant> plants = burning(7, milliseconds(20));
  plants[6].burn = milliseconds(500);
  run(GetParam(), 2, plants, [](Job& job) {
    for (Source& source : job.sources) source.file_bytes = 1000;
    job.sources[6].file_bytes = 1;  // looks small, and so goes last
  });
  Nanoseconds others_end{0};
  for (std::size_t i = 0; i < 6; ++i) others_end = std::max(others_end, io_->span(i).end);
  expect_first(Cause::imbalance, to_seconds(io_->span(6).end - others_end));
}
INSTANTIATE_TEST_SUITE_P(Each, OneHugeTask,
                         ::testing::Values("threads", "multiprocessing", "multiprocessing-pool"));

TEST_F(Planted, TwoHundredWorkersOnTwoCoresWaitForOneAnother) {
  if (!own_kernel_figures().run_delay)
    GTEST_SKIP() << "this kernel does not count what threads wait for cores";
  run("threads", 200, burning(600, milliseconds(3)));
  // What 200 workers could have used, less what was used: there are no other waits.
  const double used = 600 * 0.003;
  expect_first(Cause::oversubscription, 200 * wall_ - used);
}

TEST_F(Planted, AProcessForEachTinyTaskIsMadeForNothing) {
  run("multiprocessing", 2, std::vector<Plant>(200, Plant{{}, {}, true}));
  // The tasks are nothing but what a process does for the first time, so all else that others left goes into
  // processes. What others took during tasks can be subtracted with the tasks or with the noise.
  const Accounting& all = diagnosis_.accounting;
  const double left = 2 * wall_ - all.lost_to(Cause::machine_noise);
  const double least = left - to_seconds(record_.in_tasks);
  const double most = left - all.useful_seconds();
  expect_first_between(Cause::spawn_and_exit, least, most);
}

TEST_F(Planted, ProcessesThatAreSlowToBeginAreToldInSeconds) {
  // Beside it, what a program takes to begin by itself: little, but with a sanitizer tens of milliseconds.
  const Variable slow(testing::kSlowStartVariable, "500");
  run("multiprocessing:start=spawn", 2, std::vector<Plant>(8));
  expect_first(Cause::spawn_and_exit, 8 * 0.5);
}

TEST_F(Planted, AnswersThatAreHeldUpOnTheirWayAreTransfer) {
  const Variable slow(testing::kSlowLinkVariable, "20");
  run("multiprocessing-pool:start=spawn", 2, std::vector<Plant>(60));
  // All but the last answer of each worker hold up a task.
  expect_first(Cause::transfer, 58 * 0.020);
}

class SlowDisk : public Planted, public ::testing::WithParamInterface<const char*> {};

TEST_P(SlowDisk, IsWhatWorkersWaitFor) {
  // The real disk below adds a millisecond or two, or three on a busy machine.
  run(GetParam(), 2, std::vector<Plant>(16, Plant{milliseconds(1), milliseconds(50)}));
  // A wait may have ended while somebody else had the core.
  expect_first_between(Cause::storage, 16 * 0.050, io_->planted_seconds() - 16 * 0.001);
}
INSTANTIATE_TEST_SUITE_P(Each, SlowDisk,
                         ::testing::Values("blocking", "threads", "multiprocessing-pool",
                                           "multiprocessing-pool:chunk=4", "async:inflight=1,workers=1"));

class FewTasks : public Planted, public ::testing::WithParamInterface<const char*> {};

TEST_P(FewTasks, LeaveWorkersWithout) {
  run(GetParam(), 6, burning(2, milliseconds(200)));
  const double longest = std::max(to_seconds(io_->span(0).end - io_->span(0).begin),
                                  to_seconds(io_->span(1).end - io_->span(1).begin));
  expect_first(Cause::too_few_tasks, 4 * longest);
}
INSTANTIATE_TEST_SUITE_P(Each, FewTasks,
                         ::testing::Values("threads", "multiprocessing", "multiprocessing-pool"));

TEST_F(Planted, AnotherProgramOnTheSameCoreIsNoise) {
  const Pinned one(1);
  const pid_t other = ::fork();
  if (other == 0) {
    for (;;) testing::burn(milliseconds(10));
  }
  run_once("blocking", 1, burning(40, milliseconds(10)));
  ::kill(other, SIGKILL);
  ::waitpid(other, nullptr, 0);
  // One thread that never waits by itself: what it did not use, somebody else had.
  expect_first(Cause::machine_noise, wall_ - 40 * 0.010);
}

class Healthy : public Planted, public ::testing::WithParamInterface<const char*> {};

TEST_P(Healthy, RunsHaveNoFinding) {
  run(GetParam(), 2, burning(80, milliseconds(10)));
  for (const Finding& finding : diagnosis_.findings) {
    EXPECT_EQ(finding.cause, Cause::machine_noise) << name(finding.cause) << ": " << finding.evidence;
  }
  expect_accounted_for();
}
INSTANTIATE_TEST_SUITE_P(Each, Healthy, ::testing::Values("blocking", "threads", "multiprocessing-pool"));

}  // namespace
}  // namespace labday
