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

std::optional<Bytes> render(const Decoded& source, const Rendition& rendition, Size size,
                            const CancelToken& cancel, StageTimes& times) {
  const ImageView pixels = source.image.view();
  const std::size_t row_bytes =
      static_cast<std::size_t>(size.width) * static_cast<std::size_t>(channels(pixels.format));
  const auto strip_rows =
      std::min(size.height, std::max(kMinStripRows, static_cast<std::int32_t>(kStripBytes / row_bytes)));

  StageTimer starting(times, Stage::resize);
  Resampler resampler(pixels, size, rendition.filter);
  Bytes strip(static_cast<std::size_t>(strip_rows) * row_bytes);
  starting.stop();
  StageTimer opening(times, Stage::encode);
  PngWriter writer(size, pixels.format, rendition.level, source.icc_profile);
  opening.stop();

  for (std::int32_t y = 0; y < size.height; y += strip_rows) {
    if (cancel.requested()) return std::nullopt;
    const std::int32_t end = std::min(size.height, y + strip_rows);
    {
      const StageTimer resizing(times, Stage::resize);
      resampler.rows(y, end, strip.data());
    }
    const StageTimer encoding(times, Stage::encode);
    writer.write_rows(strip.data(), end - y);
  }
  const StageTimer finishing(times, Stage::encode);
  return writer.finish();
}

Result<Written> write_file(Io& io, const std::string& name, ByteView content, OnExists on_exists) {
  auto file = io.create(name);
  if (!file) return fail(std::move(file.error()));
  if (auto written = (*file)->write(content); !written) return fail(std::move(written.error()));
  auto published = (*file)->publish(on_exists == OnExists::replace);
  if (published) return Written::written;
  if (published.error().code == ErrorCode::exists && on_exists == OnExists::skip) return Written::was_there;
  return fail(std::move(published.error()));
}

}  // namespace labday
