#include "modes/parent_line.h"

#include <poll.h>

#include <cerrno>
#include <variant>

#include "transport/frame.h"

namespace labday {

bool ParentLine::readable_within(int patience_ms) const {
  pollfd wanted{socket_, POLLIN, 0};
  int ready = 0;
  do {
    ready = ::poll(&wanted, 1, patience_ms);
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

ParentLine::State ParentLine::receive(Order& order) {
  FrameReader reader;
  if (reader.take_in(socket_, true) != FrameReader::State::complete) return State::closed;
  auto message = parent_message_from_wire(reader.take());
  if (!message) return State::nonsense;
  order = {std::move(*message), reader.take_descriptor()};
  return State::order;
}

ParentLine::State ParentLine::next(Order& order, int patience_ms) {
  if (!early_.empty()) {
    order = std::move(early_.front());
    early_.pop_front();
    return State::order;
  }
  if (patience_ms >= 0 && !readable_within(patience_ms)) return State::closed;
  const State state = receive(order);
  const bool unasked = state == State::order && std::holds_alternative<ReplyMessage>(order.message);
  return unasked ? State::nonsense : state;
}

Result<ParentLine::Reply> ParentLine::ask(const RequestMessage& request) {
  bool there = send(to_wire(request));
  while (there) {
    Order order;
    there = receive(order) == State::order;
    if (!there) break;
    auto* const reply = std::get_if<ReplyMessage>(&order.message);
    if (reply == nullptr) {
      early_.push_back(std::move(order));
      continue;
    }
    if (reply->error) return fail(std::move(*reply->error));
    return Reply{reply->number, reply->hashed, std::move(order.descriptor)};
  }
  return fail(Stage::plan, ErrorCode::io, {}, "the process that started this worker is gone");
}

bool ParentLine::send(ByteView message, int descriptor) {
  return send_frame(socket_, message, descriptor).has_value();
}

}  // namespace labday
