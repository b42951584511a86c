// Any bytes as the messages of a round: what is taken for one is exactly what would have been written.
#include "lab/round_wire.h"

#include <algorithm>

#include "fuzz/fuzz_target.h"

namespace labday::fuzz {

void run(ByteView input) {
  const Result<RoundRequest> request = round_request_from_wire(input);
  if (!request) require_sayable(request.error());
  if (request) require(std::ranges::equal(to_wire(*request), input), "a request that nobody writes");
  const Result<RoundResult> result = round_result_from_wire(input);
  if (result) require(std::ranges::equal(to_wire(result), input), "a result that nobody writes");
}

std::vector<Bytes> seeds() {
  RoundRequest request;
  request.mode = "threads:workers=2";
  request.workers = 2;
  request.job.renditions.resize(2);
  request.job.renditions[1].width = 800;
  request.job.sources = {{"photos/a.jpg", 1000, 0, 6}, {"b.png", 20, 0, 0}};
  request.job.output_folder = "out";
  RoundResult result;
  result.wall = std::chrono::seconds(3);
  result.note = "file I/O by io_uring";
  result.totals.error_count = 1;
  result.totals.errors.push_back({Stage::decode, ErrorCode::truncated, "b.png", "the PNG data ends early"});
  const Result<RoundResult> broken = fail(Stage::plan, ErrorCode::internal, "", "its process crashed");
  return {to_wire(request), to_wire(Result<RoundResult>(result)), to_wire(broken)};
}

}  // namespace labday::fuzz
