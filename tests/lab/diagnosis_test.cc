// What a diagnosis makes of records that say exactly what happened; planted_test.cc lets it happen.
#include "lab/diagnosis.h"

#include <gtest/gtest.h>

#include <set>

#include "lab/evidence.h"
#include "support/experiments.h"

namespace labday {
namespace {

using std::chrono::milliseconds;

std::size_t at(Stage stage) { return static_cast<std::size_t>(stage); }

/// Two workers that computed for all of 10 s, in 20 tasks of a second.
struct Round {
  RoundRecord record;
  Scheduling scheduling;
  Nanoseconds wall = milliseconds(10'000);
  int cores = 2;

  Round() {
    scheduling.workers = scheduling.at_once = 2;
    record.tasks = 20;
    record.workers_used = 2;
    record.given_out = milliseconds(9000);
    record.in_tasks = milliseconds(20'000);
    record.longest_task = milliseconds(1000);
    record.wall[at(Stage::encode)] = record.cpu[at(Stage::encode)] = milliseconds(20'000);
    record.workers.cpu = milliseconds(20'000);
    record.workers.run_delay = Nanoseconds(0);
    record.machine_busy = milliseconds(20'000);
    record.stolen = Nanoseconds(0);
  }

  /// So much less of it was work.
  void take(Nanoseconds time) {
    record.in_tasks -= time;
    record.wall[at(Stage::encode)] -= time;
    record.cpu[at(Stage::encode)] -= time;
  }

  ModeDiagnosis diagnose() const {
    RoundResult result;
    result.wall = wall;
    result.record = record;
    return diagnose_mode({"some", {result}}, scheduling, cores);
  }
};

/// There is this one finding, and all time is accounted for.
void expect_only(const Round& round, Cause cause, double seconds) {
  const ModeDiagnosis diagnosis = round.diagnose();
  ASSERT_EQ(diagnosis.findings.size(), 1U);
  const Finding& finding = diagnosis.findings.front();
  EXPECT_EQ(name(finding.cause), name(cause));
  EXPECT_NEAR(finding.seconds, seconds, 1e-9);
  EXPECT_EQ(finding.mode, "some");
  EXPECT_FALSE(finding.evidence.empty());
  EXPECT_NEAR(finding.share, seconds / diagnosis.accounting.worker_seconds, 1e-12);
  EXPECT_NEAR(diagnosis.accounting.unexplained, 0, 1e-9);
}

TEST(Diagnosis, FindsNothingWhereWorkersWorked) {
  const ModeDiagnosis diagnosis = Round().diagnose();
  EXPECT_TRUE(diagnosis.findings.empty());
  EXPECT_DOUBLE_EQ(diagnosis.accounting.worker_seconds, 20);
  EXPECT_DOUBLE_EQ(diagnosis.accounting.useful_seconds(), 20);
  EXPECT_EQ(diagnosis.rounds, 1);
}

TEST(Diagnosis, NamesJoinsWhereTheModeLetsNotAllWorkersHaveATask) {
  Round round;
  round.scheduling.workers = 4;
  expect_only(round, Cause::joins, 20);
}

TEST(Diagnosis, NamesTransferWhereWorkersWaitedWhileTasksWereThere) {
  Round round;
  round.take(milliseconds(3000));
  round.record.idle_before = milliseconds(2000);
  round.record.handing = milliseconds(1000);
  round.record.in_tasks += milliseconds(1000);
  expect_only(round, Cause::transfer, 3);
}

TEST(Diagnosis, NamesSpawnAndExitWhereIdleWorkersWereBeingMade) {
  Round round;
  round.take(milliseconds(3000));
  round.record.idle_before = milliseconds(2500);
  round.record.idle_after = milliseconds(500);
  round.record.made = 20;
  round.record.making = milliseconds(1700);
  round.record.ending = milliseconds(1000);
  expect_only(round, Cause::spawn_and_exit, 2.7);
  round.scheduling.batches_a_worker = 1;
  round.record.idle_after = milliseconds(0);
  round.record.idle_before = milliseconds(3000);
  expect_only(round, Cause::spawn_and_exit, 3);
}

TEST(Diagnosis, NamesStorageWhereFilesTookLongerThanTheirCpuTime) {
  Round round;
  round.take(milliseconds(4000));
  round.record.in_tasks += milliseconds(4000);
  round.record.wall[at(Stage::read)] = milliseconds(3000);
  round.record.wall[at(Stage::write)] = milliseconds(1000);
  expect_only(round, Cause::storage, 4);
}

TEST(Diagnosis, NamesStorageWhereWorkersOfAModeThatAwaitsFilesWereIdle) {
  Round round;
  round.take(milliseconds(4000));
  round.scheduling.inflight = 2;
  round.record.floating = true;
  round.record.idle_before = milliseconds(3000);
  round.record.idle_after = milliseconds(1000);
  round.record.all_idle_after = milliseconds(500);
  round.record.wall[at(Stage::read)] = milliseconds(9000);  // awaited, by nobody's worker
  expect_only(round, Cause::storage, 4);
}

TEST(Diagnosis, NamesImbalanceWhereNothingWasLeftForAWorker) {
  Round round;
  round.take(milliseconds(4000));
  round.record.idle_after = milliseconds(4000);
  round.record.longest_task = milliseconds(5000);
  expect_only(round, Cause::imbalance, 4);
}

TEST(Diagnosis, NamesTooFewTasksWhereWorkersNeverHadOne) {
  Round round;
  round.record.tasks = 2;
  round.record.given_out = Nanoseconds(0);
  round.scheduling.workers = round.scheduling.at_once = 5;
  round.cores = 8;
  expect_only(round, Cause::too_few_tasks, 30);
  // Threads that may take part in any task say so themselves.
  round.record.floating = true;
  round.record.workers_used = 5;
  round.record.idle_after = milliseconds(30'000);
  expect_only(round, Cause::too_few_tasks, 30);
}

TEST(Diagnosis, NamesNoiseWhereAsManyWorkersAsCoresWaitedForOne) {
  Round round;
  round.record.cpu[at(Stage::encode)] -= milliseconds(6000);
  round.record.workers.cpu = milliseconds(14'000);
  round.record.workers.run_delay = milliseconds(6000);
  expect_only(round, Cause::machine_noise, 6);
  round.record.workers.run_delay.reset();
  expect_only(round, Cause::machine_noise, 6);
}

TEST(Diagnosis, TakesWaitsForCoresOutOfWaitsForFiles) {
  Round round;
  round.take(milliseconds(6000));
  round.record.in_tasks += milliseconds(6000);
  round.record.wall[at(Stage::read)] = milliseconds(6000);
  round.record.workers.cpu = milliseconds(14'000);
  round.record.workers.run_delay = milliseconds(2000);
  const ModeDiagnosis diagnosis = round.diagnose();
  EXPECT_NEAR(diagnosis.accounting.lost_to(Cause::storage), 4, 1e-9);
  EXPECT_NEAR(diagnosis.accounting.lost_to(Cause::machine_noise), 2, 1e-9);
}

TEST(Diagnosis, NamesOversubscriptionWhereMoreWorkersThanCoresWaitedForOne) {
  Round round;
  round.scheduling.workers = round.scheduling.at_once = 20;
  round.record.workers_used = 20;
  round.record.in_tasks = round.record.wall[at(Stage::encode)] = milliseconds(200'000);
  round.record.workers.run_delay = milliseconds(180'000);
  expect_only(round, Cause::oversubscription, 180);
}

TEST(Diagnosis, PutsWaitsOfSuperfluousWorkersDownToThemWhileEveryCoreIsBusy) {
  Round round;
  round.scheduling.workers = round.scheduling.at_once = 4;
  round.record.workers_used = 4;
  round.record.in_tasks = milliseconds(40'000);
  round.record.wall[at(Stage::write)] =
      milliseconds(20'000);  // for a folder that a sleeping worker has locked
  expect_only(round, Cause::oversubscription, 20);
  // With idle cores they really wait for files.
  round.take(milliseconds(15'000));
  round.record.workers.cpu = round.record.machine_busy = milliseconds(5000);
  round.record.wall[at(Stage::write)] += milliseconds(15'000);
  round.record.in_tasks = milliseconds(40'000);
  const ModeDiagnosis diagnosis = round.diagnose();
  EXPECT_NEAR(diagnosis.accounting.lost_to(Cause::storage), 30, 1e-9);
  EXPECT_NEAR(diagnosis.accounting.lost_to(Cause::oversubscription), 5, 1e-9);
}

TEST(Diagnosis, TellsWhatOthersHadFromWhatTooManyWorkersTookFromOneAnother) {
  Round round;
  round.scheduling.workers = round.scheduling.at_once = 4;
  round.record.workers_used = 4;
  round.take(milliseconds(5000));
  round.record.in_tasks = round.record.wall[at(Stage::encode)] = milliseconds(40'000);
  round.record.workers.cpu = milliseconds(15'000);
  round.record.workers.run_delay = milliseconds(25'000);
  const ModeDiagnosis diagnosis = round.diagnose();
  EXPECT_NEAR(diagnosis.accounting.lost_to(Cause::machine_noise), 5, 1e-9);
  EXPECT_NEAR(diagnosis.accounting.lost_to(Cause::oversubscription), 20, 1e-9);
}

TEST(Diagnosis, IsTheMeanOfRoundsWithARecordAndOrderedBySeconds) {
  Round even;
  Round uneven;
  uneven.take(milliseconds(10'000));
  uneven.record.idle_before = milliseconds(4000);
  uneven.record.idle_after = milliseconds(6000);
  ModeRounds rounds{"some", {std::nullopt, RoundResult{}, RoundResult{}, RoundResult{}}};
  rounds.rounds[1]->wall = rounds.rounds[2]->wall = even.wall;
  rounds.rounds[1]->record = even.record;
  rounds.rounds[2]->record = uneven.record;
  const ModeDiagnosis diagnosis = diagnose_mode(rounds, even.scheduling, 2);
  EXPECT_EQ(diagnosis.rounds, 2);
  EXPECT_DOUBLE_EQ(diagnosis.accounting.worker_seconds, 20);
  EXPECT_DOUBLE_EQ(diagnosis.accounting.useful_seconds(), 15);
  ASSERT_EQ(diagnosis.findings.size(), 2U);
  EXPECT_EQ(diagnosis.findings[0].cause, Cause::imbalance);
  EXPECT_NEAR(diagnosis.findings[0].seconds, 3, 1e-9);
  EXPECT_EQ(diagnosis.findings[1].cause, Cause::transfer);
  EXPECT_NEAR(diagnosis.findings[1].seconds, 2, 1e-9);
}

TEST(Diagnosis, OfAnExperimentHasTheModesThatHaveRecords) {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  EXPECT_TRUE(diagnose(fixed.plan, fixed.result).empty());
  fixed.result.modes[1].rounds[0]->record = Round().record;
  const auto modes = diagnose(fixed.plan, fixed.result);
  ASSERT_EQ(modes.size(), 1U);
  EXPECT_EQ(modes[0].mode, "threads:workers=2");
  fixed.result.disagreement = Disagreement{"threads:workers=2", 1, {}};
  EXPECT_TRUE(diagnose(fixed.plan, fixed.result).empty());
}

TEST(Findings, AreAClosedListWithNamesTitlesRemediesAndEvidence) {
  std::set<std::string_view> names;
  std::set<std::string_view> titles;
  MeanRecord mean;
  mean.add(Round().record, milliseconds(10'000));
  for (int i = 0; i < kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    names.insert(name(cause));
    titles.insert(title(cause));
    EXPECT_TRUE(remedy(cause).ends_with(".")) << name(cause);
    EXPECT_FALSE(evidence_for(cause, mean, Scheduling{}, 2, 1).empty()) << name(cause);
  }
  EXPECT_EQ(names.size(), std::size_t{kCauseCount});
  EXPECT_EQ(titles.size(), std::size_t{kCauseCount});
}

}  // namespace
}  // namespace labday
