// Renditions in pieces: the same bytes whoever goes over the strips, in pieces that are worth a write.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "image/png_writer.h"
#include "image/resample.h"
#include "pipeline/stages.h"
#include "support/pictures.h"

namespace labday {
namespace {

/// From the last to the first.
class ReversedForEach final : public ForEach {
 public:
  void operator()(std::size_t count, FunctionRef<void(std::size_t)> body) override {
    most = std::max(most, count);
    for (std::size_t i = count; i-- > 0;) body(i);
  }
  std::size_t most = 0;
};

/// Three threads that take what is next.
class ThreadedForEach final : public ForEach {
 public:
  void operator()(std::size_t count, FunctionRef<void(std::size_t)> body) override {
    std::atomic<std::size_t> next{0};
    std::vector<std::jthread> threads;
    for (int t = 0; t < 3; ++t) {
      threads.emplace_back([&] {
        for (std::size_t i = next++; i < count; i = next++) body(i);
      });
    }
  }
};

Rendition rendition_of(PngLevel level, Filter filter = Filter::bicubic) {
  Rendition rendition;
  rendition.level = level;
  rendition.filter = filter;
  return rendition;
}

Decoded source(Size size, PixelFormat format) {
  Decoded decoded;
  decoded.image = testing::picture(size, format, 1);
  return decoded;
}

struct Made {
  Bytes file;
  std::vector<std::size_t> pieces;
  StageCosts costs;
};

Made make(const Decoded& from, const Rendition& rendition, Size size, ForEach& strips) {
  Rendering rendering(from, rendition, size);
  Made made;
  const CancelToken cancel;
  Bytes piece(7, 1);  // what was in it does not matter
  for (auto state = Rendering::State::more; state != Rendering::State::complete;) {
    state = rendering.next(piece, strips, cancel, made.costs);
    EXPECT_NE(state, Rendering::State::cancelled);
    made.pieces.push_back(piece.size());
    made.file.insert(made.file.end(), piece.begin(), piece.end());
  }
  return made;
}

TEST(Rendering, WritesTheFileOfTheWholeImageWhoeverGoesOverTheStrips) {
  InlineForEach inline_strips;
  ReversedForEach reversed;
  ThreadedForEach threaded;
  for (const PngLevel level : {PngLevel::fastest, PngLevel::fast, PngLevel::balanced, PngLevel::small}) {
    for (const PixelFormat format : {PixelFormat::rgb, PixelFormat::rgba, PixelFormat::l}) {
      for (const Filter filter : {Filter::bicubic, Filter::nearest}) {
        const Size large = level == PngLevel::small ? Size{1400, 3100} : Size{900, 1300};
        EXPECT_GT(PngStrips(large, format, level).count(), 1);
        for (const Size size : {Size{1, 1}, large, Size{30, 20}, Size{400, 311}, Size{5000, 40}}) {
          SCOPED_TRACE(std::string(name(level)) + " " + std::to_string(size.width));
          const Decoded from = source({400, 311}, format);
          const Bytes whole = encode_png(resize(from.image.view(), size, filter).view(), level);
          const Rendition rendition = rendition_of(level, filter);
          EXPECT_TRUE(make(from, rendition, size, inline_strips).file == whole);
          EXPECT_TRUE(make(from, rendition, size, reversed).file == whole);
          EXPECT_TRUE(make(from, rendition, size, threaded).file == whole);
        }
      }
    }
  }
  EXPECT_GT(reversed.most, 1U);
}

TEST(Rendering, KeepsTheColourProfile) {
  Decoded from = source({60, 40}, PixelFormat::rgb);
  from.icc_profile = Bytes(500, 3);
  InlineForEach strips;
  const Image image = resize(from.image.view(), {90, 60}, Filter::bicubic);
  EXPECT_TRUE(make(from, rendition_of(PngLevel::fast), {90, 60}, strips).file ==
              encode_png(image.view(), PngLevel::fast, from.icc_profile));
}

TEST(Rendering, DeliversPiecesOfAMebibyteAtLeast) {
  InlineForEach inline_strips;
  ThreadedForEach threaded;
  const Decoded from = source({600, 500}, PixelFormat::rgb);
  for (ForEach* strips : {static_cast<ForEach*>(&inline_strips), static_cast<ForEach*>(&threaded)}) {
    const Made made = make(from, rendition_of(PngLevel::fastest), {3000, 2500}, *strips);
    ASSERT_GT(made.pieces.size(), 1U);
    for (std::size_t i = 0; i + 1 < made.pieces.size(); ++i) EXPECT_GE(made.pieces[i], std::size_t{1} << 20);
    EXPECT_GT(made.pieces.back(), 0U);
  }
}

TEST(Rendering, AddsUpTheTimesOfParallelStrips) {
  ThreadedForEach threaded;
  const Made made =
      make(source({600, 500}, PixelFormat::rgb), rendition_of(PngLevel::fast), {1800, 1500}, threaded);
  EXPECT_GT(made.costs.wall[static_cast<std::size_t>(Stage::resize)].count(), 0);
  EXPECT_GT(made.costs.wall[static_cast<std::size_t>(Stage::encode)].count(), 0);
  EXPECT_EQ(made.costs.wall[static_cast<std::size_t>(Stage::write)].count(), 0);
}

TEST(Rendering, StopsWhenItIsCancelledBetweenStrips) {
  class CancellingForEach final : public ForEach {
   public:
    void operator()(std::size_t count, FunctionRef<void(std::size_t)> body) override {
      for (std::size_t i = 0; i < count; ++i, ++bodies) {
        if (bodies == 2) cancel.request();
        body(i);
      }
    }
    CancelToken cancel;
    int bodies = 0;
  };
  CancellingForEach strips;
  const Decoded from = source({600, 500}, PixelFormat::rgb);
  Rendering rendering(from, rendition_of(PngLevel::balanced), {3000, 2500});
  Bytes piece;
  StageCosts costs;
  auto state = Rendering::State::more;
  while (state == Rendering::State::more) state = rendering.next(piece, strips, strips.cancel, costs);
  EXPECT_EQ(state, Rendering::State::cancelled);
  EXPECT_LT(strips.bodies, 20);
}

}  // namespace
}  // namespace labday
