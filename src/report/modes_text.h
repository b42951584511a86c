// The registry of modes, for people and for programs.
#pragma once

#include <string>

namespace labday {

/// A paragraph a mode: its summary, its parameters with their defaults, and why it cannot run here if so.
[[nodiscard]] std::string modes_text();

/// Schema labday.modes/1.
[[nodiscard]] std::string modes_json();

}  // namespace labday
