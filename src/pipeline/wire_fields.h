// Lists of fields that several messages have in common, each for both directions (see base/wire.h).
#pragma once

#include <type_traits>

#include "base/clock.h"
#include "base/error.h"
#include "base/wire.h"
#include "pipeline/job.h"

namespace labday {

template <class Archive, class T>
void wire_duration(Archive& a, T& time) {
  if constexpr (std::is_const_v<T>) {
    a(time.count());
  } else {
    Nanoseconds::rep count = 0;
    a(count);
    time = Nanoseconds(count);
  }
}

/// An optional duration or count, in 9 bytes or 1.
template <class Archive, class T>
void wire_optional(Archive& a, T& value) {
  bool there = value.has_value();
  a(there);
  if constexpr (!std::is_const_v<T>) {
    value.reset();
    if (there) value.emplace();
  }
  if (!value) return;
  if constexpr (std::is_same_v<typename std::remove_const_t<T>::value_type, Nanoseconds>) {
    wire_duration(a, *value);
  } else {
    a(*value);
  }
}

template <class Archive, class R>
void wire_record_fields(Archive& a, R& record) {
  wire_duration(a, record.queued), wire_duration(a, record.started), wire_duration(a, record.ended);
  for (auto& time : record.cpu) wire_duration(a, time);
  wire_duration(a, record.handing), wire_duration(a, record.waiting);
  a(record.bytes_handed), a(record.worker);
}

template <class Archive, class C>
void wire_counts(Archive& a, C& c) {
  a(c.done), a(c.skipped), a(c.failed), a(c.not_done);
}

template <class Archive, class E>
void wire_error_fields(Archive& a, E& error) {
  a(error.stage), a(error.code), a(error.path), a(error.detail);
}

inline constexpr std::size_t kMinErrorWireBytes = 18;

[[nodiscard]] inline Error read_wire_error(WireReader& in) {
  Error error;
  wire_error_fields(in, error);
  in.check(static_cast<int>(error.stage), kStageCount - 1);
  in.check(static_cast<int>(error.code), kErrorCodeCount - 1);
  return error;
}

template <class Archive, class S>
void wire_source_fields(Archive& a, S& source) {
  a(source.path), a(source.file_bytes), a(source.dir_begin), a(source.dir_length);
  a(source.mtime_ns), a(source.content_hash);
}

inline constexpr std::size_t kMinSourceWireBytes = 40;

[[nodiscard]] inline Source read_wire_source(WireReader& in) {
  Source source;
  wire_source_fields(in, source);
  in.require(std::uint64_t{source.dir_begin} + source.dir_length <= source.path.size());
  return source;
}

}  // namespace labday
