#include "pipeline/journal_index.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/unique_fd.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

IntentRecord intent_of(const std::string& name, std::uint64_t bytes = 5) {
  return {name, {"photos/" + name, 10, 20, 30, 40}, bytes, hash128(name), 60};
}

DoneRecord done_of(const IntentRecord& intent, bool withdrawn = false) {
  return {hash128(intent.name), link_to(intent), withdrawn};
}

void write_journal(const TempFolder& out, int number, const std::vector<JournalRecord>& records) {
  std::string text(kJournalHeader);
  for (const JournalRecord& record : records) {
    const Bytes bytes = to_wire(record);
    text.append(bytes.begin(), bytes.end());
  }
  out.write(".labday/journal-" + std::to_string(number), text);
}

JournalIndex load(const TempFolder& out, std::size_t memory = JournalIndex::kDefaultMemory) {
  auto index = JournalIndex::load(out.path(), memory);
  EXPECT_TRUE(index) << index.error().detail;
  return std::move(*index);
}

TEST(JournalIndex, OfAFolderWithoutJournalsIsEmpty) {
  const TempFolder out;
  EXPECT_TRUE(load(out).of("a.png").empty());
}

TEST(JournalIndex, KnowsWhatWasDoneWhatWasBegunAndWhatWasWithdrawn) {
  const TempFolder out;
  const auto done = intent_of("done");
  const auto begun = intent_of("begun");
  const auto withdrawn = intent_of("withdrawn");
  write_journal(out, 0, {done, begun, withdrawn, done_of(done), done_of(withdrawn, true)});
  const JournalIndex index = load(out);
  ASSERT_EQ(index.of("done").size(), 1U);
  const JournalEntry entry = index.of("done")[0];
  EXPECT_EQ(entry.kind, JournalEntry::Kind::done);
  EXPECT_EQ(entry.source, hash64(std::string_view("photos/done")));
  EXPECT_EQ(entry.source_bytes, 10U);
  EXPECT_EQ(entry.source_mtime_ns, 20);
  EXPECT_EQ(entry.content_hash, 30U);
  EXPECT_EQ(entry.spec, 40U);
  EXPECT_EQ(entry.bytes, 5U);
  EXPECT_EQ(entry.hash, done.hash);
  EXPECT_EQ(entry.mtime_ns, 60);
  ASSERT_EQ(index.of("begun").size(), 1U);
  EXPECT_EQ(index.of("begun")[0].kind, JournalEntry::Kind::intent);
  EXPECT_TRUE(index.of("withdrawn").empty());
  EXPECT_TRUE(index.of("unheard of").empty());
}

TEST(JournalIndex, ADoneRecordFindsItsIntentWhereverThatIs) {
  const TempFolder out;
  const auto apart = intent_of("apart");
  const auto given_up = intent_of("given up");
  write_journal(out, 0, {apart, BeginRecord{this_writer()}, done_of(apart)});
  write_journal(out, 1, {given_up});
  write_journal(out, 2, {done_of(given_up, true)});
  const JournalIndex index = load(out);
  ASSERT_EQ(index.of("apart").size(), 1U);
  EXPECT_EQ(index.of("apart")[0].kind, JournalEntry::Kind::done);
  EXPECT_TRUE(index.of("given up").empty());
}

