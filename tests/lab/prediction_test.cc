#include "lab/prediction.h"

#include <gtest/gtest.h>

#include "lab/recorded_costs.h"
#include "support/experiments.h"

namespace labday {
namespace {

using std::chrono::milliseconds;

/// A run with one worker: ten sources, the i-th of which took i × 10 ms, in two modes, one of which makes a
/// process for each task, in 5 ms.
BenchRecord one_worker_run() {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  fixed.plan.modes = {"blocking", "multiprocessing"};
  fixed.plan.workers = 1;
  fixed.result.modes[1].mode = "multiprocessing";
  fixed.result.environment.cpu = {1, 1, 0};
  for (const bool processes : {false, true}) {
    for (auto& round : fixed.result.modes[processes ? 1 : 0].rounds) {
      RecordCollector collector;
      Nanoseconds now{0};
      for (std::uint32_t source = 0; source < 10; ++source) {
        const Nanoseconds work = milliseconds(10 * (source + 1));
        if (processes) now += milliseconds(4);
        collector.add(testing::task_of(0, source, now, work, work));
        now += work;
        if (processes) now += milliseconds(1);
      }
      RunRecord run;
      if (processes) {
        run.workers.resize(1);
        run.workers[0].made = 10;
        run.workers[0].making = milliseconds(40);
        run.workers[0].ending = milliseconds(10);
        run.helpers.cpu = milliseconds(3);
      }
      round->wall = now;
      round->workers = 1;
      round->record = collector.finish(Nanoseconds(0), now, run);
    }
  }
  return bench_record(fixed.plan, fixed.result);
}

Prediction only(const PredictionRequest& request) {
  const auto predictions = predict(one_worker_run(), request);
  EXPECT_TRUE(predictions.has_value()) << to_line(predictions.error());
  EXPECT_EQ(predictions->size(), 1U);
  return predictions->front();
}

TEST(Prediction, OfTheRecordedRunIsTheRecordedTime) {
  const auto predictions = predict(one_worker_run(), {});
  ASSERT_TRUE(predictions.has_value());
  ASSERT_EQ(predictions->size(), 2U);
  EXPECT_NEAR((*predictions)[0].seconds, 0.550, 1e-6);
  EXPECT_NEAR((*predictions)[1].seconds, 0.600, 1e-6);
  EXPECT_NEAR((*predictions)[1].calibration, 1, 0.01);
  EXPECT_NEAR((*predictions)[0].interval->low, 0.550, 1e-6) << "all rounds were alike";
}

TEST(Prediction, OfARunTooLargeToKeepEveryTaskHasAllOfThem) {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  fixed.plan.modes = {"blocking"};
  fixed.plan.workers = 1;
  fixed.plan.job.sources.assign(1000, fixed.plan.job.sources.front());
  fixed.result.modes.resize(1);
  for (auto& round : fixed.result.modes.front().rounds) {
    RecordCollector collector;
    Nanoseconds now{0};
    for (std::uint32_t task = 0; task < 3000; ++task) {
      collector.add(testing::task_of(0, task / 3, now, milliseconds(1), milliseconds(1)));
      now += milliseconds(1);
    }
    round->wall = now;
    round->workers = 1;
    round->record = collector.finish(Nanoseconds(0), now, {});
    ASSERT_GT(round->record->row_stands_for, 1U);
  }
  const auto predictions = predict(bench_record(fixed.plan, fixed.result), {});
  ASSERT_TRUE(predictions.has_value()) << to_line(predictions.error());
  EXPECT_NEAR(predictions->front().seconds, 3.0, 0.01);
}

TEST(Prediction, WithTwoWorkersKeepsTheModesOverheads) {
  PredictionRequest request;
  request.workers = 2;
  request.cores = 2;
  request.modes = {"multiprocessing"};
  const Prediction two = only(request);
  EXPECT_EQ(two.workers, 2);
  EXPECT_EQ(two.replayed, "multiprocessing");
  // Sources of equal bytes keep their order: 10+30+50+70+90 ms against 20+40+60+80+100, and five processes
  // each.
  EXPECT_NEAR(two.seconds, 0.300 + 5 * 0.005, 0.001);
  EXPECT_FALSE(two.unknown.empty()) << "one worker says nothing of two that share the memory";
}

TEST(Prediction, WithMoreWorkersThanCoresIsThatOfTheCores) {
  PredictionRequest request;
  request.workers = 10;
  request.modes = {"multiprocessing"};
  const Prediction ten = only(request);
  EXPECT_EQ(ten.cores, 1);
  EXPECT_NEAR(ten.seconds, 0.560, 0.006);
  EXPECT_EQ(ten.bottleneck, Bottleneck::cores);
}

TEST(Prediction, OfAModeThatWasNotRecordedTakesTheBaselinesTasksAndSaysSo) {
  PredictionRequest request;
  request.workers = request.cores = 5;
  request.modes = {"threads"};
  const Prediction threads = only(request);
  EXPECT_EQ(threads.replayed, "blocking");
  EXPECT_NEAR(threads.seconds, 0.110, 0.001);
  EXPECT_NE(threads.unknown.front().find("tasks of blocking stand in"), std::string::npos);
}

TEST(Prediction, OfMoreSourcesGrowsWithThemAndHasAnIntervalFromTheirSpread) {
  PredictionRequest request;
  request.sources = 10'000;
  request.modes = {"blocking"};
  const Prediction many = only(request);
  EXPECT_EQ(many.sources, 10'000U);
  EXPECT_NEAR(many.seconds, 550, 0.25 * 550) << "ten sources say so much of all others";
  ASSERT_TRUE(many.interval.has_value());
  EXPECT_LT(many.interval->low, 550);
  EXPECT_GT(many.interval->high, 550);
  EXPECT_EQ(only(request).seconds, many.seconds) << "the same seed draws the same sources";
}

TEST(Prediction, IsHeldUpByTheStorageThatIsStated) {
  PredictionRequest request;
  request.workers = request.cores = 10;
  request.modes = {"multiprocessing"};
  request.storage_bytes_a_second = 60'000;  // 6,000 bytes a source
  const Prediction slow = only(request);
  EXPECT_NEAR(slow.seconds, 1.05, 0.06);
  EXPECT_EQ(slow.bottleneck, Bottleneck::storage);
}

TEST(Prediction, TakesNoiseAwayFromWhatWasRecorded) {
  BenchRecord run = one_worker_run();
  for (auto& round : run.result.modes[0].rounds) {
    round->wall += milliseconds(450);
    round->record->wall[static_cast<std::size_t>(Stage::encode)] += milliseconds(450);
    round->record->in_tasks += milliseconds(450);
    round->record->workers.run_delay = milliseconds(450);
  }
  PredictionRequest request;
  request.modes = {"blocking"};
  EXPECT_NEAR(predict(run, request)->front().seconds, 0.550, 1e-6);
}

TEST(Prediction, NeedsRecordsAndModesThatThereAre) {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  const auto none = predict(bench_record(fixed.plan, fixed.result), {});
  ASSERT_FALSE(none.has_value());
  EXPECT_EQ(none.error().code, ErrorCode::usage);
  PredictionRequest request;
  request.modes = {"no-such-mode"};
  EXPECT_FALSE(predict(one_worker_run(), request).has_value());
}

}  // namespace
}  // namespace labday
