// What `resize --mode auto` chose, and why, in a sentence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lab/history.h"

namespace labday {

/// `Chosen: threads — fastest of 7 modes in an earlier bench of 10 sources like these (0.51 of blocking, 95 %
/// 0.50 – 0.52).` Without a choice from the history: that `mode` follows from the simple rule, and why. Ends
/// with a line feed.
[[nodiscard]] std::string mode_choice_text(const std::string& mode, const std::optional<ModeChoice>& choice,
                                           int workers, bool history_used);

}  // namespace labday
