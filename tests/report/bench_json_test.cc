#include "report/bench_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <cmath>

#include "base/text.h"
#include "support/experiments.h"

namespace labday {
namespace {

using nlohmann::json;
using testing::fixed_experiment;
using testing::FixedExperiment;
using testing::mode_rounds;

json parsed(const FixedExperiment& fixed) {
  const std::string text = bench_json(fixed.plan, fixed.result);
  EXPECT_TRUE(is_utf8(text));
  EXPECT_TRUE(text.ends_with("}\n"));
  return json::parse(text);
}

// One mode, one round: small enough to be read, and every key is there.
TEST(BenchJson, HoldsEverythingUnderItsSchema) {
  FixedExperiment fixed = fixed_experiment();
  fixed.plan.modes = {"blocking"};
  fixed.plan.rounds = 1;
  fixed.result.modes = {mode_rounds("blocking", {7.5})};
  fixed.result.control = mode_rounds("blocking", {7.5}).rounds;
  fixed.result.order = {{1, 1, "blocking", false}, {1, 2, "blocking", true}};
  fixed.result.verified_rounds = 1;
  EXPECT_EQ(bench_json(fixed.plan, fixed.result), R"({
  "schema": "labday.bench/1",
  "complete": true,
  "ended": "rounds",
  "summary": {
    "blocking": 7.5
  },
  "baseline": "blocking",
  "planned_modes": [
    "blocking"
  ],
  "rounds": 1,
  "precision": null,
  "max_time_seconds": null,
  "seed": 1,
  "agree": true,
  "verified_rounds": 1,
  "cancelled": false,
  "files": {
    "count": 20,
    "bytes": 101526123,
    "xxh3_128": "0123456789abcdef0123456789abcdef"
  },
  "ranking": [],
  "noise_floor": {
    "ratio": 1.0,
    "ratio_interval": null,
    "spread": null,
    "share": null
  },
  "job": {
    "sources": 10,
    "source_bytes": 10000,
    "renditions": [
      {
        "scale_percent": "120",
        "filter": "bicubic",
        "png": "balanced"
      },
      {
        "scale_percent": "140",
        "filter": "bicubic",
        "png": "balanced"
      }
    ],
    "name": "{dir}/{stem}-{percent}.{ext}",
    "orient": "exif",
    "grain": "source",
    "workers": 2
  },
  "environment": {
    "version": "0.1.0",
    "cpu_model": "Example CPU",
    "cores": 2,
    "cores_online": 4,
    "cores_in_affinity_mask": 2,
    "cores_in_cgroup_quota": null,
    "simd": "AVX2",
    "kernel": "Linux 6.1",
    "scratch_file_system": "tmpfs",
    "compiler": "GNU 12.2.0",
    "flags": "-O3",
    "libraries": {
      "libpng": "1.6.39"
    },
    "git": {
      "branch": "main",
      "commit": "0123456789abcdef0123456789abcdef01234567",
      "dirty": true
    },
    "before": {
      "uptime_seconds": 100.0,
      "load_1_5_15_minutes": [
        0.5,
        0.25,
        0.125
      ],
      "cpu_ticks": {
        "all": 1000,
        "idle": 600,
        "stolen": 10
      },
      "cpu_pressure_seconds": 1.0,
      "io_pressure_seconds": 2.0,
      "memory_pressure_seconds": 3.0
    },
    "after": {
      "uptime_seconds": 200.0,
      "load_1_5_15_minutes": [
        2.5,
        1.0,
        0.5
      ],
      "cpu_ticks": {
        "all": 2000,
        "idle": 800,
        "stolen": 20
      },
      "cpu_pressure_seconds": 26.0,
      "io_pressure_seconds": 4.0,
      "memory_pressure_seconds": 3.0
    },
    "shares_of_the_time": {
      "busy": 0.79,
      "stolen": 0.01,
      "cpu_pressure": 0.25,
      "io_pressure": 0.02,
      "memory_pressure": 0.0
    }
  },
  "findings": [],
  "disagreement": null,
  "renditions": {
    "done": 20,
    "skipped": 0,
    "failed": 0,
    "not_done": 0
  },
  "sources": {
    "done": 10,
    "skipped": 0,
    "failed": 0,
    "not_done": 0
  },
  "warnings": 0,
  "error_count": 0,
  "errors": [],
  "failures": [],
  "results": {
    "blocking": [
      7.5
    ]
  },
  "modes": {
    "blocking": {
      "mean_seconds": 7.5,
      "median_seconds": 7.5,
      "deviation_seconds": null,
      "mean_interval_seconds": null,
      "ratio": 1.0,
      "ratio_interval": null,
      "corrected_p": null,
      "verdict": "baseline",
      "place": null,
      "outliers": [],
      "start_seconds": 0.002,
      "cpu_seconds": 11.25,
      "parallelism": 1.5,
      "peak_memory_bytes": 45200000,
      "workers": 2,
      "note": "",
      "stage_seconds": {
        "read": 0.0,
        "decode": 0.0,
        "resize": 0.0,
        "encode": 3.75,
        "write": 0.0
      },
      "rounds": [
        {
          "round": 1,
          "wall_seconds": 7.5,
          "start_seconds": 0.002,
          "cpu_seconds": 11.25,
          "peak_memory_bytes": 45200000,
          "workers": 2,
          "stage_seconds": {
            "read": 0.0,
            "decode": 0.0,
            "resize": 0.0,
            "encode": 3.75,
            "write": 0.0
          },
          "record": null
        }
      ]
    }
  },
  "control_rounds": [
    {
      "round": 1,
      "wall_seconds": 7.5,
      "start_seconds": 0.002,
      "cpu_seconds": 11.25,
      "peak_memory_bytes": 45200000,
      "workers": 2,
      "stage_seconds": {
        "read": 0.0,
        "decode": 0.0,
        "resize": 0.0,
        "encode": 3.75,
        "write": 0.0
      },
      "record": null
    }
  ],
  "order": [
    {
      "block": 1,
      "position": 1,
      "mode": "blocking",
      "control": false
    },
    {
      "block": 1,
      "position": 2,
      "mode": "blocking",
      "control": true
    }
  ]
}
)");
}

TEST(BenchJson, KeepsTheNotebooksTwoKeysByModeInTheOrderOfThePlan) {
  const FixedExperiment fixed = fixed_experiment();
  const std::string text = bench_json(fixed.plan, fixed.result);
  const json read = parsed(fixed);
  EXPECT_EQ(read.at("results").dump(), R"({"blocking":[7.5,7.6,7.55],"threads:workers=2":[4.0,4.1,4.02]})");
  EXPECT_NEAR(read.at("summary").at("blocking").get<double>(), 7.55, 1e-9);
  EXPECT_NEAR(read.at("summary").at("threads:workers=2").get<double>(), 4.04, 1e-9);
  EXPECT_LT(text.find("\"blocking\": 7.5"), text.find("\"threads:workers=2\": 4.0"));
  const json& threads = read.at("modes").at("threads:workers=2");
  EXPECT_NEAR(threads.at("ratio").get<double>(), 0.53496, 1e-5);
  EXPECT_NEAR(threads.at("ratio_interval")[0].get<double>(), 0.5300, 1e-4);
  EXPECT_NEAR(threads.at("ratio_interval")[1].get<double>(), 0.5400, 1e-4);
  EXPECT_NEAR(threads.at("mean_interval_seconds")[0].get<double>(), 3.9086, 1e-4);
}

TEST(BenchJson, NumbersTheRoundsThatCountWhereOthersFailed) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.modes[1] = mode_rounds("threads:workers=2", {4.0, std::nullopt, 4.02});
  fixed.result.failures = {
      {"threads:workers=2", 2, {Stage::plan, ErrorCode::internal, "out/\xff", "its process crashed"}}};
  const json read = parsed(fixed);
  EXPECT_EQ(read.at("results").at("threads:workers=2").dump(), "[4.0,4.02]");
  const json& rounds = read.at("modes").at("threads:workers=2").at("rounds");
  ASSERT_EQ(rounds.size(), 2U);
  EXPECT_EQ(rounds[0].at("round"), 1);
  EXPECT_EQ(rounds[1].at("round"), 3);
  EXPECT_EQ(read.at("failures").dump(),
            "[{\"code\":\"internal\",\"detail\":\"its process crashed\",\"mode\":\"threads:workers=2\","
            "\"path\":\"out/\xef\xbf\xbd\",\"path_bytes\":\"b3V0L/8=\",\"round\":2,\"stage\":\"plan\"}]");
}

