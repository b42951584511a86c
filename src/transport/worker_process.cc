#include "transport/worker_process.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "transport/frame.h"

namespace labday {
namespace {

/// This process's ends of all its workers' sockets: a forked worker inherits them and must not keep them.
std::vector<int>& open_sockets() {
  // Never destroyed: workers that are kept until the end of the program use it then.
  static std::vector<int>& sockets = *new std::vector<int>;
  return sockets;
}

}  // namespace

Result<WorkerProcess> WorkerProcess::fork(FunctionRef<int(int socket)> body) {
  auto sockets = socket_pair();
  if (!sockets) return fail(std::move(sockets.error()));
  auto& [ours, theirs] = *sockets;
  const int our_end = ours.get();
  const int their_end = theirs.get();
  auto process = ChildProcess::fork_here([&] {
    for (const int socket : open_sockets()) ::close(socket);
    open_sockets().clear();
    ::close(our_end);
    return body(their_end);
  });
  if (!process) return fail(std::move(process.error()));
  return WorkerProcess(std::move(*process), std::move(ours));
}

Result<WorkerProcess> WorkerProcess::spawn() {
  auto sockets = socket_pair();
  if (!sockets) return fail(std::move(sockets.error()));
  auto& [ours, theirs] = *sockets;
  const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  if (!null) return fail(system_error(Stage::plan, errno, "/dev/null", "open"));
  ChildCommand command;
  command.arguments = {std::string(kWorkerArgument)};
  command.descriptors = {{null.get(), STDIN_FILENO}, {theirs.get(), kWorkerSocket}};
  auto process = ChildProcess::start(command);
  if (!process) return fail(std::move(process.error()));
  return WorkerProcess(std::move(*process), std::move(ours));
}

WorkerProcess::WorkerProcess(ChildProcess process, UniqueFd socket)
    : socket_(std::move(socket)), process_(std::move(process)) {
  open_sockets().push_back(socket_.get());
}

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
  forget_socket();
  process_ = std::move(other.process_);
  socket_ = std::move(other.socket_);
  return *this;
}

void WorkerProcess::forget_socket() {
  if (socket_) std::erase(open_sockets(), socket_.get());
}

}  // namespace labday
