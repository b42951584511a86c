#include "transport/worker_messages.h"

#include <string>
#include <utility>

#include "base/wire.h"
#include "pipeline/job_wire.h"
#include "pipeline/task_wire.h"
#include "pipeline/wire_fields.h"

namespace labday {
namespace {

constexpr std::uint32_t kProtocol = 0x0357424C;  // "LBW" and the version, little-endian

constexpr std::uint64_t kMostProfileBytes = std::uint64_t{1} << 32;

constexpr std::int64_t kMostPixels = std::int64_t{1} << 40;

enum class Kind : std::uint8_t { hello, pixels, request, result, job, task, reply, release };

WireWriter begin(Kind kind) {
  WireWriter out;
  out(kProtocol), out(kind);
  return out;
}

Kind read_kind(WireReader& in) {
  std::uint32_t protocol = 0;
  Kind kind{};
  in(protocol), in(kind);
  in.require(protocol == kProtocol);
  in.check(kind, Kind::release);
  return kind;
}

tl::unexpected<Error> damaged() {
  return fail(Stage::plan, ErrorCode::corrupt, {}, "a message between a worker and its parent is damaged");
}

template <class Archive, class P>
void pixels_fields(Archive& a, P& pixels) {
  a(pixels.size.width), a(pixels.size.height), a(pixels.format), a(pixels.icc_bytes), a(pixels.warnings);
}

void write_pixels(WireWriter& out, const std::optional<PixelsHeader>& pixels) {
  out(pixels.has_value());
  if (pixels) pixels_fields(out, *pixels);
}

std::optional<PixelsHeader> read_pixels(WireReader& in) {
  bool there = false;
  in(there);
  if (!there) return std::nullopt;
  PixelsHeader pixels;
  pixels_fields(in, pixels);
  in.require(pixels.size.width > 0 && pixels.size.height > 0 && pixels.size.pixels() <= kMostPixels);
  in.require(pixels.format >= PixelFormat::l);
  in.check(pixels.format, PixelFormat::rgba);
  in.require(pixels.icc_bytes <= kMostProfileBytes);
  return pixels;
}

template <class Message>
void task_flags(auto& a, Message& m) {
  a(m.serial), a(m.retry), a(m.share), a(m.min_shared_bytes);
}

template <class Archive, class R>
void request_fields(Archive& a, R& request) {
  a(request.serial), a(request.kind), a(request.number), a(request.name);
  a(request.content.low), a(request.content.high);
}

}  // namespace

Bytes to_wire(const HelloMessage&) { return begin(Kind::hello).take(); }

Bytes to_wire(const PixelsMessage& message) {
  WireWriter out = begin(Kind::pixels);
  out(message.serial);
  write_pixels(out, message.pixels);
  return out.take();
}

Bytes to_wire(const RequestMessage& message) {
  WireWriter out = begin(Kind::request);
  request_fields(out, message);
  return out.take();
}

Bytes to_wire(const ReplyMessage& message) {
  WireWriter out = begin(Kind::reply);
  out(message.number), out(message.hashed), out(message.error.has_value());
  if (message.error) wire_error_fields(out, *message.error);
  return out.take();
}

Bytes to_wire(const ResultMessage& message) {
  WireWriter out = begin(Kind::result);
  out(message.serial);
  write_task_result(out, message.result);
  return out.take();
}

Bytes to_wire(const JobMessage& message) {
  WireWriter out = begin(Kind::job);
  const Bytes job = to_wire(message.job);
  out(std::string(job.begin(), job.end()));
  return out.take();
}

Bytes to_wire(const TaskMessage& message) {
  WireWriter out = begin(Kind::task);
  task_flags(out, message);
  write_task(out, message.task);
  wire_source_fields(out, message.source);
  write_pixels(out, message.pixels);
  return out.take();
}

Bytes to_wire(const ReleaseMessage&) { return begin(Kind::release).take(); }

Result<WorkerMessage> worker_message_from_wire(ByteView wire) {
  WireReader in(wire);
  WorkerMessage message;
  switch (read_kind(in)) {
    case Kind::hello:
      message = HelloMessage{};
      break;
    case Kind::pixels: {
      PixelsMessage pixels;
      in(pixels.serial);
      pixels.pixels = read_pixels(in);
      message = pixels;
      break;
    }
    case Kind::request: {
      RequestMessage request;
      request_fields(in, request);
      in.check(request.kind, RequestMessage::Kind::share_memory);
      message = std::move(request);
      break;
    }
    case Kind::result: {
      ResultMessage result;
      in(result.serial);
      result.result = read_task_result(in);
      message = std::move(result);
      break;
    }
    default:
      return damaged();
  }
  if (!in.ok() || !in.at_end()) return damaged();
  return message;
}

Result<ParentMessage> parent_message_from_wire(ByteView wire) {
  WireReader in(wire);
  ParentMessage message;
  switch (read_kind(in)) {
    case Kind::job: {
      std::string bytes;
      in(bytes);
      auto job = job_from_wire({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
      if (!job) return fail(std::move(job.error()));
      in.require(job->sources.empty());
      message = JobMessage{std::move(*job)};
      break;
    }
    case Kind::task: {
      TaskMessage task;
      task_flags(in, task);
      task.task = read_task(in, kMaxRenditions);
      task.source = read_wire_source(in);
      task.pixels = read_pixels(in);
      message = std::move(task);
      break;
    }
    case Kind::reply: {
      ReplyMessage reply;
      bool failed = false;
      in(reply.number), in(reply.hashed), in(failed);
      if (failed) reply.error = read_wire_error(in);
      message = std::move(reply);
      break;
    }
    case Kind::release:
      message = ReleaseMessage{};
      break;
    default:
      return damaged();
  }
  if (!in.ok() || !in.at_end()) return damaged();
  return message;
}

}  // namespace labday
