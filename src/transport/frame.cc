#include "transport/frame.h"

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

namespace labday {
namespace {

constexpr std::size_t kHeaderBytes = 8;
// The payload's memory grows as data arrives, so that a broken header cannot take gigabytes at once.
constexpr std::size_t kGrowthBytes = std::size_t{1} << 20;
// What a peer could send beyond the one descriptor of a frame is received, too, and closed.
constexpr std::size_t kMostDescriptors = 8;

Error message_error(int error_number, std::string_view action) {
  return system_error(Stage::plan, error_number, {}, action);
}

std::array<std::uint8_t, kHeaderBytes> header_of(std::size_t payload_bytes) {
  std::array<std::uint8_t, kHeaderBytes> header{};
  for (std::size_t i = 0; i < kHeaderBytes; ++i) {
    header[i] = static_cast<std::uint8_t>(std::uint64_t{payload_bytes} >> (8 * i));
  }
  return header;
}

std::uint64_t payload_size(const std::uint8_t* header) {
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < kHeaderBytes; ++i) size |= std::uint64_t{header[i]} << (8 * i);
  return size;
}

/// One sendmsg(), repeated where a signal interrupts it. The descriptor goes with the first byte.
ssize_t send_some(int socket, std::array<iovec, 2> parts, int descriptor, int flags) {
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = parts.size();
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
  if (descriptor >= 0) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const head = CMSG_FIRSTHDR(&message);
    head->cmsg_level = SOL_SOCKET;
    head->cmsg_type = SCM_RIGHTS;
    head->cmsg_len = CMSG_LEN(sizeof(int));
    std::memcpy(CMSG_DATA(head), &descriptor, sizeof descriptor);
  }
  ssize_t n = 0;
  do {
    n = ::sendmsg(socket, &message, MSG_NOSIGNAL | flags);
  } while (n < 0 && errno == EINTR);
  return n;
}

iovec part(ByteView data) { return {const_cast<std::uint8_t*>(data.data()), data.size()}; }

/// False where more than one descriptor came.
bool keep_descriptor(msghdr& message, UniqueFd& into) {
  bool only_one = (message.msg_flags & MSG_CTRUNC) == 0;
  for (cmsghdr* head = CMSG_FIRSTHDR(&message); head != nullptr; head = CMSG_NXTHDR(&message, head)) {
    if (head->cmsg_level != SOL_SOCKET || head->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (head->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int descriptor = -1;
      std::memcpy(&descriptor, CMSG_DATA(head) + i * sizeof(int), sizeof descriptor);
      if (into) only_one = false;
      into.reset(descriptor);
    }
  }
  return only_one;
}

}  // namespace

Result<std::pair<UniqueFd, UniqueFd>> socket_pair() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    return fail(message_error(errno, "socketpair"));
  }
  return std::pair(UniqueFd(fds[0]), UniqueFd(fds[1]));
}

Result<void> send_frame(int socket, ByteView payload, int descriptor) {
  const auto header = header_of(payload.size());
  ByteView head = header;
  while (!head.empty() || !payload.empty()) {
    const ssize_t n = send_some(socket, {part(head), part(payload)}, descriptor, 0);
    if (n < 0) return fail(message_error(errno, "send to another process"));
    descriptor = -1;
    const std::size_t of_head = std::min(head.size(), static_cast<std::size_t>(n));
    head = head.subspan(of_head);
    payload = payload.subspan(static_cast<std::size_t>(n) - of_head);
  }
  return {};
}

FrameReader::State FrameReader::take_in(int socket, bool wait) {
  for (;;) {
    std::size_t wanted = kHeaderBytes - std::min(received_, kHeaderBytes);
    std::uint8_t* into = header_.data() + received_;
    if (received_ >= kHeaderBytes) {
      const std::uint64_t size = payload_size(header_.data());
      if (size > most_) return State::broken;
      const std::size_t have = received_ - kHeaderBytes;
      wanted = static_cast<std::size_t>(size) - have;
      if (wanted == 0) return State::complete;
      if (have == payload_.size()) payload_.resize(have + std::min(wanted, std::max(have, kGrowthBytes)));
      into = payload_.data() + have;
      wanted = payload_.size() - have;
    }
    iovec buffer{into, wanted};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(kMostDescriptors * sizeof(int))> control{};
    msghdr message{};
    message.msg_iov = &buffer;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    const ssize_t n = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC | (wait ? 0 : MSG_DONTWAIT));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return State::waiting;
    if (n <= 0) return State::closed;
    if (!keep_descriptor(message, descriptor_)) return State::broken;
    received_ += static_cast<std::size_t>(n);
  }
}

Result<Bytes> receive_frame(int socket) {
  FrameReader reader;
  switch (reader.take_in(socket, true)) {
    case FrameReader::State::complete:
      return reader.take();
    case FrameReader::State::broken:
      return fail(Stage::plan, ErrorCode::over_limit, {}, "another process announced too long a message");
    default:
      return fail(Stage::plan, ErrorCode::truncated, {},
                  "another process ended before its message was whole");
  }
}

void FrameSender::queue(ByteView payload, std::shared_ptr<const UniqueFd> descriptor) {
  Frame frame;
  frame.data.resize(kHeaderBytes + payload.size());
  const auto header = header_of(payload.size());
  std::copy(header.begin(), header.end(), frame.data.begin());
  std::copy(payload.begin(), payload.end(), frame.data.begin() + kHeaderBytes);
  frame.descriptor = std::move(descriptor);
  frames_.push_back(std::move(frame));
}

FrameSender::State FrameSender::flush(int socket) {
  while (!frames_.empty()) {
    Frame& frame = frames_.front();
    const ByteView rest = ByteView(frame.data).subspan(frame.sent);
    const int descriptor = frame.descriptor != nullptr ? frame.descriptor->get() : -1;
    const ssize_t n = send_some(socket, {part(rest), part({})}, descriptor, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return State::waiting;
    if (n < 0) return State::closed;
    frame.descriptor.reset();
    frame.sent += static_cast<std::size_t>(n);
    if (frame.sent == frame.data.size()) frames_.pop_front();
  }
  return State::sent;
}

}  // namespace labday
