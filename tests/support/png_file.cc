#include "support/png_file.h"

#include <png.h>

#include <csetjmp>
#include <cstring>

namespace labday::testing {
namespace {

struct Reader {
  ByteView file;
  std::size_t at = 0;
  PngContent content;
};

void read_bytes(png_structp png, png_bytep out, std::size_t count) {
  auto* reader = static_cast<Reader*>(png_get_io_ptr(png));
  if (count > reader->file.size() - reader->at) png_error(png, "the file ends early");
  std::memcpy(out, reader->file.data() + reader->at, count);
  reader->at += count;
}

void complain(png_structp png, png_const_charp text) {
  static_cast<Reader*>(png_get_error_ptr(png))->content.complaints.emplace_back(text);
}

[[noreturn]] void give_up(png_structp png, png_const_charp text) {
  complain(png, text);
  png_longjmp(png, 1);
}

// Only trivial locals here: png_longjmp() runs no destructors.
void read(png_structp png, png_infop info, Reader* reader) {
  if (setjmp(png_jmpbuf(png)) != 0) return;
  png_set_read_fn(png, reader, read_bytes);
  png_read_info(png, info);
  PngContent& content = reader->content;
  content.width = static_cast<std::int32_t>(png_get_image_width(png, info));
  content.height = static_cast<std::int32_t>(png_get_image_height(png, info));
  content.channels = png_get_channels(png, info);
  content.depth = png_get_bit_depth(png, info);
  png_charp name = nullptr;
  int compression = 0;
  png_bytep profile = nullptr;
  png_uint_32 profile_bytes = 0;
  if (png_get_iCCP(png, info, &name, &compression, &profile, &profile_bytes) != 0) {
    content.profile_name = name;
    content.profile.assign(profile, profile + profile_bytes);
  }
  const std::size_t row_bytes = png_get_rowbytes(png, info);
  content.pixels.resize(row_bytes * static_cast<std::size_t>(content.height));
  for (std::int32_t y = 0; y < content.height; ++y) {
    png_read_row(png, content.pixels.data() + static_cast<std::size_t>(y) * row_bytes, nullptr);
  }
  png_read_end(png, info);
  if (reader->at != reader->file.size()) complain(png, "bytes after IEND");
}

std::uint32_t big_endian(const std::uint8_t* at) {
  return std::uint32_t{at[0]} << 24 | std::uint32_t{at[1]} << 16 | std::uint32_t{at[2]} << 8 | at[3];
}

// CRC-32 as PNG defines it (ISO 3309), a bit at a time.
std::uint32_t crc(const std::uint8_t* data, std::size_t size) {
  std::uint32_t crc = 0xffffffff;
  for (std::size_t i = 0; i < size; ++i) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ ((crc & 1) != 0 ? 0xedb88320 : 0);
  }
  return ~crc;
}

}  // namespace

PngContent read_by_libpng(ByteView file) {
  Reader reader{file, 0, {}};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, give_up, complain);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_infop info = png_create_info_struct(png);
  read(png, info, &reader);
  png_destroy_read_struct(&png, &info, nullptr);
  return std::move(reader.content);
}

std::vector<PngChunk> png_chunks(ByteView file) {
  std::vector<PngChunk> chunks;
  std::size_t at = 8;
  while (file.size() - at >= 12) {
    const std::size_t size = big_endian(file.data() + at);
    if (size > file.size() - at - 12) break;
    const std::uint8_t* type = file.data() + at + 4;
    const std::uint8_t* data = type + 4;
    chunks.push_back(
        {std::string(type, data), {data, data + size}, crc(type, 4 + size) == big_endian(data + size)});
    at += 12 + size;
  }
  return chunks;
}

}  // namespace labday::testing
