#include "lab/round.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>

#include "lab/process_memory.h"
#include "lab/round_wire.h"
#include "transport/frame.h"

namespace labday {
namespace {

/// Looks at the memory of a process now and then: often at first, so that a short round is seen too; later so
/// seldom that looking costs less than one per cent of a core.
class MemorySampler {
 public:
  explicit MemorySampler(pid_t root) : root_(root) {}

  void sample() {
    const Clock::time_point begin = Clock::now();
    peak_ = std::max(peak_, tree_memory_bytes(root_));
    pause_ = std::min(2 * pause_, kLongestPause);
    next_ = Clock::now() + std::max(pause_, 100 * (Clock::now() - begin));
  }
  [[nodiscard]] bool due() const { return Clock::now() >= next_; }
  [[nodiscard]] std::uint64_t peak_bytes() const { return peak_; }

 private:
  static constexpr Nanoseconds kLongestPause = std::chrono::milliseconds(25);

  pid_t root_;
  std::uint64_t peak_ = 0;
  Nanoseconds pause_ = std::chrono::microseconds(500);
  Clock::time_point next_{};
};

// How long a wish to stop may go unnoticed, and how fine the sampling can be.
constexpr int kPollMilliseconds = 5;

/// Waits until something, the end included, can be read; false if `cancel` was raised before.
template <class WhileWaiting>
bool wait_readable(int socket, const CancelToken& cancel, WhileWaiting while_waiting) {
  for (;;) {
    if (cancel.requested()) return false;
    while_waiting();
    pollfd wanted{socket, POLLIN, 0};
    const int ready = ::poll(&wanted, 1, kPollMilliseconds);
    if (ready > 0) return true;
  }
}

Error broken(const std::string& how, ErrorCode code) {
  return {Stage::plan, code, {}, "the process of the round " + how};
}

Error crashed(const ChildExit& exit) {
  if (WIFSIGNALED(exit.status) && WTERMSIG(exit.status) == SIGKILL) {
    return broken("was killed, perhaps because the machine ran out of memory", ErrorCode::out_of_memory);
  }
  return broken(fmt::format("ended with {}", exit.describe()), ErrorCode::internal);
}

Error cancelled() { return broken("was stopped", ErrorCode::cancelled); }

}  // namespace

Result<RoundResult> ChildRoundRunner::run(const RoundRequest& request, const CancelToken& cancel) {
  Result<std::pair<UniqueFd, UniqueFd>> sockets = socket_pair();
  if (!sockets) return fail(std::move(sockets.error()));
  auto& [ours, theirs] = *sockets;
  // What a library might print does not belong in between the parent's own output.
  const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null) return fail(system_error(Stage::plan, errno, "/dev/null", "open"));

  ChildCommand command;
  command.program = program_;
  command.arguments = {std::string(kRoundChildArgument)};
  command.descriptors = {{null.get(), 0}, {null.get(), 1}, {theirs.get(), kRoundSocket}};
  Result<ChildProcess> child = ChildProcess::start(command);
  if (!child) return fail(std::move(child.error()));
  theirs.reset();

  // A child that dies before it has read its job is noticed below.
  [[maybe_unused]] const Result<void> sent = send_frame(ours.get(), to_wire(request));
  MemorySampler memory(child->pid());
  FrameReader reader;
  FrameReader::State state = FrameReader::State::waiting;
  while (state == FrameReader::State::waiting) {
    const bool readable = wait_readable(ours.get(), cancel, [&] {
      if (memory.due()) memory.sample();
    });
    if (!readable) return fail(cancelled());
    state = reader.take_in(ours.get(), false);
  }
  if (state == FrameReader::State::broken) return fail(broken("answered nonsense", ErrorCode::internal));
  if (state == FrameReader::State::complete) {
    memory.sample();
    ::shutdown(ours.get(), SHUT_WR);
    // Taking down a mode may take a while, too; the socket ends with the last process that holds it.
    if (!wait_readable(ours.get(), cancel, [] {})) return fail(cancelled());
  }
  const ChildExit exit = child->wait();
  if (!exit.succeeded()) return fail(crashed(exit));
  if (state != FrameReader::State::complete) {
    return fail(broken("ended without a result", ErrorCode::internal));
  }
  Result<RoundResult> result = round_result_from_wire(reader.take());
  if (!result) return result;
  result->peak_memory_bytes = memory.peak_bytes();
  return result;
}

}  // namespace labday