TEST(BenchJson, HasNoTimesAfterADisagreement) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.disagreement =
      Disagreement{"threads:workers=2", 2, {Difference::Kind::differs, "sub/a\xff-120.png"}};
  const json read = parsed(fixed);
  EXPECT_EQ(read.at("agree"), false);
  EXPECT_EQ(read.at("summary"), json::object());
  EXPECT_EQ(read.at("results"), json::object());
  EXPECT_EQ(read.at("modes"), json::object());
  EXPECT_EQ(read.at("disagreement").dump(),
            "{\"kind\":\"differs\",\"mode\":\"threads:workers=2\",\"path\":\"sub/a\xef\xbf\xbd-120.png\","
            "\"path_bytes\":\"c3ViL2H/LTEyMC5wbmc=\",\"round\":2}");
}

TEST(BenchJson, OfAnInterruptedExperimentSaysSoAndKeepsTheRoundsThatCount) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.ended = Ended::cancelled;
  fixed.result.verified_rounds = 1;
  fixed.result.modes = {mode_rounds("blocking", {7.5, std::nullopt, std::nullopt}),
                        mode_rounds("threads:workers=2", {std::nullopt, std::nullopt, std::nullopt})};
  json read = parsed(fixed);
  EXPECT_EQ(read.at("cancelled"), true);
  EXPECT_EQ(read.at("agree"), true);
  EXPECT_EQ(read.at("results").dump(), R"({"blocking":[7.5]})");
  fixed.result.verified_rounds = 0;
  fixed.result.modes.clear();
  read = parsed(fixed);
  EXPECT_EQ(read.at("agree"), false) << "nothing was compared";
  EXPECT_EQ(read.at("results"), json::object());
}

