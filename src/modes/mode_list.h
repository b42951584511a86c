// The list of modes, the baseline first. A new mode adds its line here, and defines `const ModeInfo
// modes::NAME` in a file of its own.
#pragma once

#define LABDAY_MODES(MODE)   \
  MODE(blocking)             \
  MODE(async)                \
  MODE(threads)              \
  MODE(multiprocessing)      \
  MODE(multiprocessing_pool) \
  MODE(multiprocessing_joblib)

namespace labday {
struct ModeInfo;
namespace modes {
#define LABDAY_DECLARE_MODE(name) extern const ModeInfo name;
LABDAY_MODES(LABDAY_DECLARE_MODE)
#undef LABDAY_DECLARE_MODE
}  // namespace modes
}  // namespace labday
