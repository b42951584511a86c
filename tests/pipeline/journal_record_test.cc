// The form of a journal on disk, with damage at every byte of it.
#include "pipeline/journal_record.h"

#include <gtest/gtest.h>

#include <random>
#include <vector>

namespace labday {
namespace {

std::vector<JournalRecord> some_records() {
  IntentRecord first{"deep/a-120.png", {"photos/deep/a.jpg", 1234, -5, 77, 99}, 4321, {1, 2}, 1'700'000'000};
  IntentRecord second{"b.png", {"b.jpg", 1, 2, 0, 3}, 0, {}, 0};
  return {BeginRecord{{12, 34, 5, 6, 7, 8}},
          first,
          DoneRecord{hash128(first.name), link_to(first), false},
          QuarantineRecord{"bad\xff.jpg", 7, 8, 9, true, "it died"},
          second,
          DoneRecord{hash128(second.name), link_to(second), true}};
}

/// A journal, and where each of its records begins; the last entry is the end.
struct Written {
  Bytes bytes;
  std::vector<std::size_t> begins;
};

Written journal_of(const std::vector<JournalRecord>& records) {
  Written written;
  written.bytes.assign(kJournalHeader.begin(), kJournalHeader.end());
  for (const JournalRecord& record : records) {
    written.begins.push_back(written.bytes.size());
    const Bytes bytes = to_wire(record);
    written.bytes.insert(written.bytes.end(), bytes.begin(), bytes.end());
  }
  written.begins.push_back(written.bytes.size());
  return written;
}

std::vector<JournalRecord> read(ByteView bytes, std::uint64_t* damaged = nullptr) {
  std::vector<JournalRecord> records;
  const auto scanned =
      scan_journal(bytes, [&](JournalRecord record) { records.push_back(std::move(record)); });
  EXPECT_TRUE(scanned) << scanned.error().detail;
  if (damaged != nullptr && scanned) *damaged = scanned->damaged_bytes;
  return records;
}

TEST(JournalRecord, AllComeBackAsTheyWereWritten) {
  const auto records = some_records();
  std::uint64_t damaged = 1;
  EXPECT_EQ(read(journal_of(records).bytes, &damaged), records);
  EXPECT_EQ(damaged, 0U);
}

TEST(JournalRecord, ATornTailCostsTheLastRecordOnlyWhereverItIsTorn) {
  const auto records = some_records();
  const Written written = journal_of(records);
  for (std::size_t size = 0; size <= written.bytes.size(); ++size) {
    std::size_t whole = 0;
    while (whole < records.size() && written.begins[whole + 1] <= size) ++whole;
    const auto got = read(ByteView(written.bytes).first(size));
    ASSERT_EQ(got, std::vector<JournalRecord>(records.begin(), records.begin() + static_cast<long>(whole)))
        << "cut to " << size;
  }
}

TEST(JournalRecord, WhatFollowsATornRecordIsRead) {
  const auto records = some_records();
  const Bytes torn = to_wire(records[1]);
  const Written rest = journal_of(records);
  for (std::size_t size = 0; size < torn.size(); ++size) {
    Bytes bytes(kJournalHeader.begin(), kJournalHeader.end());
    bytes.insert(bytes.end(), torn.begin(), torn.begin() + static_cast<long>(size));
    bytes.insert(bytes.end(), rest.bytes.begin() + static_cast<long>(kJournalHeader.size()),
                 rest.bytes.end());
    std::uint64_t damaged = 0;
    ASSERT_EQ(read(bytes, &damaged), records) << size;
    EXPECT_EQ(damaged, size);
  }
}

TEST(JournalRecord, EveryFlippedBitCostsItsOwnRecordAndNoOther) {
  const auto records = some_records();
  const Written written = journal_of(records);
  for (std::size_t i = kJournalHeader.size(); i < written.bytes.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes bytes = written.bytes;
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ (1U << bit));
      auto expected = records;
      std::size_t hit = 0;
      while (written.begins[hit + 1] <= i) ++hit;
      expected.erase(expected.begin() + static_cast<long>(hit));
      ASSERT_EQ(read(bytes), expected) << "byte " << i << ", bit " << bit;
    }
  }
}

TEST(JournalRecord, EveryFlippedBitOfTheHeaderCostsNothing) {
  const auto records = some_records();
  const Written written = journal_of(records);
  for (std::size_t i = 0; i < kJournalHeader.size(); ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      Bytes bytes = written.bytes;
      bytes[i] = static_cast<std::uint8_t>(bytes[i] ^ (1U << bit));
      std::vector<JournalRecord> got;
      const auto scanned =
          scan_journal(ByteView(bytes), [&](JournalRecord record) { got.push_back(std::move(record)); });
      ASSERT_TRUE(scanned) << "byte " << i << ", bit " << bit;
      ASSERT_EQ(got, records) << "byte " << i << ", bit " << bit;
      EXPECT_TRUE(scanned->damaged_header);
    }
  }
}

