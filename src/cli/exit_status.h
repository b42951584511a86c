// What labday's exit status means; documented in the README and in --help.
#pragma once

namespace labday {

enum ExitStatus : int {
  kAllDone = 0,
  kSomeFailed = 1,      // a full disk included; the rest is done
  kNothingStarted = 2,  // usage, no sources, names that collide, existing target, output not writable
  kModesDisagree = 3,
  kSignalled = 128,  // plus the signal's number: 130 and 143
};

}  // namespace labday
