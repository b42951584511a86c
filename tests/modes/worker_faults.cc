#include "modes/worker_faults.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <functional>
#include <iterator>
#include <set>
#include <string_view>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "modes/worker.h"
#include "pipeline/posix_io.h"
#include "transport/frame.h"
#include "transport/worker_messages.h"

namespace labday::testing {
namespace {

[[noreturn]] void wait_for_the_end() {
  for (;;) ::pause();
}

class FaultFile final : public OutputFile {
 public:
  FaultFile(std::unique_ptr<OutputFile> file, std::function<void(const char*)> die_if)
      : file_(std::move(file)), die_if_(std::move(die_if)) {}

  Result<void> write(ByteView data) override {
    if (auto written = file_->write(data.first(data.size() / 2)); !written) return written;
    die_if_("in_temporary");
    return file_->write(data.subspan(data.size() / 2));
  }

  Result<void> publish(bool replace) override {
    die_if_("before_rename");
    auto published = file_->publish(replace);
    die_if_("after_rename");
    return published;
  }

 private:
  std::unique_ptr<OutputFile> file_;
  std::function<void(const char*)> die_if_;
};

std::chrono::milliseconds milliseconds_of(const char* variable) {
  const char* const text = std::getenv(variable);
  return std::chrono::milliseconds(text != nullptr ? std::atoi(text) : 0);
}

/// Stands between the parent and a real worker on a thread, and passes frames on until the fault strikes.
class Relay {
 public:
  Relay(int parent, int worker, Fault fault) : parent_(parent), worker_(worker), fault_(std::move(fault)) {}

  int serve() {
    bool more_orders = true;
    for (;;) {
      pollfd ends[2] = {{worker_, POLLIN, 0}, {parent_, POLLIN, 0}};
      ::poll(ends, more_orders ? 2 : 1, -1);
      if (ends[0].revents != 0 && !pass_on(worker_, parent_, &Relay::look_at_answer)) return 0;
      if (ends[1].revents != 0 && !pass_on(parent_, worker_, &Relay::look_at_order)) {
        more_orders = false;
        ::shutdown(worker_, SHUT_WR);  // the worker ends when it has answered
      }
    }
  }

 private:
  bool pass_on(int from, int to, void (Relay::*look_at)(ByteView)) {
    FrameReader reader;
    if (reader.take_in(from, true) != FrameReader::State::complete) return false;
    const Bytes wire = reader.take();
    const UniqueFd descriptor = reader.take_descriptor();
    if (from == worker_) std::this_thread::sleep_for(milliseconds_of(kSlowLinkVariable));
    (this->*look_at)(wire);
    return send_frame(to, wire, descriptor.get()).has_value();
  }

  void look_at_order(ByteView wire) {
    const auto message = parent_message_from_wire(wire);
    const auto* task = message ? std::get_if<TaskMessage>(&*message) : nullptr;
    if (task != nullptr && task->source.path.find(fault_.victim) != std::string::npos) {
      victims_.insert(task->serial);
    }
  }

  void look_at_answer(ByteView wire) {
    auto message = worker_message_from_wire(wire);
    auto* result = message ? std::get_if<ResultMessage>(&*message) : nullptr;
    if (result == nullptr || victims_.count(result->serial) == 0 || !fault_.strikes()) return;
    if (fault_.kind == "hang_up") ::shutdown(parent_, SHUT_RDWR);
    if (fault_.kind == "garbage") send_bytes(Bytes(1000, 0x5A));
    if (fault_.kind == "endless_frame") send_raw(Bytes{0, 0, 0, 0, 0, 0, 0, 0x70});
    if (fault_.kind == "wrong_serial") {
      ++result->serial;
      send_bytes(to_wire(*result));
    }
    if (fault_.kind == "half_result") {
      Bytes half{static_cast<std::uint8_t>(wire.size()),
                 static_cast<std::uint8_t>(wire.size() >> 8),
                 0,
                 0,
                 0,
                 0,
                 0,
                 0};
      half.insert(half.end(), wire.begin(), wire.begin() + static_cast<std::ptrdiff_t>(wire.size() / 2));
      send_raw(half);
    }
    if (fault_.kind == "half_result" || fault_.kind == "before_result") ::raise(SIGKILL);
    wait_for_the_end();
  }

