// Any text as an experiment that was kept: what is taken for one is written as it is read.
#include "report/bench_json.h"

#include "fuzz/fuzz_target.h"
#include "support/experiments.h"

namespace labday::fuzz {

void run(ByteView input) {
  const Result<BenchRecord> record = bench_record_from_json(text_of(input), "run.json");
  if (!record) return require_sayable(record.error());
  const std::string text = bench_json(*record);
  const Result<BenchRecord> again = bench_record_from_json(text, "run.json");
  if (!again) complain(to_line(again.error()));
  require(bench_json(*again) == text, "another experiment when read again");
}

std::vector<Bytes> seeds() {
  testing::FixedExperiment fixed = testing::fixed_experiment();
  std::vector<Bytes> seeds{bytes_of(bench_json(fixed.plan, fixed.result))};
  fixed.plan.precision = 0.02;
  fixed.plan.max_time = std::chrono::minutes(10);
  fixed.result.modes[1].rounds[1].reset();
  fixed.result.disagreement = Disagreement{"threads:workers=2", 1, {Difference::Kind::differs, "out/\xff"}};
  fixed.result.failures = {
      {"threads:workers=2", 2, {Stage::plan, ErrorCode::internal, "", "its process crashed"}}};
  seeds.push_back(bytes_of(bench_json(fixed.plan, fixed.result)));
  return seeds;
}

}  // namespace labday::fuzz
