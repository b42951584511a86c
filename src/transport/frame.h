// Whole messages over a stream socket: eight bytes of length, then the payload; a message may carry one
// descriptor. Sockets rather than pipes, since writing to a peer that has died is then an error and no
// SIGPIPE.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace labday {

/// Two connected stream sockets, close-on-exec.
[[nodiscard]] Result<std::pair<UniqueFd, UniqueFd>> socket_pair();

/// Blocks until all of it is handed to the kernel. The peer gets a copy of `descriptor`, unless it is -1.
[[nodiscard]] Result<void> send_frame(int socket, ByteView payload, int descriptor = -1);

/// Blocks until a frame is there. ErrorCode::truncated where the peer closes before, over_limit where it
/// announces more than kMaxFrameBytes.
[[nodiscard]] Result<Bytes> receive_frame(int socket);

inline constexpr std::uint64_t kMaxFrameBytes = std::uint64_t{4} << 30;

/// Takes in one frame as its bytes arrive, for those who do other things while they wait.
class FrameReader {
 public:
  /// Takes no more than `most` bytes of payload.
  explicit FrameReader(std::uint64_t most = kMaxFrameBytes) : most_(most) {}

  enum class State : std::uint8_t { waiting, complete, closed, broken };

  /// Reads what is there; with `wait`, blocks until the frame is whole or will never be. closed: the peer
  /// ended before; broken: it announced more than may be, or sent more than one descriptor.
  [[nodiscard]] State take_in(int socket, bool wait);

  /// The payload, once take_in() has said complete.
  [[nodiscard]] Bytes take() { return std::move(payload_); }

  /// The descriptor that came with it, close-on-exec; none where there was none.
  [[nodiscard]] UniqueFd take_descriptor() { return std::move(descriptor_); }

 private:
  std::uint64_t most_;
  std::array<std::uint8_t, 8> header_{};
  std::size_t received_ = 0;  // header included
  Bytes payload_;
  UniqueFd descriptor_;
};

/// Frames on their way to a peer that may be slow to read them: what does not fit into the socket waits here.
class FrameSender {
 public:
  enum class State : std::uint8_t { sent, waiting, closed };

  /// `descriptor` is kept open until it is sent; null where there is none.
  void queue(ByteView payload, std::shared_ptr<const UniqueFd> descriptor = nullptr);

  /// Hands over what the socket takes, without blocking. closed: the peer takes nothing any more.
  [[nodiscard]] State flush(int socket);

  [[nodiscard]] bool empty() const { return frames_.empty(); }

 private:
  struct Frame {
    Bytes data;  // header included
    std::size_t sent = 0;
    std::shared_ptr<const UniqueFd> descriptor;
  };
  std::deque<Frame> frames_;
};

}  // namespace labday