  void send_bytes(const Bytes& payload) const {
    if (!send_frame(parent_, payload)) ::abort();
  }
  void send_raw(const Bytes& bytes) const {
    if (::send(parent_, bytes.data(), bytes.size(), 0) < 0) ::abort();
  }

  const int parent_;
  const int worker_;
  const Fault fault_;
  std::set<std::uint64_t> victims_;
};

[[noreturn]] int serve_through_relay(int socket, const Fault& fault) {
  auto ends = socket_pair();
  if (!ends) ::_exit(99);
  std::thread worker([end = ends->second.release()] {
    [[maybe_unused]] const int status = serve_as_worker(end);
    ::close(end);
  });
  worker.detach();
  ::_exit(Relay(socket, ends->first.get(), fault).serve());
}

bool is_of_protocol(const Fault& fault) {
  return std::find(std::begin(kFaultsOfProtocol), std::end(kFaultsOfProtocol), fault.kind) !=
         std::end(kFaultsOfProtocol);
}

}  // namespace

std::string Fault::text() const { return kind + "|" + victim + "|" + folder + "|" + std::to_string(times); }

std::optional<Fault> Fault::parse(const std::string& text) {
  std::vector<std::string> parts{""};
  for (const char c : text) {
    if (c == '|') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  if (parts.size() != 4) return std::nullopt;
  return Fault{parts[0], parts[1], parts[2], std::stoi(parts[3])};
}

bool Fault::strikes() const {
  for (int i = 0; times < 0 || i < times; ++i) {
    const UniqueFd mark(
        ::open((folder + "/" + std::to_string(i)).c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (mark) return true;
  }
  return false;
}

FaultIo::FaultIo(std::shared_ptr<Io> io, Fault fault, int spared_pid)
    : io_(std::move(io)), fault_(std::move(fault)), spared_pid_(spared_pid) {}

void FaultIo::die_if(const char* kind, const std::string& name) const {
  if (kind != fault_.kind || ::getpid() == spared_pid_) return;
  if (name.find(fault_.victim) != std::string::npos && fault_.strikes()) ::raise(SIGKILL);
}

void FaultIo::attack() const {
  const std::string evil = fault_.folder + "/evil";
  if (fault_.kind == "opens") {
    const UniqueFd file(::open(evil.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
  } else if (fault_.kind == "forks") {
    const pid_t child = ::fork();
    if (child == 0) {
      const UniqueFd file(::open(evil.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
      ::_exit(0);
    }
    ::waitpid(child, nullptr, 0);
  } else if (fault_.kind == "executes") {
    ::execl("/bin/touch", "touch", evil.c_str(), nullptr);
  } else if (fault_.kind == "connects") {
    const UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string path = fault_.folder + "/listener";
    std::copy_n(path.c_str(), std::min(path.size() + 1, sizeof address.sun_path), address.sun_path);
    (void)::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  }
}

Result<Bytes> FaultIo::read(const std::string& path, std::int64_t limit) {
  die_if("before_read", path);
  auto content = io_->read(path, limit);
  die_if("after_read", path);
  return content;
}

bool FaultIo::exists(const std::string& name) { return io_->exists(name); }

Result<std::unique_ptr<OutputFile>> FaultIo::create(const std::string& name, const Origin& origin) {
  die_if("after_decode", name);
  if (name.find(fault_.victim) != std::string::npos) attack();
  auto file = io_->create(name, origin);
  if (!file) return file;
  return std::make_unique<FaultFile>(std::move(*file),
                                     [this, name](const char* kind) { die_if(kind, name); });
}

int serve_with_faults(int socket) {
  std::this_thread::sleep_for(milliseconds_of(kSlowStartVariable));
  if (milliseconds_of(kSlowLinkVariable).count() > 0) return serve_through_relay(socket, {});
  const char* const text = std::getenv(kFaultVariable);
  const auto fault = text != nullptr ? Fault::parse(text) : std::nullopt;
  if (!fault) return serve_as_worker(socket);
  if (is_of_protocol(*fault)) return serve_through_relay(socket, *fault);
  return serve_as_worker(socket, [&](const Job& job, std::shared_ptr<Io> io) -> Result<std::shared_ptr<Io>> {
    if (!io) {
      auto posix = PosixIo::open(job.output_folder);
      if (!posix) return fail(std::move(posix.error()));
      io = std::move(*posix);
    }
    return std::make_shared<FaultIo>(std::move(io), *fault, -1);
  });
}

}  // namespace labday::testing
