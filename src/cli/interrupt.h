// Ctrl-C and its relatives ask a job to stop; they do not kill it.
#pragma once

#include "base/cancel.h"

namespace labday {

/// From its making on, SIGINT, SIGTERM and SIGHUP raise the token instead of ending the process, and SIGPIPE
/// and SIGXFSZ are ignored, so that a closed pipe or a file that grew too large cannot leave half a job
/// behind. A second one ends the process at once, with the same exit status. One a process.
class Interrupt {
 public:
  Interrupt();

  [[nodiscard]] const CancelToken& token() const;

  /// The first signal that came; 0 where none did.
  [[nodiscard]] int signal() const;
};

}  // namespace labday
