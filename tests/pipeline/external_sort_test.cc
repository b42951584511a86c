#include "pipeline/external_sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <vector>

#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

std::vector<std::uint64_t> noise(std::size_t count) {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> items(count);
  for (std::uint64_t& item : items) item = random() % (count / 2 + 1);  // with repetitions
  return items;
}

TEST(ExternalSort, SortsWhateverTheMemory) {
  const TempFolder folder;
  for (const std::size_t count : {0UL, 1UL, 15UL, 16UL, 17UL, 1000UL, 300'000UL}) {
    auto expected = noise(count);
    const auto items = expected;
    std::sort(expected.begin(), expected.end());
    for (const std::size_t memory : {1UL, 1000UL, 100'000UL, 1UL << 30}) {
      if (count > 1000 && memory < 1000) continue;  // as many runs would take minutes
      ExternalSort<std::uint64_t> sort(folder.path(), memory);
      ExternalSort<std::uint64_t> again(folder.path(), memory);
      for (const std::uint64_t item : items) {
        ASSERT_TRUE(sort.add(item));
        ASSERT_TRUE(again.add(item));
      }
      EXPECT_EQ(sort.runs() == 0, count * 8 < std::max<std::size_t>(memory, 128));
      std::vector<std::uint64_t> sorted;
      ASSERT_TRUE(sort.for_each([&](const std::uint64_t& item) -> Result<void> {
        sorted.push_back(item);
        return {};
      }));
      EXPECT_EQ(sorted, expected) << count << " items in " << memory;
      const auto taken = again.take();
      ASSERT_TRUE(taken);
      EXPECT_TRUE(std::equal(taken->view().begin(), taken->view().end(), expected.begin(), expected.end()));
      taken->forget();
      EXPECT_TRUE(std::equal(taken->view().begin(), taken->view().end(), expected.begin(), expected.end()));
    }
  }
  EXPECT_TRUE(folder.files().empty()) << "its files have names";
}

TEST(ExternalSort, AFolderThatIsNotThereIsAnError) {
  ExternalSort<int> sort("/nowhere/at/all", 1);
  Result<void> added;
  for (int i = 0; i < 100 && added; ++i) added = sort.add(i);
  ASSERT_FALSE(added);
  EXPECT_EQ(added.error().path, "/nowhere/at/all");
}

}  // namespace
}  // namespace labday
