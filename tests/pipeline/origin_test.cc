#include "pipeline/origin.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "image/codec.h"
#include "pipeline/hash.h"
#include "pipeline/stages.h"
#include "support/pictures.h"

namespace labday {
namespace {

TEST(SpecHash, KnowsAllThatDecidesTheBytes) {
  Job job;
  Rendition rendition;
  rendition.scale = *Percent::parse("50");
  std::set<std::uint64_t> seen{spec_hash(job, rendition)};
  const auto is_new = [&](const Job& j, const Rendition& r) { return seen.insert(spec_hash(j, r)).second; };
  Rendition other = rendition;
  other.scale = *Percent::parse("51");
  EXPECT_TRUE(is_new(job, other));
  other = rendition;
  other.filter = Filter::nearest;
  EXPECT_TRUE(is_new(job, other));
  other = rendition;
  other.level = PngLevel::small;
  EXPECT_TRUE(is_new(job, other));
  other = rendition;
  other.width = 50;
  EXPECT_TRUE(is_new(job, other));
  Job stored = job;
  stored.apply_orientation = false;
  EXPECT_TRUE(is_new(stored, rendition));
}

TEST(SpecHash, IsTheSameForTheSameNumber) {
  const Job job;
  Rendition plain;
  plain.scale = *Percent::parse("50");
  Rendition longer = plain;
  longer.scale = *Percent::parse("50.00%");
  EXPECT_EQ(spec_hash(job, plain), spec_hash(job, longer));
  Rendition wide = plain;
  wide.width = 10;
  Rendition wide_too = wide;
  wide_too.scale = *Percent::parse("70");
  EXPECT_EQ(spec_hash(job, wide), spec_hash(job, wide_too));
}

/// Fails when the bytes of renditions change: then raise kEncoderVersion, so that --resume makes those again
/// that an older labday made, and put the new hashes here.
TEST(EncoderVersion, IsThatOfTheseBytes) {
  const std::map<std::string_view, std::uint64_t> golden{{"fastest", 10359708041439024987U},
                                                         {"fast", 1299193008392265076U},
                                                         {"balanced", 2582358459446437590U},
                                                         {"small", 14181244056702087824U}};
  std::map<std::string_view, std::uint64_t> seen;
  for (const PngLevel level : {PngLevel::fastest, PngLevel::fast, PngLevel::balanced, PngLevel::small}) {
    StreamingHash hash;
    for (const PixelFormat format : {PixelFormat::l, PixelFormat::la, PixelFormat::rgb, PixelFormat::rgba}) {
      const std::string content = testing::png_bytes({61, 47}, format, 3);
      const auto decoded =
          decode_source({reinterpret_cast<const std::uint8_t*>(content.data()), content.size()}, Job());
      ASSERT_TRUE(decoded);
      for (const Filter filter : {Filter::nearest, Filter::bicubic, Filter::lanczos}) {
        Rendition rendition;
        rendition.filter = filter;
        rendition.level = level;
        Rendering rendering(*decoded, rendition, {97, 80});
        InlineForEach strips;
        StageCosts costs;
        Bytes piece;
        for (auto state = Rendering::State::more; state == Rendering::State::more;) {
          state = rendering.next(piece, strips, {}, costs);
          hash.add(piece);
        }
      }
    }
    seen[name(level)] = hash.result().low;
  }
  EXPECT_EQ(kEncoderVersion, 1U);
  EXPECT_EQ(seen, golden) << "the bytes have changed: raise kEncoderVersion";
}

}  // namespace
}  // namespace labday
