// What every decoder promises (image/codec.h), for any bytes.
#pragma once

#include <algorithm>
#include <optional>

#include "fuzz/fuzz_target.h"
#include "image/codec.h"

namespace labday::fuzz {

/// Within the limits; as the header said; and the same pixels whatever was in memory before, so that nothing
/// is grey filling.
inline void check_decoder(const Codec& codec, ByteView input) {
  if (!codec.matches(input)) return;  // nobody hands it to the codec
  DecodeLimits limits;
  limits.source_pixels = 300'000;
  limits.jpeg_scans = 20;
  limits.png_chunks = 50;
  limits.png_chunk_bytes = 1 << 20;

  const Result<Probe> probe = codec.probe(input, limits);
  if (!probe) require_sayable(probe.error());
  fill_new_memory(0x00);
  const Result<Decoded> first = codec.decode(input, limits);
  fill_new_memory(0xA5);
  const Result<Decoded> second = codec.decode(input, limits);
  require(first.has_value() == second.has_value(), "an error only once");
  if (!first) return require_sayable(first.error());
  require(probe.has_value(), "pixels without a header");
  require(first->image.size() == probe->size && first->image.format() == probe->format,
          "not as the header said");
  require(first->orientation == probe->orientation, "not as upright as the header said");
  require(first->image.size().width > 0 && first->image.size().height > 0, "no pixels");
  require(first->image.size().pixels() <= limits.source_pixels, "more pixels than allowed");
  require(std::memcmp(first->image.view().data, second->image.view().data, first->image.byte_count()) == 0,
          "pixels that nobody wrote");
  require(first->icc_profile == second->icc_profile, "another profile");
}

}  // namespace labday::fuzz
