// A job executed and measured in this process. The child of a round does it; tests do it with an Io of their
// own, in which they plant what a diagnosis has to find.
#pragma once

#include <memory>

#include "base/result.h"
#include "lab/round.h"
#include "modes/mode.h"
#include "pipeline/io.h"

namespace labday {

/// `mode` is left as it is after its run: whoever destroys it ends its workers. All but `cpu` and
/// `peak_memory_bytes` of the result. From the main thread.
[[nodiscard]] Result<RoundResult> execute_round(const RoundRequest& request, Io& io,
                                                std::unique_ptr<Mode>& mode);

}  // namespace labday
