#include "pipeline/journal_record.h"

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

#include "base/wire.h"

namespace labday {
namespace {

constexpr std::uint32_t kMark = 0xA7D9B1E5;  // no text, so that names do not look like it
constexpr std::size_t kFrame = 16;

enum class Kind : std::uint8_t { begin, intent, done, quarantine };

// Lists of fields for both directions; see base/wire.h.
template <class Archive, class H>
void hash_fields(Archive& a, H& hash) {
  a(hash.low), a(hash.high);
}

template <class Archive, class R>
void begin_fields(Archive& a, R& r) {
  a(r.writer.pid), a(r.writer.start), a(r.writer.host), a(r.writer.boot), a(r.writer.space);
  a(r.writer.turn);
}

template <class Archive, class R>
void intent_fields(Archive& a, R& r) {
  a(r.name), a(r.origin.source), a(r.origin.source_bytes), a(r.origin.source_mtime_ns);
  a(r.origin.content_hash), a(r.origin.spec), a(r.bytes), hash_fields(a, r.hash), a(r.mtime_ns);
}

template <class Archive, class R>
void done_fields(Archive& a, R& r) {
  hash_fields(a, r.name), a(r.intent), a(r.withdrawn);
}

template <class Archive, class R>
void quarantine_fields(Archive& a, R& r) {
  a(r.source), a(r.source_bytes), a(r.source_mtime_ns), a(r.time_ns), a(r.lifted), a(r.reason);
}

struct PayloadWriter {
  WireWriter& out;
  void operator()(const BeginRecord& r) const { out(Kind::begin), begin_fields(out, r); }
  void operator()(const IntentRecord& r) const { out(Kind::intent), intent_fields(out, r); }
  void operator()(const DoneRecord& r) const { out(Kind::done), done_fields(out, r); }
  void operator()(const QuarantineRecord& r) const { out(Kind::quarantine), quarantine_fields(out, r); }
};

Bytes payload_of(const JournalRecord& record) {
  WireWriter out;
  std::visit(PayloadWriter{out}, record);
  return out.take();
}

std::optional<JournalRecord> record_of(ByteView payload) {
  WireReader in(payload);
  Kind kind{};
  in(kind);
  JournalRecord record;
  switch (kind) {
    case Kind::begin:
      begin_fields(in, record.emplace<BeginRecord>());
      break;
    case Kind::intent:
      intent_fields(in, record.emplace<IntentRecord>());
      break;
    case Kind::done:
      done_fields(in, record.emplace<DoneRecord>());
      break;
    case Kind::quarantine:
      quarantine_fields(in, record.emplace<QuarantineRecord>());
      break;
    default:
      return std::nullopt;
  }
  if (!in.ok() || !in.at_end()) return std::nullopt;
  return record;
}

template <class T>
T number_at(ByteView bytes, std::size_t offset) {
  T value;
  std::memcpy(&value, bytes.data() + offset, sizeof value);
  return value;
}

std::uint64_t checksum_of(ByteView payload) {
  // The length goes in, so that a payload cut short by a flipped bit of it is not taken for a shorter one.
  return hash64(payload) ^ (static_cast<std::uint64_t>(payload.size()) * 0x9E3779B97F4A7C15U);
}

/// The payload of the record at the front of `bytes`, if there is one.
std::optional<ByteView> payload_at_front(ByteView bytes) {
  if (bytes.size() < kFrame || number_at<std::uint32_t>(bytes, 0) != kMark) return std::nullopt;
  const std::size_t size = number_at<std::uint32_t>(bytes, 4);
  if (size > kMaxRecordPayload || size > bytes.size() - kFrame) return std::nullopt;
  const ByteView payload = bytes.subspan(kFrame, size);
  if (number_at<std::uint64_t>(bytes, 8) != checksum_of(payload)) return std::nullopt;
  return payload;
}

/// How many bytes there are before the next mark, one at least.
std::size_t bytes_to_next_mark(ByteView bytes) {
  static constexpr auto kFirst = static_cast<std::uint8_t>(kMark & 0xFFU);
  for (std::size_t i = 1; i < bytes.size(); ++i) {
    const void* const found = std::memchr(bytes.data() + i, kFirst, bytes.size() - i);
    if (found == nullptr) return bytes.size();
    i = static_cast<std::size_t>(static_cast<const std::uint8_t*>(found) - bytes.data());
    if (bytes.size() - i < 4 || number_at<std::uint32_t>(bytes, i) == kMark) return i;
  }
  return bytes.size();
}

enum class HeaderFound : std::uint8_t { this_version, another_version, none };

HeaderFound header_at_front(ByteView content) {
  const std::string_view front(reinterpret_cast<const char*>(content.data()),
                               std::min(content.size(), 2 * kJournalHeader.size()));
  if (front.substr(0, kJournalHeader.size()) == kJournalHeader.substr(0, front.size())) {
    return HeaderFound::this_version;
  }
  static constexpr std::string_view kBegin = kJournalHeader.substr(0, kJournalHeader.rfind(' ') + 1);
  const auto end = front.find('\n');
  if (!front.starts_with(kBegin) || end == std::string_view::npos || end == kBegin.size()) {
    return HeaderFound::none;
  }
  const std::string_view version = front.substr(kBegin.size(), end - kBegin.size());
  const bool number = version.find_first_not_of("0123456789") == std::string_view::npos;
  return number ? HeaderFound::another_version : HeaderFound::none;
}

/// What follows in a journal: the rest of it, or at least as much as the largest record has.
class Window {
 public:
  explicit Window(JournalInput input) : input_(input), buffer_(kSize) {}

