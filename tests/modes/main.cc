// main() of the tests of modes. Workers that are spawned are this program, too: a real one, or one that
// misbehaves as $LABDAY_TEST_WORKER says (support in worker_faults.h).
#include <gtest/gtest.h>

#include "modes/worker_faults.h"
#include "transport/worker_process.h"

int main(int argc, char** argv) {
  if (argc == 2 && argv[1] == labday::kWorkerArgument) {
    return labday::testing::serve_with_faults(labday::kWorkerSocket);
  }
  ::testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