TEST(JournalRecord, AJournalOfAnotherVersionIsRefused) {
  for (const std::string_view header : {"labday journal 2\n", "labday journal 10\n", "labday journal 0\n"}) {
    Bytes bytes(header.begin(), header.end());
    for (int i = 0; i < 1000; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 7));
    const auto scanned = scan_journal(ByteView(bytes), [](const JournalRecord&) { FAIL(); });
    ASSERT_FALSE(scanned);
    EXPECT_EQ(scanned.error().code, ErrorCode::unsupported);
  }
}

TEST(JournalRecord, WhatIsNoJournalAtAllHasNoRecordsAndADamagedHeader) {
  for (const std::string_view text :
       {"text", "labday journal \n", "labday journal two\n", "labday", "labdax"}) {
    const Bytes bytes(text.begin(), text.end());
    const auto scanned = scan_journal(ByteView(bytes), [](const JournalRecord&) { FAIL(); });
    ASSERT_TRUE(scanned) << text;
    EXPECT_EQ(scanned->damaged_header, text != "labday") << text;
  }
}

TEST(JournalRecord, SaysTheSameHoweverMuchIsReadAtOnce) {
  std::vector<JournalRecord> records;
  for (int i = 0; i < 40; ++i) {
    IntentRecord intent{std::string(static_cast<std::size_t>(i) * 1500, 'n'), {"s", 1, 2, 3, 4}, 5, {}, 6};
    records.emplace_back(intent);
    records.emplace_back(DoneRecord{hash128(intent.name), link_to(intent), false});
  }
  Bytes bytes = journal_of(records).bytes;
  bytes.insert(bytes.begin() + static_cast<long>(kJournalHeader.size()), 300'000, std::uint8_t{0xE5});
  for (const std::size_t most : {std::size_t{1}, std::size_t{1000}, std::size_t{1} << 20}) {
    ByteView rest(bytes);
    std::vector<JournalRecord> got;
    const auto input = [&](std::span<std::uint8_t> buffer) -> Result<std::size_t> {
      const std::size_t size = std::min({most, buffer.size(), rest.size()});
      std::copy_n(rest.begin(), size, buffer.begin());
      rest = rest.subspan(size);
      return size;
    };
    const auto scanned = scan_journal(input, [&](JournalRecord record) { got.push_back(std::move(record)); });
    ASSERT_TRUE(scanned);
    EXPECT_EQ(scanned->damaged_bytes, 300'000U);
    EXPECT_EQ(got, records);
  }
}

TEST(JournalRecord, AFailureToReadIsTold) {
  const auto failing = [](std::span<std::uint8_t>) -> Result<std::size_t> {
    return fail(Stage::plan, ErrorCode::io, {}, "cannot read");
  };
  EXPECT_FALSE(scan_journal(failing, [](const JournalRecord&) {}));
}

TEST(JournalRecord, NoiseHoldsNoRecords) {
  std::mt19937 random(1);
  for (int round = 0; round < 200; ++round) {
    Bytes bytes(kJournalHeader.begin(), kJournalHeader.end());
    for (int i = 0; i < 2000; ++i) bytes.push_back(static_cast<std::uint8_t>(random() >> 5));
    EXPECT_TRUE(read(bytes).empty());
  }
}

}  // namespace
}  // namespace labday
