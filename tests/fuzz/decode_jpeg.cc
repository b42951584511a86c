// Any bytes as a JPEG.
#include "fuzz/check_decoder.h"
#include "image/samples.h"

namespace labday::fuzz {

void run(ByteView input) { check_decoder(kJpegCodec, input); }

std::vector<Bytes> seeds() {
  Image grey({9, 17}, PixelFormat::l);
  std::fill_n(grey.data(), grey.byte_count(), std::uint8_t{90});
  return {encode_jpeg(draw_sample(1, 0, {40, 24}).view(), 60),
          encode_jpeg(draw_sample(1, 2, {17, 33}).view(), 95), encode_jpeg(grey.view(), 80)};
}

}  // namespace labday::fuzz
