#include "image/codec.h"

#include <array>

namespace labday {
namespace {

constexpr std::array<const Codec*, 2> kCodecs{&kJpegCodec, &kPngCodec};

Result<const Codec*> codec_for(ByteView data) {
  if (data.empty()) return fail(Stage::decode, ErrorCode::empty_file, {}, "the file is empty");
  const Codec* codec = find_codec(data);
  if (codec == nullptr) {
    return fail(Stage::decode, ErrorCode::unknown_format, {}, "the content is neither JPEG nor PNG");
  }
  return codec;
}

}  // namespace

std::span<const Codec* const> codecs() { return kCodecs; }

const Codec* find_codec(ByteView data) {
  for (const Codec* codec : kCodecs) {
    if (codec->matches(data)) return codec;
  }
  return nullptr;
}

Result<Decoded> decode(ByteView data, const DecodeLimits& limits) {
  const Result<const Codec*> codec = codec_for(data);
  return codec ? (*codec)->decode(data, limits) : fail(codec.error());
}

Result<Probe> probe(ByteView data, const DecodeLimits& limits) {
  const Result<const Codec*> codec = codec_for(data);
  return codec ? (*codec)->probe(data, limits) : fail(codec.error());
}

}  // namespace labday
