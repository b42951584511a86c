#include "pipeline/stages.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/text.h"
#include "image/orient.h"

namespace labday {
namespace {

/// Rows of a strip: enough of them that the vertical filter's support is paid for, few enough to stay in the
/// second-level cache between resizing and encoding.
constexpr std::size_t kStripBytes = std::size_t{256} << 10;
constexpr std::int32_t kMinStripRows = 8;

std::int32_t rows_of_a_strip(Size size, PixelFormat format) {
  const std::size_t row_bytes =
      static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels(format));
  return std::min(size.height, std::max(kMinStripRows, static_cast<std::int32_t>(kStripBytes / row_bytes)));
}

}  // namespace

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

struct Rendering::Impl {
  Impl(ImageView pixels, const Rendition& rendition, Size wanted, ByteView icc_profile)
      : size(wanted),
        pixel_bytes(static_cast<std::size_t>(channels(pixels.format))),
        strip_rows(rows_of_a_strip(size, pixels.format)),
        resampler(pixels, size, rendition.filter),
        writer(size, pixels.format, rendition.level, icc_profile) {}

  Size size;
  std::size_t pixel_bytes;
  std::int32_t strip_rows;
  Resampler resampler;
  PngWriter writer;
  Bytes strip;
};

Rendering::Rendering(const SourceView& source, const Rendition& rendition, Size size)
    : impl_(std::make_unique<Impl>(source.pixels, rendition, size, source.icc_profile)) {}
Rendering::~Rendering() = default;
Rendering::Rendering(Rendering&&) noexcept = default;
Rendering& Rendering::operator=(Rendering&&) noexcept = default;

Rendering::State Rendering::next(Bytes& piece, ForEach&, const CancelToken& cancel, StageTimes& times) {
  Impl& r = *impl_;
  const std::size_t row_bytes = static_cast<std::size_t>(r.size.width) * r.pixel_bytes;
  r.strip.resize(static_cast<std::size_t>(r.strip_rows) * row_bytes);
  for (std::int32_t y = 0; y < r.size.height; y += r.strip_rows) {
    if (cancel.requested()) return State::cancelled;
    const std::int32_t end = std::min(r.size.height, y + r.strip_rows);
    {
      const StageTimer resizing(times, Stage::resize);
      r.resampler.rows(y, end, r.strip.data());
    }
    const StageTimer encoding(times, Stage::encode);
    r.writer.write_rows(r.strip.data(), end - y);
  }
  const StageTimer finishing(times, Stage::encode);
  piece = r.writer.finish();
  return State::complete;
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
  auto file = io.create(name);
  if (!file) return fail(std::move(file.error()));
  if (auto written = (*file)->write(content); !written) return fail(std::move(written.error()));
  return publish(**file, on_exists);
}

}  // namespace labday
