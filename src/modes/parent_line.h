// A worker's end of the socket to its parent: what it is told to do, and what it asks for meanwhile.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <utility>

#include "base/bytes.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "transport/worker_messages.h"

namespace labday {

class ParentLine {
 public:
  /// The socket is borrowed.
  explicit ParentLine(int socket) : socket_(socket) {}

  struct Order {
    ParentMessage message;  // no ReplyMessage
    UniqueFd descriptor;
  };

  /// Waits for the next order, for `patience_ms` at most; negative: for ever. closed: there is none any more,
  /// or none came; nonsense: the parent speaks another protocol.
  enum class State : std::uint8_t { order, closed, nonsense };
  [[nodiscard]] State next(Order& order, int patience_ms);

  struct Reply {
    std::uint64_t number = 0;
    bool hashed = false;
    UniqueFd descriptor;
  };

  /// Asks, and waits for the reply; orders that come before it are kept for next(). The error is the
  /// parent's, or says that there is no parent any more.
  [[nodiscard]] Result<Reply> ask(const RequestMessage& request);

  /// False where there is no parent any more.
  [[nodiscard]] bool send(ByteView message, int descriptor = -1);

 private:
  [[nodiscard]] bool readable_within(int patience_ms) const;
  [[nodiscard]] State receive(Order& order);

  const int socket_;
  std::deque<Order> early_;
};

}  // namespace labday
