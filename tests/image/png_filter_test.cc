// The filters and the choice between them, against the formulas of the PNG specification written out plainly,
// on every instruction set that this machine has.
#include "image/png_filter.h"

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <random>
#include <string>
#include <vector>

#include "image/image.h"

namespace labday {
namespace {

using Line = std::vector<std::uint8_t>;

int predict(PngFilter filter, int left, int up, int corner) {
  switch (filter) {
    case PngFilter::none:
      return 0;
    case PngFilter::sub:
      return left;
    case PngFilter::up:
      return up;
    case PngFilter::average:
      return (left + up) / 2;
    case PngFilter::paeth: {
      const int p = left + up - corner;
      const int to_left = std::abs(p - left);
      const int to_up = std::abs(p - up);
      const int to_corner = std::abs(p - corner);
      if (to_left <= to_up && to_left <= to_corner) return left;
      return to_up <= to_corner ? up : corner;
    }
  }
  return -1;
}

// `above` is nullptr for the first row.
Line plain_line(PngFilter filter, const std::uint8_t* row, const std::uint8_t* above, std::size_t row_bytes,
                std::size_t pixel_bytes) {
  Line line{static_cast<std::uint8_t>(filter)};
  for (std::size_t i = 0; i < row_bytes; ++i) {
    const bool first = i < pixel_bytes;
    const int left = first ? 0 : row[i - pixel_bytes];
    const int up = above == nullptr ? 0 : above[i];
    const int corner = first || above == nullptr ? 0 : above[i - pixel_bytes];
    line.push_back(static_cast<std::uint8_t>(row[i] - predict(filter, left, up, corner)));
  }
  return line;
}

std::int64_t plain_cost(const Line& line) {
  std::int64_t cost = 0;
  for (std::size_t i = 1; i < line.size(); ++i) {
    if (line[i] != line[i - 1]) cost += std::abs(static_cast<std::int8_t>(line[i])) + kPngChangeCost;
  }
  return cost;
}

Line plain_choice(const std::uint8_t* row, const std::uint8_t* above, std::size_t row_bytes,
                  std::size_t pixel_bytes) {
  Line best = plain_line(PngFilter::none, row, above, row_bytes, pixel_bytes);
  for (int f = 1; f < kPngFilterCount; ++f) {
    Line line = plain_line(static_cast<PngFilter>(f), row, above, row_bytes, pixel_bytes);
    if (plain_cost(line) < plain_cost(best)) best = std::move(line);
  }
  return best;
}

struct Rows {
  std::size_t row_bytes;
  std::size_t pixel_bytes;
  std::vector<std::uint8_t> bytes;

