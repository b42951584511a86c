#include "image/png_writer.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "image/png_chunk.h"
#include "image/png_deflate.h"
#include "image/png_filter.h"

namespace labday {
namespace {

// The colour types of PNG: bit 1 is colour, bit 2 is alpha.
std::uint8_t colour_type(PixelFormat format) {
  const int colour = channels(format) >= 3 ? 2 : 0;
  const int alpha = has_alpha(format) ? 4 : 0;
  return static_cast<std::uint8_t>(colour | alpha);
}

void append_header(Bytes& file, Size size, PixelFormat format) {
  constexpr std::array<std::uint8_t, 8> kSignature{0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
  file.insert(file.end(), kSignature.begin(), kSignature.end());
  const std::size_t start = begin_chunk(file, "IHDR");
  append_u32(file, static_cast<std::uint32_t>(size.width));
  append_u32(file, static_cast<std::uint32_t>(size.height));
  // 8 bits a channel; deflate, the five filters and no interlacing.
  file.insert(file.end(), {8, colour_type(format), 0, 0, 0});
  end_chunk(file, start);
}

void append_profile(Bytes& file, ByteView icc_profile) {
  const std::size_t start = begin_chunk(file, "iCCP");
  constexpr std::string_view kName = "ICC profile";
  file.insert(file.end(), kName.begin(), kName.end());
  file.insert(file.end(), {0, 0});  // the end of the name; deflate
  append_zlib(icc_profile, file);
  end_chunk(file, start);
}

}  // namespace

std::optional<PngLevel> png_level_from_name(std::string_view name) {
  const auto* const found = std::ranges::find(kPngLevelNames, name);
  if (found == kPngLevelNames.end()) return std::nullopt;
  return static_cast<PngLevel>(found - kPngLevelNames.begin());
}

struct PngWriter::Impl {
  Impl(Size size, PixelFormat format, PngLevel level, ByteView icc_profile)
      : row_bytes(ImageView{nullptr, size, format}.row_bytes()),
        rows_left(size.height),
        filter(row_bytes, static_cast<std::size_t>(channels(format))) {
    append_header(file, size, format);
    if (!icc_profile.empty()) append_profile(file, icc_profile);
    data_start = begin_chunk(file, "IDAT");
    deflater = make_png_deflater(level, 1 + row_bytes, static_cast<std::size_t>(size.height), file);
  }

  std::size_t row_bytes;
  std::int32_t rows_left;
  PngRowFilter filter;
  Bytes file;  // as far as it is known
  std::size_t data_start = 0;
  std::unique_ptr<PngDeflater> deflater;  // appends to file
};

PngWriter::PngWriter(Size size, PixelFormat format, PngLevel level, ByteView icc_profile)
    : impl_(std::make_unique<Impl>(size, format, level, icc_profile)) {}
PngWriter::~PngWriter() = default;
PngWriter::PngWriter(PngWriter&&) noexcept = default;
PngWriter& PngWriter::operator=(PngWriter&&) noexcept = default;

void PngWriter::write_rows(const std::uint8_t* rows, std::int32_t count) {
  assert(count <= impl_->rows_left);
  impl_->rows_left -= count;
  for (std::int32_t i = 0; i < count; ++i, rows += impl_->row_bytes) {
    impl_->filter.filter(rows, impl_->deflater->line());
    impl_->deflater->line_done();
  }
}

Bytes PngWriter::finish() {
  assert(impl_->rows_left == 0);
  impl_->deflater->finish();
  Bytes& file = impl_->file;
  end_split_chunk(file, impl_->data_start, kMaxChunkBytes);
  end_chunk(file, begin_chunk(file, "IEND"));
  return std::move(file);
}

Bytes encode_png(ImageView image, PngLevel level, ByteView icc_profile) {
  PngWriter writer(image.size, image.format, level, icc_profile);
  writer.write_rows(image.data, image.size.height);
  return writer.finish();
}

}  // namespace labday
