// Any text as a scale, and any side by it.
#include "fuzz/fuzz_target.h"
#include "pipeline/job.h"

namespace labday::fuzz {

void run(ByteView bytes) {
  Input input(bytes);
  const std::int32_t side = input.number(1, INT32_MAX);
  const int decimals = input.number(0, Percent::kMaxDigits);
  const Result<Percent> percent = Percent::parse(text_of(input.rest()));
  if (!percent) return require_sayable(percent.error());
  require(percent->units > 0 && percent->digits >= 0 && percent->digits <= Percent::kMaxDigits, "no scale");
  require(Percent::parse(percent->text()) == *percent, "another scale when read again");

  // With fewer decimals it is off by half of the last one at most; in units of 1e-9 per cent.
  const auto exactly = [](Percent scale) {
    __extension__ __int128 units = scale.units;
    for (int i = scale.digits; i < Percent::kMaxDigits; ++i) units *= 10;
    return units;
  };
  const std::string shorter = percent->text(decimals);
  require(shorter.find('.') ==
              (decimals == 0 ? std::string::npos : shorter.size() - 1 - static_cast<std::size_t>(decimals)),
          "another number of decimals");
  if (const Result<Percent> rounded = Percent::parse(shorter)) {
    const auto difference = exactly(*rounded) - exactly(*percent);
    const auto half = exactly({5, decimals + 1 <= Percent::kMaxDigits ? decimals + 1 : Percent::kMaxDigits});
    require(difference <= half && -difference <= half, "rounded too far");
  }

  Rendition rendition;
  rendition.scale = *percent;
  const Result<Size> size = rendition_size(rendition, {side, 1});
  if (!size) return require_sayable(size.error());
  require(size->width >= 1 && size->height >= 1, "a side of nothing");
  __extension__ using Wide = __int128;
  const Wide whole = exactly(*percent) * side / (Wide{100} * 1'000'000'000);
  require(size->width == (whole < 1 ? 1 : whole), "another width");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> seeds;
  for (const std::string_view text : {"120%", "12.5", "0.05%", "1000000", "33.333333333%", "0.000000001"}) {
    Bytes seed{64, 6, 0, 0, 2, 0, 0, 0};
    for (const std::uint8_t byte : bytes_of(text)) seed.push_back(byte);
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

}  // namespace labday::fuzz
