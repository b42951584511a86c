// main() of the tests that plant what a diagnosis has to find: its workers are this program, too.
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