TEST(JournalIndex, SaysTheSameWhateverMemoryItHas) {
  const TempFolder out;
  constexpr int kNames = 3000;
  std::vector<JournalRecord> records;
  for (int i = 0; i < kNames; ++i) {
    records.emplace_back(intent_of(std::to_string(i % (kNames / 2)), static_cast<std::uint64_t>(i)));
    if (i % 3 != 0) records.emplace_back(done_of(std::get<IntentRecord>(records.back())));
  }
  write_journal(out, 0, records);
  const JournalIndex large = load(out);
  const JournalIndex small = load(out, 10'000);
  for (int i = 0; i < kNames / 2; ++i) {
    const auto ours = large.of(std::to_string(i));
    ASSERT_EQ(ours.size(), 2U);
    auto theirs = small.of(std::to_string(i));
    ASSERT_EQ(theirs.size(), 2U);
    const auto by_bytes = [](const JournalEntry& a, const JournalEntry& b) { return a.bytes < b.bytes; };
    auto sorted = ours;
    std::sort(sorted.begin(), sorted.end(), by_bytes);
    std::sort(theirs.begin(), theirs.end(), by_bytes);
    for (std::size_t k = 0; k < 2; ++k) {
      EXPECT_EQ(sorted[k].bytes, theirs[k].bytes);
      EXPECT_EQ(sorted[k].kind, theirs[k].kind);
    }
  }
  small.forget();
  EXPECT_EQ(small.of("7").size(), 2U);
}

TEST(JournalIndex, TheLatestWordOnASourceHolds) {
  const TempFolder out;
  Source source;
  source.path = "a.jpg";
  source.file_bytes = 7;
  source.mtime_ns = 8;
  write_journal(
      out, 0,
      {QuarantineRecord{"a.jpg", 7, 8, 300, false, "third"}, QuarantineRecord{"a.jpg", 7, 8, 200, true, ""}});
  const JournalIndex held = load(out);
  ASSERT_NE(held.quarantine_of(source), nullptr);
  EXPECT_EQ(held.quarantine_of(source)->reason, "third");
  Source changed = source;
  changed.mtime_ns = 9;
  EXPECT_EQ(held.quarantine_of(changed), nullptr) << "it is another file now";
  write_journal(out, 1, {QuarantineRecord{"a.jpg", 7, 8, 400, true, ""}});
  EXPECT_EQ(load(out).quarantine_of(source), nullptr);
}

TEST(JournalIndex, WhoHoldsTheLockIsAliveAndWhoDoesNotIsDead) {
  const TempFolder out;
  WriterId first{1, 2, 3, 4, 5, 6};  // of no host that there is
  WriterId second = first;
  second.pid = 9;
  write_journal(out, 0, {BeginRecord{first}, BeginRecord{second}});
  {
    const UniqueFd holder(::open((out / ".labday/journal-0").c_str(), O_RDWR));
    ASSERT_EQ(::flock(holder.get(), LOCK_EX), 0);
    const JournalIndex index = load(out);
    EXPECT_EQ(index.alive(), std::set<WriterId>{second});
    EXPECT_EQ(index.dead(), std::set<WriterId>{first});
  }
  const JournalIndex index = load(out);
  EXPECT_TRUE(index.alive().empty());
  EXPECT_EQ(index.dead(), (std::set<WriterId>{first, second}));
}

TEST(JournalIndex, AJournalOfAnotherVersionIsNamed) {
  const TempFolder out;
  out.write(".labday/journal-3", "labday journal 7\n");
  const auto index = JournalIndex::load(out.path());
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().path, out / ".labday/journal-3");
}

TEST(JournalIndex, AJournalWithADamagedHeaderIsNamedAndRead) {
  const TempFolder out;
  const auto done = intent_of("done");
  write_journal(out, 0, {done, done_of(done)});
  std::string text = testing::read_text(out / ".labday/journal-0");
  text[3] ^= 8;
  out.write(".labday/journal-0", text);
  const JournalIndex index = load(out);
  EXPECT_EQ(index.damaged(), std::vector<std::string>{out / ".labday/journal-0"});
  ASSERT_EQ(index.of("done").size(), 1U);
  EXPECT_EQ(index.of("done")[0].kind, JournalEntry::Kind::done);
}

TEST(JournalIndex, WhatHasTheNameOfAJournalAndIsNoFileIsNamedAndPassedOver) {
  const TempFolder out;
  const TempFolder elsewhere;
  const auto done = intent_of("done");
  write_journal(out, 9, {done, done_of(done)});
  ASSERT_EQ(::mkfifo((out / ".labday/journal-0").c_str(), 0600), 0);
  std::filesystem::create_directory(out / ".labday/journal-1");
  std::filesystem::create_symlink(elsewhere.write("journal", "text"), out / ".labday/journal-2");
  std::filesystem::create_symlink("/nowhere", out / ".labday/journal-3");
  const JournalIndex index = load(out);
  EXPECT_EQ(index.damaged().size(), 4U);
  EXPECT_EQ(index.of("done").size(), 1U);
}

TEST(JournalIndex, AFolderOfJournalsThatIsALinkIsRefusedAndTheOutputFolderMayBeOne) {
  const TempFolder real;
  const TempFolder out;
  const auto done = intent_of("done");
  write_journal(real, 0, {done, done_of(done)});
  std::filesystem::create_directory_symlink(real / ".labday", out / ".labday");
  const auto index = JournalIndex::load(out.path());
  ASSERT_FALSE(index);
  EXPECT_EQ(index.error().code, ErrorCode::linked_folder);
  std::filesystem::create_directory_symlink(real.path(), out / "out");
  const auto through = JournalIndex::load(out / "out");
  ASSERT_TRUE(through);
  EXPECT_EQ(through->of("done").size(), 1U);
}

}  // namespace
}  // namespace labday
