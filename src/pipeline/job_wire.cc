#include "pipeline/job_wire.h"

#include <type_traits>

#include "base/wire.h"
#include "pipeline/wire_fields.h"

namespace labday {
namespace {

constexpr std::uint32_t kMagic = 0x4A42444C;  // "LDBJ", little-endian
constexpr std::uint32_t kVersion = 3;

// One list of fields for both directions.
template <class Archive, class R>
void fields(Archive& a, R& rendition) requires std::is_same_v<std::remove_const_t<R>, Rendition> {
  a(rendition.scale.units), a(rendition.scale.digits), a(rendition.width), a(rendition.filter),
      a(rendition.level);
}
template <class Archive, class L>
void fields(Archive& a, L& limits) requires std::is_same_v<std::remove_const_t<L>, Limits> {
  a(limits.decode.source_pixels), a(limits.decode.jpeg_scans), a(limits.decode.png_chunks);
  a(limits.decode.png_chunk_bytes), a(limits.source_bytes), a(limits.rendition_pixels);
  a(limits.task_milliseconds), a(limits.memory_bytes);
}

constexpr std::size_t kRenditionBytes = 18;

}  // namespace

Bytes to_wire(const Job& job) {
  WireWriter out;
  out(kMagic), out(kVersion);
  out.count(job.sources.size());
  for (const Source& source : job.sources) wire_source_fields(out, source);
  out.count(job.renditions.size());
  for (const Rendition& rendition : job.renditions) fields(out, rendition);
  out(job.output_folder), out(job.name.text()), out(job.on_exists), out(job.apply_orientation),
      out(job.records);
  fields(out, job.limits);
  out(job.journalling), out(job.sandbox);
  return out.take();
}

Result<Job> job_from_wire(ByteView wire) {
  WireReader in(wire);
  Job job;
  std::uint32_t magic = 0;
  std::uint32_t version = 0;
  in(magic), in(version);
  in.require(magic == kMagic && version == kVersion);
  job.sources.resize(in.count(kMinSourceWireBytes));
  for (Source& source : job.sources) source = read_wire_source(in);
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
  in(job.output_folder), in(name), in(job.on_exists), in(job.apply_orientation), in(job.records);
  in.check(job.on_exists, OnExists::replace);
  fields(in, job.limits);
  in(job.journalling), in(job.sandbox);
  in.check(job.journalling, Journalling::durable);
  in.check(job.sandbox, Sandbox::required);
  auto parsed = NameTemplate::parse(name);
  if (!in.ok() || !in.at_end() || !parsed) {
    return fail(Stage::plan, ErrorCode::corrupt, {}, "the job that came through the pipe is damaged");
  }
  job.name = std::move(*parsed);
  return job;
}

}  // namespace labday
