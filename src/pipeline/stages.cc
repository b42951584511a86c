#include "pipeline/stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "image/orient.h"
#include "pipeline/origin.h"

namespace labday {
Result<Decoded> decode_source(ByteView content, const Job& job) {
  Result<Decoded> decoded = decode(content, job.limits.decode);
  if (decoded && job.apply_orientation && decoded->orientation != Orientation::upright) {
    decoded->image = apply_orientation(std::move(decoded->image), decoded->orientation);
    decoded->orientation = Orientation::upright;
  }
  return decoded;
}

Result<Size> checked_rendition_size(const Rendition& rendition, Size source, const Limits& limits) {
  const auto size = rendition_size(rendition, source);
  if (size && size->pixels() > limits.rendition_pixels) {
    return fail(
        Stage::resize, ErrorCode::over_limit, {},
        fmt::format("the rendition would be {}x{}, {} pixels; the limit (--max-rendition-pixels) is {}",
                    size->width, size->height, with_commas(static_cast<std::uint64_t>(size->pixels())),
                    with_commas(static_cast<std::uint64_t>(limits.rendition_pixels))));
  }
  return size;
}

Result<Written> outcome_of_publishing(Result<void> published, OnExists on_exists) {
  if (published) return Written::written;
  if (published.error().code == ErrorCode::exists && on_exists == OnExists::skip) return Written::was_there;
  return fail(std::move(published.error()));
}

Result<Written> publish(OutputFile& file, OnExists on_exists) {
  return outcome_of_publishing(file.publish(on_exists == OnExists::replace), on_exists);
}

Result<Written> write_file(Io& io, const std::string& name, ByteView content, OnExists on_exists) {
  auto file = io.create(name, {});
  if (!file) return fail(std::move(file.error()));
  if (auto written = (*file)->write(content); !written) return fail(std::move(written.error()));
  return publish(**file, on_exists);
}

}  // namespace labday
