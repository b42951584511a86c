// Any bytes on a socket, in two pieces: a frame, if it is one, and never more than was sent.
#include "transport/frame.h"

#include <sys/socket.h>

#include "fuzz/fuzz_target.h"

namespace labday::fuzz {

namespace {

void send_all(int socket, ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (n <= 0) complain("the socket is full");
    bytes = bytes.subspan(static_cast<std::size_t>(n));
  }
}

}  // namespace

void run(ByteView bytes) {
  constexpr std::size_t kHeader = 8;
  constexpr std::size_t kMost = 60'000;  // fits into a socket
  Input input(bytes);
  const auto cut = static_cast<std::size_t>(input.number(0, kMost));
  const ByteView sent = input.rest().first(std::min(input.rest().size(), kMost));
  auto sockets = socket_pair();
  require(sockets.has_value(), "no sockets");
  FrameReader reader;
  send_all(sockets->first.get(), sent.first(std::min(cut, sent.size())));
  auto state = reader.take_in(sockets->second.get(), false);
  if (state == FrameReader::State::waiting) {
    send_all(sockets->first.get(), sent.subspan(std::min(cut, sent.size())));
    ::shutdown(sockets->first.get(), SHUT_WR);
    state = reader.take_in(sockets->second.get(), true);
  }

  std::uint64_t length = 0;
  for (std::size_t i = 0; i < std::min(sent.size(), kHeader); ++i)
    length |= std::uint64_t{sent[i]} << (8 * i);
  const bool whole = sent.size() >= kHeader && length <= sent.size() - kHeader;
  if (sent.size() >= kHeader && length > kMaxFrameBytes)
    return require(state == FrameReader::State::broken, "too long, and not refused");
  require(state == (whole ? FrameReader::State::complete : FrameReader::State::closed), "another state");
  if (whole) require(std::ranges::equal(reader.take(), sent.subspan(kHeader, length)), "another payload");
}

std::vector<Bytes> seeds() {
  Bytes whole{10, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'};
  Bytes cut = whole;
  cut.pop_back();
  Bytes huge = whole;
  huge[9] = 1;
  return {whole, cut, huge};
}

}  // namespace labday::fuzz
