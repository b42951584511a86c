#include "transport/sealed_memory.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

namespace labday {
namespace {

const Bytes kFirst{1, 2, 3};
const Bytes kSecond{4, 5};

TEST(SealedMemory, HoldsItsPartsOneBehindTheOther) {
  const auto memory = seal_in_memory({kFirst, {}, kSecond});
  ASSERT_TRUE(memory);
  const auto mapping = SealedMapping::map(memory->get(), 5);
  ASSERT_TRUE(mapping);
  const Bytes expected{1, 2, 3, 4, 5};
  EXPECT_TRUE(std::equal(expected.begin(), expected.end(), mapping->bytes().begin(), mapping->bytes().end()));
}

TEST(SealedMemory, CanBeNeitherWrittenNorResized) {
  const auto memory = seal_in_memory({kFirst});
  ASSERT_TRUE(memory);
  EXPECT_LT(::pwrite(memory->get(), "x", 1, 0), 0);
  EXPECT_NE(::ftruncate(memory->get(), 1), 0);
  EXPECT_NE(::ftruncate(memory->get(), 9), 0);
  EXPECT_EQ(::mmap(nullptr, 3, PROT_READ | PROT_WRITE, MAP_SHARED, memory->get(), 0), MAP_FAILED);
}

TEST(SealedMemory, OutlivesItsDescriptorWhileItIsMapped) {
  auto memory = seal_in_memory({kFirst});
  ASSERT_TRUE(memory);
  auto mapping = SealedMapping::map(memory->get(), 3);
  ASSERT_TRUE(mapping);
  memory->reset();
  const SealedMapping moved = std::move(*mapping);
  EXPECT_EQ(moved.bytes()[2], 3);
}

TEST(SealedMapping, RefusesWhatIsNotSealedOrOfAnotherSize) {
  const auto memory = seal_in_memory({kFirst});
  ASSERT_TRUE(memory);
  for (const std::size_t wrong : {0U, 2U, 4U, 5000U}) EXPECT_FALSE(SealedMapping::map(memory->get(), wrong));
  const UniqueFd open_memory(::memfd_create("test", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(open_memory.get(), 3), 0);
  const auto refused = SealedMapping::map(open_memory.get(), 3);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::corrupt);
  EXPECT_FALSE(SealedMapping::map(-1, 3));
}

}  // namespace
}  // namespace labday