  [[nodiscard]] Result<ByteView> view() {
    if (end_ - begin_ < kFrame + kMaxRecordPayload && !over_) {
      std::copy(buffer_.data() + begin_, buffer_.data() + end_, buffer_.data());
      end_ -= std::exchange(begin_, 0);
      while (end_ < kSize && !over_) {
        const auto got = input_(std::span(buffer_).subspan(end_));
        if (!got) return fail(got.error());
        end_ += *got;
        over_ = *got == 0;
      }
    }
    return ByteView(buffer_).subspan(begin_, end_ - begin_);
  }

  void pass(std::size_t bytes) { begin_ += bytes; }

 private:
  static constexpr std::size_t kSize = 4 * (kFrame + kMaxRecordPayload);

  JournalInput input_;
  Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool over_ = false;
};

}  // namespace

std::uint64_t link_to(const IntentRecord& intent) {
  const Bytes payload = payload_of(intent);
  return hash64(ByteView(payload));
}

Bytes to_wire(const JournalRecord& record) {
  const Bytes payload = payload_of(record);
  Bytes bytes(kFrame + payload.size());
  const auto size = static_cast<std::uint32_t>(payload.size());
  const std::uint64_t checksum = checksum_of(payload);
  std::memcpy(bytes.data(), &kMark, sizeof kMark);
  std::memcpy(bytes.data() + 4, &size, sizeof size);
  std::memcpy(bytes.data() + 8, &checksum, sizeof checksum);
  std::memcpy(bytes.data() + kFrame, payload.data(), payload.size());
  return bytes;
}

Result<JournalScan> scan_journal(JournalInput input, FunctionRef<void(JournalRecord)> body) {
  Window window(input);
  JournalScan scan;
  auto content = window.view();
  if (!content) return fail(std::move(content.error()));
  const HeaderFound header = header_at_front(*content);
  scan.damaged_header = header == HeaderFound::none;
  if (header == HeaderFound::this_version) window.pass(std::min(content->size(), kJournalHeader.size()));
  for (;;) {
    content = window.view();
    if (!content) return fail(std::move(content.error()));
    if (content->empty()) break;
    const auto payload = payload_at_front(*content);
    auto record = payload ? record_of(*payload) : std::nullopt;
    if (record) {
      window.pass(kFrame + payload->size());
      ++scan.records;
      body(std::move(*record));
    } else {
      const std::size_t passed = bytes_to_next_mark(*content);
      scan.damaged_bytes += passed;
      window.pass(passed);
    }
  }
  if (header == HeaderFound::another_version) {
    if (scan.records == 0) {
      return fail(Stage::plan, ErrorCode::unsupported, {},
                  "it is a journal of another version of labday (this one's begin with 'labday journal 1')");
    }
    scan.damaged_header = true;
  }
  return scan;
}

Result<JournalScan> scan_journal(ByteView content, FunctionRef<void(JournalRecord)> body) {
  const auto input = [&](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
    const std::size_t size = std::min(buffer.size(), content.size());
    std::copy_n(content.begin(), size, buffer.begin());
    content = content.subspan(size);
    return size;
  };
  return scan_journal(input, body);
}

}  // namespace labday
