// JPEG encoding for the samples, by libjpeg-turbo. Its errors leave by longjmp, so whatever needs a
// destructor lives outside the function that libjpeg jumps to, and what is written grows in a destination of
// our own: jpeg_mem_dest would leak its buffer on an error.
#include <csetjmp>
#include <cstddef>
#include <cstdio>
#include <new>

// After <cstdio>, which it needs and does not include.
// clang-format off
#include <jpeglib.h>
// clang-format on

#include "image/samples.h"

namespace labday {
namespace {

constexpr std::size_t kChunkBytes = std::size_t{1} << 16;

struct ErrorManager {
  jpeg_error_mgr base;  // first: libjpeg knows only this part
  std::jmp_buf back;
};

struct Destination {
  jpeg_destination_mgr base;  // first, as above
  Bytes* out;
  std::size_t used;
};

[[noreturn]] void leave(j_common_ptr info) {
  std::longjmp(reinterpret_cast<ErrorManager*>(info->err)->back, 1);
}

void stay_silent(j_common_ptr /*info*/) {}

/// Makes room for another chunk; false when there is no memory.
bool grow(Destination& to) {
  try {
    to.out->resize(to.used + kChunkBytes);
  } catch (const std::bad_alloc&) {
    return false;
  }
  to.base.next_output_byte = to.out->data() + to.used;
  to.base.free_in_buffer = kChunkBytes;
  return true;
}

void init_destination(j_compress_ptr info) {
  if (!grow(*reinterpret_cast<Destination*>(info->dest))) leave(reinterpret_cast<j_common_ptr>(info));
}

boolean empty_output_buffer(j_compress_ptr info) {
  auto& to = *reinterpret_cast<Destination*>(info->dest);
  to.used += kChunkBytes;
  if (!grow(to)) leave(reinterpret_cast<j_common_ptr>(info));
  return TRUE;
}

void term_destination(j_compress_ptr info) {
  auto& to = *reinterpret_cast<Destination*>(info->dest);
  to.used += kChunkBytes - to.base.free_in_buffer;
}

/// False when libjpeg gave up. Holds nothing that has a destructor.
bool compress(ImageView image, int quality, jpeg_compress_struct& info, ErrorManager& errors,
              Destination& to) {
  info.err = jpeg_std_error(&errors.base);
  errors.base.error_exit = leave;
  errors.base.output_message = stay_silent;
  if (setjmp(errors.back) != 0) {
    jpeg_destroy_compress(&info);
    return false;
  }
  jpeg_create_compress(&info);
  info.dest = &to.base;
  info.image_width = static_cast<JDIMENSION>(image.size.width);
  info.image_height = static_cast<JDIMENSION>(image.size.height);
  info.input_components = channels(image.format);
  info.in_color_space = image.format == PixelFormat::l ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&info);
  jpeg_set_quality(&info, quality, TRUE);
  info.dct_method = JDCT_ISLOW;
  jpeg_start_compress(&info, TRUE);
  while (info.next_scanline < info.image_height) {
    // libjpeg takes rows that it may write to, and does not.
    auto* row = const_cast<JSAMPROW>(image.row(static_cast<std::int32_t>(info.next_scanline)));
    jpeg_write_scanlines(&info, &row, 1);
  }
  jpeg_finish_compress(&info);
  jpeg_destroy_compress(&info);
  return true;
}

}  // namespace

Bytes encode_jpeg(ImageView image, int quality) {
  Bytes out;
  jpeg_compress_struct info{};
  ErrorManager errors{};
  Destination to{};
  to.base.init_destination = init_destination;
  to.base.empty_output_buffer = empty_output_buffer;
  to.base.term_destination = term_destination;
  to.out = &out;
  if (!compress(image, quality, info, errors, to)) throw std::bad_alloc();
  out.resize(to.used);
  return out;
}

}  // namespace labday
