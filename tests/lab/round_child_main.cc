// The program that the tests of rounds start: the real child of a round, or one that misbehaves as
// $LABDAY_TEST_CHILD says.
#include <sys/mman.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include "lab/round.h"
#include "transport/frame.h"

namespace {

/// Holds `megabytes` of memory until it is killed, and says so on descriptor 3.
int hold_memory(std::size_t megabytes) {
  const std::size_t bytes = megabytes << 20;
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return 1;
  std::memset(memory, 1, bytes);
  if (::write(labday::kRoundSocket, "x", 1) != 1) return 1;
  for (;;) ::pause();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "hold") {
    return hold_memory(static_cast<std::size_t>(std::atoi(argv[2])));
  }
  const char* set = std::getenv("LABDAY_TEST_CHILD");
  const std::string_view behaviour = set != nullptr ? set : "";
  if (argc != 2 || argv[1] != labday::kRoundChildArgument) return 98;
  if (behaviour.empty()) return labday::run_round_child(labday::kRoundSocket);

  if (behaviour == "fails at the end") return labday::run_round_child(labday::kRoundSocket) == 0 ? 5 : 94;
  if (behaviour == "deaf") return 7;  // does not even read its job
  const auto request = labday::receive_frame(labday::kRoundSocket);
  if (!request) return 97;
  if (behaviour == "aborts") {
    std::signal(SIGABRT, SIG_DFL);
    ::raise(SIGABRT);
  }
  if (behaviour == "is killed") ::raise(SIGKILL);
  if (behaviour == "says nothing") return 0;
  if (behaviour == "damaged") {
    const labday::Bytes nonsense{1, 2, 3};
    return labday::send_frame(labday::kRoundSocket, nonsense) ? 0 : 96;
  }
  if (behaviour == "hangs") {
    for (;;) ::pause();
  }
  return 95;
}