TEST(BenchJson, AccountsForTheTimeOfModesThatHaveRecordsAndListsTheFindings) {
  FixedExperiment fixed = fixed_experiment();
  fixed.plan.modes[1] = fixed.result.modes[1].mode = "multiprocessing:join=each";
  for (auto& round : fixed.result.modes[1].rounds) {
    RecordCollector collector;
    collector.add(testing::task_of(0, 0, Nanoseconds(0), round->wall, round->wall));
    round->record = collector.finish(Nanoseconds(0), round->wall, {});
  }
  const json read = parsed(fixed);
  EXPECT_FALSE(read.at("modes").at("blocking").contains("accounting"));
  const json& accounting = read.at("modes").at("multiprocessing:join=each").at("accounting");
  EXPECT_EQ(accounting.at("rounds"), 3);
  EXPECT_NEAR(accounting.at("worker_seconds").get<double>(), 8.08, 1e-6);
  EXPECT_NEAR(accounting.at("useful_seconds").at("encode").get<double>(), 4.04, 1e-6);
  EXPECT_NEAR(accounting.at("lost_seconds").at("joins").get<double>(), 4.04, 1e-6);
  EXPECT_NEAR(accounting.at("unexplained_seconds").get<double>(), 0, 1e-6);
  ASSERT_EQ(read.at("findings").size(), 1U);
  const json& finding = read.at("findings")[0];
  EXPECT_EQ(finding.at("mode"), "multiprocessing:join=each");
  EXPECT_EQ(finding.at("name"), "joins");
  EXPECT_NEAR(finding.at("seconds").get<double>(), 4.04, 1e-6);
  EXPECT_NEAR(finding.at("share").get<double>(), 0.5, 1e-6);
  EXPECT_FALSE(finding.at("evidence").get<std::string>().empty());
  EXPECT_FALSE(finding.at("remedy").get<std::string>().empty());
  EXPECT_EQ(read.at("record_columns").at("idle_rows").size(), 4U);
}

TEST(BenchJson, ListsWhatEveryModeFailedOn) {
  FixedExperiment fixed = fixed_experiment();
  fixed.result.reference.renditions = {18, 0, 2, 0};
  fixed.result.reference.errors = {
      {Stage::decode, ErrorCode::truncated, "photos/m\xfc.jpg", "the JPEG data ends early"}};
  fixed.result.reference.error_count = 1;
  fixed.result.environment.cpu.quota_cores = 1.5;
  const json read = parsed(fixed);
  EXPECT_EQ(read.at("renditions").at("failed"), 2);
  EXPECT_EQ(read.at("error_count"), 1);
  EXPECT_EQ(read.at("errors")[0].at("path_bytes"), "cGhvdG9zL238LmpwZw==");
  EXPECT_EQ(read.at("environment").at("cores_in_cgroup_quota"), 1.5);
}

}  // namespace
}  // namespace labday