  [[nodiscard]] std::size_t count() const { return bytes.size() / row_bytes; }
};

// How often each filter was chosen.
using Choices = std::array<int, kPngFilterCount>;

Choices expect_plain_lines(const Rows& rows) {
  Choices choices{};
  PngRowFilter filter(rows.row_bytes, rows.pixel_bytes);
  Line line(1 + rows.row_bytes + kPngLinePadding);
  const std::uint8_t* above = nullptr;
  for (std::size_t y = 0; y < rows.count(); ++y) {
    const std::uint8_t* row = rows.bytes.data() + y * rows.row_bytes;
    filter.filter(row, line.data());
    const Line expected = plain_choice(row, above, rows.row_bytes, rows.pixel_bytes);
    EXPECT_EQ(Line(line.data(), line.data() + 1 + rows.row_bytes), expected)
        << "row " << y << ", " << rows.row_bytes << " bytes, " << rows.pixel_bytes << " a pixel";
    ++choices[expected[0]];
    above = row;
  }
  return choices;
}

// Rows that the given filter predicts well: each byte is its prediction, except for a random one now and
// then.
Rows predictable(PngFilter filter, std::size_t row_bytes, std::size_t pixel_bytes, std::size_t count,
                 std::mt19937& random) {
  Rows rows{row_bytes, pixel_bytes, std::vector<std::uint8_t>(row_bytes * count)};
  for (std::size_t y = 0; y < count; ++y) {
    for (std::size_t i = 0; i < row_bytes; ++i) {
      std::uint8_t* now = rows.bytes.data() + y * row_bytes + i;
      const bool first = i < pixel_bytes;
      const int left = first ? 0 : now[-static_cast<std::ptrdiff_t>(pixel_bytes)];
      const int up = y == 0 ? 0 : now[-static_cast<std::ptrdiff_t>(row_bytes)];
      const int corner = first || y == 0 ? 0 : now[-static_cast<std::ptrdiff_t>(row_bytes + pixel_bytes)];
      *now = static_cast<std::uint8_t>(random() % 8 == 0 ? random()
                                                         : predict(filter, left, up, corner) + random() % 3);
    }
  }
  return rows;
}

// Runs the test once for every instruction set of this machine.
class PngFilterOnEveryTarget : public ::testing::Test {
 protected:
  static void on_every_target(const std::function<void()>& check) {
    const std::vector<std::int64_t> targets = hwy::SupportedAndGeneratedTargets();
    ASSERT_FALSE(targets.empty());
    for (const std::int64_t target : targets) {
      SCOPED_TRACE(hwy::TargetName(target));
      hwy::SetSupportedTargetsForTest(target);
      hwy::GetChosenTarget().Update(target);
      check();
    }
    hwy::SetSupportedTargetsForTest(0);
    hwy::GetChosenTarget().DeInit();
  }
};

TEST_F(PngFilterOnEveryTarget, WritesWhatTheSpecificationSaysForEveryWidthAndFormat) {
  on_every_target([] {
    std::mt19937 random(1);
    for (std::size_t pixel_bytes = 1; pixel_bytes <= 4; ++pixel_bytes) {
      for (std::size_t width = 1; width <= 150; ++width) {
        const auto filter = static_cast<PngFilter>(random() % kPngFilterCount);
        expect_plain_lines(predictable(filter, width * pixel_bytes, pixel_bytes, 4, random));
      }
    }
  });
}

TEST_F(PngFilterOnEveryTarget, ChoosesTheFilterThatPredictsBest) {
  on_every_target([] {
    std::mt19937 random(2);
    for (int f = 1; f < kPngFilterCount; ++f) {
      const auto filter = static_cast<PngFilter>(f);
      for (std::size_t pixel_bytes = 1; pixel_bytes <= 4; ++pixel_bytes) {
        const Rows rows = predictable(filter, 1200, pixel_bytes, 30, random);
        // The first row has nothing above it, where several filters are the same.
        EXPECT_GE(expect_plain_lines(rows)[static_cast<std::size_t>(f)], 29) << "filter " << f;
      }
    }
  });
}

TEST_F(PngFilterOnEveryTarget, KeepsARowOfRunsAsItIsWhereNoFilterHelps) {
  on_every_target([] {
    Rows rows{900, 3, {}};
    for (std::size_t y = 0; y < 8; ++y) {
      // Grey runs whose levels change at other places in every row.
      for (std::size_t i = 0; i < 900; ++i) {
        rows.bytes.push_back(static_cast<std::uint8_t>(((i / 3 + 17 * y) / 29) % 2 == 0 ? 3 + y : 120));
      }
    }
    EXPECT_GT(expect_plain_lines(rows)[0], 0);
  });
}

TEST_F(PngFilterOnEveryTarget, HandlesTheExtremesOfEveryByte) {
  on_every_target([] {
    std::mt19937 random(3);
    constexpr std::array<std::uint8_t, 6> kExtremes{0, 1, 127, 128, 254, 255};
    Rows rows{777, 3, {}};
    for (std::size_t i = 0; i < 777 * 20; ++i) rows.bytes.push_back(kExtremes[random() % kExtremes.size()]);
    expect_plain_lines(rows);
    for (std::uint8_t& byte : rows.bytes) byte = static_cast<std::uint8_t>(random());
    expect_plain_lines(rows);
  });
}

TEST_F(PngFilterOnEveryTarget, TriesTheTargetsThatThisProcessorHas) {
  int count = 0;
  on_every_target([&] { ++count; });
#if defined(__x86_64__)
  EXPECT_GE(count, 2);  // plain code, and vectors of at least SSSE3
#else
  EXPECT_GE(count, 1);
#endif
}

}  // namespace
}  // namespace labday
