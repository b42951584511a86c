#include "transport/ring.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <utility>

namespace labday {
namespace {

/// Calls that can be handed to the kernel at once; more of them wait for a submission, not for an answer.
constexpr unsigned kEntries = 64;

constexpr std::array<std::pair<int, std::string_view>, 12> kOperations{{{IORING_OP_NOP, "NOP"},
                                                                        {IORING_OP_POLL_ADD, "POLL_ADD"},
                                                                        {IORING_OP_OPENAT, "OPENAT"},
                                                                        {IORING_OP_STATX, "STATX"},
                                                                        {IORING_OP_READ, "READ"},
                                                                        {IORING_OP_WRITE, "WRITE"},
                                                                        {IORING_OP_CLOSE, "CLOSE"},
                                                                        {IORING_OP_MKDIRAT, "MKDIRAT"},
                                                                        {IORING_OP_RENAMEAT, "RENAMEAT"},
                                                                        {IORING_OP_LINKAT, "LINKAT"},
                                                                        {IORING_OP_UNLINKAT, "UNLINKAT"},
                                                                        {IORING_OP_FSYNC, "FSYNC"}}};

Error refused(std::string_view step, int error_number) {
  return system_error(Stage::plan, error_number, {}, step);
}

void prepare(io_uring_sqe* entry, const FileCall& call) {
  const auto size = static_cast<unsigned>(call.size);
  switch (call.kind) {
    case FileCall::Kind::open:
      io_uring_prep_openat(entry, call.descriptor, call.path, call.flags, 0666);
      break;
    case FileCall::Kind::status:
      io_uring_prep_statx(entry, call.descriptor, call.path, call.flags, kStatusMask, call.status);
      break;
    case FileCall::Kind::read:
      io_uring_prep_read(entry, call.descriptor, call.buffer, size, call.offset);
      break;
    case FileCall::Kind::write:
      io_uring_prep_write(entry, call.descriptor, call.buffer, size, call.offset);
      break;
    case FileCall::Kind::close:
      io_uring_prep_close(entry, call.descriptor);
      break;
    case FileCall::Kind::make_folder:
      io_uring_prep_mkdirat(entry, call.descriptor, call.path, 0777);
      break;
    case FileCall::Kind::rename:
      io_uring_prep_renameat(entry, call.descriptor, call.path, call.descriptor, call.new_path,
                             static_cast<unsigned>(call.flags));
      break;
    case FileCall::Kind::link:
      io_uring_prep_linkat(entry, call.descriptor, call.path, call.descriptor, call.new_path, 0);
      break;
    case FileCall::Kind::remove:
      io_uring_prep_unlinkat(entry, call.descriptor, call.path, call.flags);
      break;
    case FileCall::Kind::sync:
      io_uring_prep_fsync(entry, call.descriptor, 0);
      break;
  }
}

}  // namespace

Result<std::unique_ptr<Ring>> Ring::open(int kernel_threads) {
  std::unique_ptr<Ring> ring(new Ring);
  if (auto ready = ring->set_up(kernel_threads); !ready) return fail(std::move(ready.error()));
  return ring;
}

Result<void> Ring::set_up(int kernel_threads) {
  if (const int made = io_uring_queue_init(kEntries, &ring_, 0); made < 0) {
    return fail(refused("io_uring_setup", -made));
  }
  open_ = true;
  if (auto able = check_operations(); !able) return able;
  // The first number is for regular files and names; nothing else is used, but 0 would mean "as it is".
  std::array<unsigned, 2> threads{static_cast<unsigned>(kernel_threads), 1};
  if (const int set = io_uring_register_iowq_max_workers(&ring_, threads.data()); set < 0) {
    return fail(refused("io_uring_register (IOWQ_MAX_WORKERS)", -set));
  }
  wake_ = UniqueFd(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!wake_) return fail(refused("eventfd", errno));
  return try_out();
}

Result<void> Ring::check_operations() {
  const std::unique_ptr<io_uring_probe, void (*)(io_uring_probe*)> probe(io_uring_get_probe_ring(&ring_),
                                                                         io_uring_free_probe);
  if (!probe) return fail(Error{Stage::plan, ErrorCode::io, {}, "io_uring_register (PROBE): refused"});
  for (const auto& [operation, name] : kOperations) {
    if (io_uring_opcode_supported(probe.get(), operation) == 0) {
      return fail(
          Error{Stage::plan, ErrorCode::io, {}, fmt::format("the kernel's io_uring has no {}", name)});
    }
  }
  return {};
}

Result<void> Ring::try_out() {
  // A filter may allow the setup and refuse the rest.
  io_uring_prep_nop(io_uring_get_sqe(&ring_));
  if (const int entered = io_uring_submit_and_wait(&ring_, 1); entered < 0) {
    return fail(refused("io_uring_enter", -entered));
  }
  io_uring_cqe* ended = nullptr;
  if (const int peeked = io_uring_peek_cqe(&ring_, &ended); peeked < 0) {
    return fail(refused("io_uring_enter", -peeked));
  }
  io_uring_cqe_seen(&ring_, ended);
  return {};
}

Ring::~Ring() {
  if (open_) io_uring_queue_exit(&ring_);
}

io_uring_sqe* Ring::next_entry() {
  io_uring_sqe* entry = io_uring_get_sqe(&ring_);
  while (entry == nullptr) {
    submit(0);
    entry = io_uring_get_sqe(&ring_);
  }
  return entry;
}

void Ring::begin(Pending& pending) {
  io_uring_sqe* const entry = next_entry();
  prepare(entry, pending.call);
  if (pending.forced) entry->flags |= IOSQE_ASYNC;
  io_uring_sqe_set_data(entry, &pending);
}

bool Ring::submit(unsigned wait_for) {
  const int entered = io_uring_submit_and_wait(&ring_, wait_for);
  if (entered >= 0 || entered == -EINTR) return true;
  // The kernel is short of memory, or wants answers to be taken first; both pass.
  if (entered == -EAGAIN || entered == -EBUSY || entered == -ENOMEM) {
    if (!reap()) ::poll(nullptr, 0, 1);
    return true;
  }
  // The ring worked when it was tried out, and calls are under way that own memory of ours: there is no way
  // on.
  std::abort();
}

bool Ring::reap() {
  bool any = false;
  io_uring_cqe* entry = nullptr;
  while (io_uring_peek_cqe(&ring_, &entry) == 0) {
    auto* const pending = static_cast<Pending*>(io_uring_cqe_get_data(entry));
    const FileAnswer answer = entry->res;
    io_uring_cqe_seen(&ring_, entry);  // before beginning anything new, which may come back here
    any = true;
    if (pending == nullptr) {
      armed_ = false;
    } else {
      ended(*pending, answer);
    }
  }
  return any;
}

void Ring::ended(Pending& pending, FileAnswer answer) {
  // A descriptor that is closed is so whatever the answer; see execute().
  if (answer == -EINTR && pending.call.kind != FileCall::Kind::close) return begin(pending);
  // Files that were opened with O_NONBLOCK, on file systems that cannot read without blocking, are read by
  // the kernel's threads only if told to.
  if (answer == -EAGAIN && !pending.forced) {
    pending.forced = true;
    return begin(pending);
  }
  pending.answer = answer == -EINTR ? 0 : answer;
  executor_->post(pending.waiting);
}

void Ring::sleep() {
  if (!armed_) {
    // Watching, not reading: nothing of ours is in the kernel's hands when the ring is closed.
    io_uring_sqe* const entry = next_entry();
    io_uring_prep_poll_add(entry, wake_.get(), POLLIN);
    io_uring_sqe_set_data(entry, nullptr);
    armed_ = true;
  }
  submit(1);
  reap();
  if (!armed_) {
    eventfd_t count = 0;
    (void)eventfd_read(wake_.get(), &count);
  }
}

void Ring::wake() noexcept { (void)eventfd_write(wake_.get(), 1); }

}  // namespace labday
