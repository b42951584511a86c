// The two messages of a round, as bytes.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "lab/round.h"

namespace labday {

[[nodiscard]] Bytes to_wire(const RoundRequest& request);
[[nodiscard]] Result<RoundRequest> round_request_from_wire(ByteView wire);

/// What the child knows of its round: all but `cpu` and `peak_memory_bytes`, or why there was none.
[[nodiscard]] Bytes to_wire(const Result<RoundResult>& result);
/// ErrorCode::corrupt for anything that to_wire() did not write.
[[nodiscard]] Result<RoundResult> round_result_from_wire(ByteView wire);

}  // namespace labday
