#include "transport/frame.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

namespace labday {
namespace {

constexpr std::size_t kHeaderBytes = 8;
// The payload's memory grows as data arrives, so that a broken header cannot take gigabytes at once.
constexpr std::size_t kGrowthBytes = std::size_t{1} << 20;

Error message_error(int error_number, std::string_view action) {
  return system_error(Stage::plan, error_number, {}, action);
}

Result<void> send_all(int socket, ByteView data) {
  while (!data.empty()) {
    const ssize_t n = ::send(socket, data.data(), data.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return fail(message_error(errno, "send to another process"));
    data = data.subspan(static_cast<std::size_t>(n));
  }
  return {};
}

std::uint64_t payload_size(const std::uint8_t* header) {
  std::uint64_t size = 0;
  for (std::size_t i = 0; i < kHeaderBytes; ++i) size |= std::uint64_t{header[i]} << (8 * i);
  return size;
}

}  // namespace

Result<std::pair<UniqueFd, UniqueFd>> socket_pair() {
  std::array<int, 2> fds{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()) != 0) {
    return fail(message_error(errno, "socketpair"));
  }
  return std::pair(UniqueFd(fds[0]), UniqueFd(fds[1]));
}

Result<void> send_frame(int socket, ByteView payload) {
  std::array<std::uint8_t, kHeaderBytes> header{};
  for (std::size_t i = 0; i < kHeaderBytes; ++i) {
    header[i] = static_cast<std::uint8_t>(std::uint64_t{payload.size()} >> (8 * i));
  }
  if (Result<void> sent = send_all(socket, header); !sent) return sent;
  return send_all(socket, payload);
}

FrameReader::State FrameReader::take_in(int socket, bool wait) {
  for (;;) {
    std::size_t wanted = kHeaderBytes - std::min(received_, kHeaderBytes);
    std::uint8_t* into = header_.data() + received_;
    if (received_ >= kHeaderBytes) {
      const std::uint64_t size = payload_size(header_.data());
      if (size > kMaxFrameBytes) return State::broken;
      const std::size_t have = received_ - kHeaderBytes;
      wanted = static_cast<std::size_t>(size) - have;
      if (wanted == 0) return State::complete;
      if (have == payload_.size()) payload_.resize(have + std::min(wanted, std::max(have, kGrowthBytes)));
      into = payload_.data() + have;
      wanted = payload_.size() - have;
    }
    const ssize_t n = ::recv(socket, into, wanted, wait ? 0 : MSG_DONTWAIT);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) return State::waiting;
    if (n <= 0) return State::closed;
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

}  // namespace labday
