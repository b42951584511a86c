// The filters, what they cost and the choice between them, against the formulas of the PNG specification
// written out plainly, on every instruction set that this machine has.
#include "image/png_filter.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "image/png_filter_choice.h"
#include "support/simd_targets.h"

namespace labday {
namespace {

using testing::on_every_target;
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

struct Rows {
  std::size_t row_bytes;
  std::size_t pixel_bytes;
  std::vector<std::uint8_t> bytes;

  [[nodiscard]] std::size_t count() const { return bytes.size() / row_bytes; }
};

// Every filter, on whole rows and on a part of each.
void expect_plain_lines(const Rows& rows) {
  const Line zeros(rows.row_bytes, 0);
  for (std::size_t y = 0; y < rows.count(); ++y) {
    const std::uint8_t* row = rows.bytes.data() + y * rows.row_bytes;
    const std::uint8_t* above = y == 0 ? nullptr : row - rows.row_bytes;
    const PngRow filtered{row, above != nullptr ? above : zeros.data(), rows.row_bytes, rows.pixel_bytes};
    for (int f = 0; f < kPngFilterCount; ++f) {
      const auto filter = static_cast<PngFilter>(f);
      const Line expected = plain_line(filter, row, above, rows.row_bytes, rows.pixel_bytes);
      // Exactly as much room as is needed: the address sanitizer sees a byte too many.
      Line line(rows.row_bytes);
      filter_png_row(filter, filtered, 0, rows.row_bytes, line.data());
      EXPECT_TRUE(std::equal(line.begin(), line.end(), expected.begin() + 1, expected.end()))
          << "row " << y << ", filter " << f << ", " << rows.row_bytes << " bytes, " << rows.pixel_bytes
          << " a pixel";
      const std::size_t first = rows.row_bytes / 3;
      const std::size_t last = rows.row_bytes - rows.row_bytes / 5;
      Line part(last - first);
      filter_png_row(filter, filtered, first, last, part.data());
      EXPECT_TRUE(std::equal(part.begin(), part.end(), line.begin() + static_cast<std::ptrdiff_t>(first)));
    }
  }
}

constexpr DifferenceCosts kCosts{3, 20, 31, 40, 47, 53, 60, 66, 71, 77, 80, 84, 89, 93, 97, 250};

std::uint64_t plain_cost(const Line& differences) {
  std::uint64_t cost = 0;
  for (std::size_t i = 2; i < differences.size(); ++i) {
    const std::uint8_t d = differences[i];
    if (d == differences[i - 1] && d == differences[i - 2]) continue;
    cost += kCosts[static_cast<std::size_t>(std::min(std::abs(static_cast<std::int8_t>(d)), 15))];
  }
  return cost;
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

TEST(PngFilter, WritesWhatTheSpecificationSaysForEveryWidthAndFormat) {
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

TEST(PngFilter, HandlesTheExtremesOfEveryByte) {
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

TEST(PngFilter, CostsWhatTheTableSaysAndNothingWithinRuns) {
  on_every_target([] {
    std::mt19937 random(4);
    for (std::size_t size = 0; size <= 300; ++size) {
      Line differences(size);
      for (std::uint8_t& d : differences)
        d = static_cast<std::uint8_t>(size % 2 == 0 ? random() : random() % 3);
      EXPECT_EQ(difference_cost(differences.data(), size, kCosts), plain_cost(differences)) << size;
    }
  });
}

TEST(PngFilter, RunsOnAllTargetsThatThisProcessorHas) {
  int count = 0;
  on_every_target([&] { ++count; });
#if defined(__x86_64__)
  EXPECT_GE(count, 2);  // plain code, and vectors of at least SSSE3
#else
  EXPECT_GE(count, 1);
#endif
}

// The filters that are chosen for such rows, when each is looked at as a whole.
std::array<int, kPngFilterCount> choices(const Rows& rows) {
  PngFilterChoice choice;
  choice.begin({1, 0, 0});
  std::array<int, kPngFilterCount> chosen{};
  const Line zeros(rows.row_bytes, 0);
  for (std::size_t y = 0; y < rows.count(); ++y) {
    const std::uint8_t* row = rows.bytes.data() + y * rows.row_bytes;
    const std::uint8_t* above = y == 0 ? zeros.data() : row - rows.row_bytes;
    ++chosen[static_cast<std::size_t>(choice.choose({row, above, rows.row_bytes, rows.pixel_bytes}))];
  }
  return chosen;
}

TEST(PngFilterChoice, TakesTheFilterThatPredictsBest) {
  on_every_target([] {
    std::mt19937 random(2);
    for (int f = 1; f < kPngFilterCount; ++f) {
      const auto filter = static_cast<PngFilter>(f);
      for (std::size_t pixel_bytes = 1; pixel_bytes <= 4; ++pixel_bytes) {
        const Rows rows = predictable(filter, 1200, pixel_bytes, 30, random);
        // The first row has nothing above it, where several filters are the same.
        EXPECT_GE(choices(rows)[static_cast<std::size_t>(f)], 29) << "filter " << f;
      }
    }
  });
}

TEST(PngFilterChoice, KeepsARowOfRunsAsItIsWhereNoFilterHelps) {
  Rows rows{900, 1, {}};
  for (std::size_t y = 0; y < 8; ++y) {
    // Runs whose levels change at other places in every row.
    for (std::size_t i = 0; i < 900; ++i) {
      rows.bytes.push_back(static_cast<std::uint8_t>(((i + 17 * y) / 29) % 2 == 0 ? 3 + y : 120));
    }
  }
  EXPECT_GT(choices(rows)[0] + choices(rows)[1], 4);
}

TEST(PngFilterChoice, LooksAtSomeRowsOnlyWhereItIsToldTo) {
  std::mt19937 random(5);
  const Rows up = predictable(PngFilter::up, 1200, 3, 4, random);
  const Rows sub = predictable(PngFilter::sub, 1200, 3, 4, random);
  PngFilterChoice choice;
  choice.begin({4, 130, 512});
  const auto choose = [&](const Rows& rows, std::size_t y) {
    const std::uint8_t* row = rows.bytes.data() + y * 1200;
    return choice.choose({row, row - 1200, 1200, 3});
  };
  EXPECT_EQ(choose(up, 1), PngFilter::up);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(choose(sub, 2), PngFilter::up);
  EXPECT_EQ(choose(sub, 2), PngFilter::sub);
}

TEST(PngFilterChoice, LearnsWhatLiteralsCost) {
  // Left neighbours predict to within 6, the row above exactly, but for a few large errors: which is better
  // depends on what large differences cost.
  std::mt19937 random(6);
  Rows rows{1000, 1, std::vector<std::uint8_t>(2000)};
  for (std::size_t i = 0; i < 1000; ++i) {
    rows.bytes[i] = static_cast<std::uint8_t>(100 + random() % 7);
    rows.bytes[1000 + i] =
        static_cast<std::uint8_t>(rows.bytes[i] + (random() % 3 == 0 ? 60 + i % 5 : i % 2));
  }
  const PngRow row{rows.bytes.data() + 1000, rows.bytes.data(), 1000, 1};
  const auto choice_where_large_cost = [&](std::uint8_t bits) {
    CodeLengths codes;
    for (std::size_t i = 0; i < kLiteralCount; ++i) {
      codes.litlen[i] = i < 15 || i > kLiteralCount - 15 ? 4 : bits;
    }
    PngFilterChoice choice;
    choice.begin({1, 0, 0});
    choice.learn(codes, {});
    return choice.choose(row);
  };
  EXPECT_NE(choice_where_large_cost(13), choice_where_large_cost(1));
}

}  // namespace
}  // namespace labday
