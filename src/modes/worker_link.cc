#include "modes/worker_link.h"

#include <fmt/format.h>
#include <sys/socket.h>

#include <variant>

namespace labday {
namespace {

// A worker closes its socket in the course of ending. One that is alive this long after it has hung up.
constexpr Nanoseconds kTimeToEnd = std::chrono::milliseconds(200);

}  // namespace

void WorkerLink::begin_job(std::unique_ptr<FileBroker> files, const std::optional<Limits>& sandbox) {
  files_ = std::move(files);
  if (!sandbox_ || !*sandbox_) sandbox_ = sandbox;
}

bool WorkerLink::can_have(const std::optional<Limits>& sandbox) const {
  // One that is in none enters it with the job; one that is in one does not get out.
  return !sandbox_ || !*sandbox_ || (sandbox && **sandbox_ == *sandbox);
}

void WorkerLink::send(ByteView message, std::shared_ptr<const UniqueFd> descriptor) {
  sender_.queue(message, std::move(descriptor));
  flush();
}

void WorkerLink::flush() {
  if (hung_up_) return;
  const FrameSender::State state = sender_.flush(socket());
  // What it had sent before is still to be read; then the socket says that it is closed.
  if (state == FrameSender::State::closed) hung_up_ = true;
  if (state == FrameSender::State::sent) hang_up_where_all_is_said();
}

void WorkerLink::hang_up_where_all_is_said() {
  // A worker that still has tasks may have requests.
  if (last_sent_ && owed_.empty() && sender_.empty()) ::shutdown(socket(), SHUT_WR);
}

void WorkerLink::send_no_more() {
  last_sent_ = true;
  flush();
}

void WorkerLink::assign(Assignment assignment) {
  if (owed_.empty()) first_begin_ = batch_begin_ = Clock::now();
  if (assignment.batch_size > 0) {
    ++batches_owed_;
    ++batches_given_;
  }
  owed_.push_back(std::move(assignment));
}

WorkerLink::State WorkerLink::receive(const Receiver& to) {
  for (;;) {
    switch (reader_.take_in(socket(), false)) {
      case FrameReader::State::waiting:
        return State::alive;
      case FrameReader::State::closed:
        return State::hung_up;
      case FrameReader::State::broken:
        return State::nonsense;
      case FrameReader::State::complete:
        break;
    }
    FrameReader reader = std::exchange(reader_, FrameReader(kMostMessageBytes));
    const Bytes wire = reader.take();
    if (!owed_.empty()) owed_.front().bytes += wire.size();
    auto message = worker_message_from_wire(wire);
    if (!message || !accept(std::move(*message), reader.take_descriptor(), to)) return State::nonsense;
  }
}

WorkerLink::State WorkerLink::receive_greeting() {
  return receive({[](const Assignment&, const PixelsMessage&, UniqueFd) {},
                  [](const Assignment&, const RequestMessage&) { return false; },
                  [](const Assignment&, const TaskResult&, Nanoseconds) {}});
}

bool WorkerLink::accept(WorkerMessage message, UniqueFd descriptor, const Receiver& to) {
  if (std::holds_alternative<HelloMessage>(message)) {
    first_begin_ = Clock::now();
    return !std::exchange(greeted_, true);
  }
  if (owed_.empty()) return false;
  if (const auto* request = std::get_if<RequestMessage>(&message)) {
    return request->serial == owed_.front().serial && to.on_request(owed_.front(), *request);
  }
  if (auto* pixels = std::get_if<PixelsMessage>(&message)) {
    Assignment& assignment = owed_.front();
    if (pixels->serial != assignment.serial || !assignment.dispatch.share) return false;
    if (pixels->pixels.has_value() != static_cast<bool>(descriptor)) return false;
    if (pixels->pixels) assignment.bytes += pixels->pixels->pixel_bytes() + pixels->pixels->icc_bytes;
    to.on_pixels(assignment, *pixels, std::move(descriptor));
    assignment.dispatch.share = false;
    return true;
  }
  return accept_result(std::move(std::get<ResultMessage>(message)), to);
}

bool WorkerLink::accept_result(ResultMessage message, const Receiver& to) {
  if (message.serial != owed_.front().serial || message.result.task != owed_.front().task) return false;
  if (files_ && !files_->end_task(message.result)) return false;
  const Assignment assignment = std::move(owed_.front());
  owed_.pop_front();
  first_begin_ = Clock::now();
  Nanoseconds batch{0};
  if (assignment.batch_size > 0) {
    --batches_owed_;
    const Clock::time_point now = Clock::now();
    batch = now - std::exchange(batch_begin_, now);
  }
  hang_up_where_all_is_said();
  to.on_result(assignment, std::move(message.result), batch);
  return true;
}

void WorkerLink::drop_pixels() {
  sender_ = FrameSender();
  owed_.clear();
}

ChildExit WorkerLink::reap() {
  worker_.process().kill();
  return worker_.process().wait();
}

void WorkerLink::kill() {
  worker_.process().kill();
  (void)worker_.process().await_end();
}

std::string WorkerLink::end(State why) {
  ChildProcess& process = worker_.process();
  const bool by_itself = why == State::hung_up && process.await_end_for(kTimeToEnd);
  if (!by_itself) process.kill();
  const std::string how = process.await_end();
  if (why == State::nonsense) return "it answered nonsense";
  return by_itself ? how : "it closed its connection";
}

}  // namespace labday
