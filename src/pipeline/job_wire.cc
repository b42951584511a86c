#include "pipeline/job_wire.h"

#include <cstring>
#include <type_traits>

namespace labday {
namespace {

constexpr std::uint32_t kMagic = 0x4A42444C;  // "LDBJ", little-endian
constexpr std::uint32_t kVersion = 1;

/// Fixed-width little-endian integers (every platform that labday runs on is little-endian) and byte strings.
class Writer {
 public:
  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(const T& value) { append(&value, sizeof value); }
  void operator()(const std::string& text) {
    (*this)(std::uint64_t{text.size()});
    append(text.data(), text.size());
  }
  void count(std::size_t n) { (*this)(std::uint64_t{n}); }
  Bytes take() { return std::move(out_); }

 private:
  void append(const void* data, std::size_t n) {
    const std::size_t end = out_.size();
    out_.resize(end + n);
    if (n > 0) std::memcpy(out_.data() + end, data, n);
  }
  Bytes out_;
};

/// Never reads past the end: after the first shortage every value is zero and ok() is false.
class Reader {
 public:
  explicit Reader(ByteView in) : in_(in) {}

  template <class T>
  requires std::is_integral_v<T> || std::is_enum_v<T>
  void operator()(T& value) {
    static_assert(!std::is_same_v<T, bool>);
    const ByteView bytes = take(sizeof value);
    if (ok_) std::memcpy(&value, bytes.data(), sizeof value);
  }
  void operator()(bool& value) {
    std::uint8_t byte = 0;
    (*this)(byte);
    ok_ = ok_ && byte <= 1;
    value = byte == 1;
  }
  void operator()(std::string& text) {
    const std::size_t n = count(1);
    const ByteView bytes = take(n);
    text.assign(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  }
  /// A number of items that take at least `item_bytes` each: no more than what is left can hold.
  std::size_t count(std::size_t item_bytes) {
    std::uint64_t n = 0;
    (*this)(n);
    if (n > in_.size() / item_bytes) ok_ = false;
    return ok_ ? static_cast<std::size_t>(n) : 0;
  }
  /// `value` is an enumerator up to `last`.
  template <class E>
  void check(E value, E last) {
    ok_ = ok_ && value <= last;
  }
  void require(bool condition) { ok_ = ok_ && condition; }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool at_end() const { return in_.empty(); }

 private:
  ByteView take(std::size_t n) {
    if (n > in_.size()) ok_ = false;
    if (!ok_) return {};
    const ByteView bytes = in_.first(n);
    in_ = in_.subspan(n);
    return bytes;
  }
  ByteView in_;
  bool ok_ = true;
};

// One list of fields for both directions.
template <class Archive, class S>
void fields(Archive& a, S& source) requires std::is_same_v<std::remove_const_t<S>, Source> {
  a(source.path), a(source.file_bytes), a(source.dir_begin), a(source.dir_length);
}
template <class Archive, class R>
void fields(Archive& a, R& rendition) requires std::is_same_v<std::remove_const_t<R>, Rendition> {
  a(rendition.scale.units), a(rendition.scale.digits), a(rendition.width), a(rendition.filter),
      a(rendition.level);
}
template <class Archive, class L>
void fields(Archive& a, L& limits) requires std::is_same_v<std::remove_const_t<L>, Limits> {
  a(limits.decode.source_pixels), a(limits.decode.jpeg_scans), a(limits.decode.png_chunks);
  a(limits.decode.png_chunk_bytes), a(limits.source_bytes), a(limits.rendition_pixels);
}

constexpr std::size_t kMinSourceBytes = 24;
constexpr std::size_t kRenditionBytes = 18;

}  // namespace

Bytes to_wire(const Job& job) {
  Writer out;
  out(kMagic), out(kVersion);
  out.count(job.sources.size());
  for (const Source& source : job.sources) fields(out, source);
  out.count(job.renditions.size());
  for (const Rendition& rendition : job.renditions) fields(out, rendition);
  out(job.output_folder), out(job.name.text()), out(job.on_exists), out(job.apply_orientation);
  fields(out, job.limits);
  return out.take();
}

Result<Job> job_from_wire(ByteView wire) {
  Reader in(wire);
  Job job;
  std::uint32_t magic = 0;
  std::uint32_t version = 0;
  in(magic), in(version);
  in.require(magic == kMagic && version == kVersion);
  job.sources.resize(in.count(kMinSourceBytes));
  for (Source& source : job.sources) {
    fields(in, source);
    in.require(std::uint64_t{source.dir_begin} + source.dir_length <= source.path.size());
  }
  job.renditions.resize(in.count(kRenditionBytes));
  in.require(job.renditions.size() <= kMaxRenditions);
  for (Rendition& rendition : job.renditions) {
    fields(in, rendition);
    in.check(rendition.filter, Filter::lanczos);
    in.check(rendition.level, PngLevel::small);
    in.require(rendition.width >= 0 && rendition.scale.units >= 0 && rendition.scale.digits >= 0 &&
               rendition.scale.digits <= Percent::kMaxDigits);
  }
  std::string name;
  in(job.output_folder), in(name), in(job.on_exists), in(job.apply_orientation);
  in.check(job.on_exists, OnExists::replace);
  fields(in, job.limits);
  auto parsed = NameTemplate::parse(name);
  if (!in.ok() || !in.at_end() || !parsed) {
    return fail(Stage::plan, ErrorCode::corrupt, {}, "the job that came through the pipe is damaged");
  }
  job.name = std::move(*parsed);
  return job;
}

}  // namespace labday
