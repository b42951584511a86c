#include "pipeline/origin.h"

#include "base/wire.h"
#include "pipeline/hash.h"

namespace labday {

std::uint64_t spec_hash(const Job& job, const Rendition& rendition) {
  Percent scale = rendition.width != 0 ? Percent{0, 0} : rendition.scale;
  while (scale.digits > 0 && scale.units % 10 == 0) {
    scale.units /= 10;
    --scale.digits;
  }
  WireWriter out;
  out(kEncoderVersion), out(scale.units), out(scale.digits), out(rendition.width);
  out(rendition.filter), out(rendition.level), out(job.apply_orientation);
  const Bytes bytes = out.take();
  return hash64(ByteView(bytes));
}

Origin origin_of(const Job& job, const Source& source, const Rendition& rendition) {
  return {source.path, source.file_bytes, source.mtime_ns, source.content_hash, spec_hash(job, rendition)};
}

}  // namespace labday
