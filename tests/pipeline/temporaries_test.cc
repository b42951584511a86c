#include "pipeline/temporaries.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

/// Calls `body` with the number of a process that is a copy of this one, alive until `body` returns.
template <class Body>
void with_child(Body body) {
  int pipe_ends[2];
  ASSERT_EQ(::pipe(pipe_ends), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const std::string id = this_writer().text();
    if (::write(pipe_ends[1], id.data(), id.size()) < 0) ::_exit(1);
    ::close(pipe_ends[1]);
    for (;;) ::pause();
  }
  ::close(pipe_ends[1]);
  std::string id(200, 0);
  id.resize(static_cast<std::size_t>(::read(pipe_ends[0], id.data(), id.size())));
  ::close(pipe_ends[0]);
  const auto writer = WriterId::parse(id);
  EXPECT_TRUE(writer) << id;
  if (writer) body(*writer, child);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  if (writer) {
    EXPECT_EQ(life_of(*writer, Reach::this_machine), Life::dead);
  }
}

TEST(WriterId, IsReadAsItIsWritten) {
  const WriterId writer{12, 3456, 0xABCDEF01, 2, 0, 0x1F};
  EXPECT_EQ(writer.text(), "12-3456-abcdef0100000002000000000000001f");
  EXPECT_EQ(WriterId::parse(writer.text()), writer);
  for (const char* text :
       {"", "12", "12-3456", "12-3456-abc", "0-1-abcdef0100000002000000000000001f",
        "12-3456-abcdef0100000002000000000000001", "12-3456-abcdef0100000002000000000000001g",
        "12-3456-abcdef0100000002000000000000001f1", "-12-3456-abcdef0100000002000000000000001f"}) {
    EXPECT_FALSE(WriterId::parse(text)) << text;
  }
  EXPECT_EQ(writer_of(temporary_name(writer, 7)), writer);
  EXPECT_FALSE(writer_of(".labday-tmp-12-0"));
  EXPECT_FALSE(writer_of("a.png"));
}

TEST(WriterId, OfAForkedProcessIsItsOwn) {
  const WriterId parent = this_writer();
  EXPECT_EQ(parent.pid, ::getpid());
  with_child([&](const WriterId& writer, pid_t child) {
    EXPECT_EQ(writer.pid, child);
    EXPECT_EQ(writer.host, parent.host);
    EXPECT_EQ(life_of(writer, Reach::this_machine), Life::alive);
  });
  EXPECT_EQ(this_writer(), parent);
}

TEST(Life, OfAnotherProcessWithTheSameNumberIsDeath) {
  WriterId earlier = this_writer();
  EXPECT_EQ(life_of(earlier, Reach::this_machine), Life::alive);
  --earlier.start;
  EXPECT_EQ(life_of(earlier, Reach::this_machine), Life::dead);
}

TEST(Life, OfAnEarlierBootIsDeathAndElsewhereNobodyKnows) {
  WriterId writer = this_writer();
  writer.boot ^= 1;
  EXPECT_EQ(life_of(writer, Reach::this_machine), Life::dead);
  // Its clone may have the same name and number and another boot.
  EXPECT_EQ(life_of(writer, Reach::machines), Life::unknown);
  writer = this_writer();
  writer.host ^= 1;
  EXPECT_EQ(life_of(writer, Reach::this_machine), Life::unknown);
  writer = this_writer();
  writer.space ^= 1;
  EXPECT_EQ(life_of(writer, Reach::this_machine), Life::unknown);
}

TEST(RemoveTemporaries, TakesThoseOfOneProcessInOneFolderAndNothingElse) {
  const TempFolder out;
  WriterId twelve = this_writer();
  twelve.pid = 12;
  WriterId other = twelve;
  other.pid = 123;
  WriterId elsewhere = twelve;
  elsewhere.space ^= 1;
  out.write(temporary_name(twelve, 0), "x");
  out.write(temporary_name(twelve, 99), "x");
  std::vector<std::string> kept{temporary_name(other, 0), temporary_name(elsewhere, 0), ".labday-tmp-12-0",
                                "a.png", "deep/" + temporary_name(twelve, 1)};
  for (const std::string& name : kept) out.write(name, "x");
  remove_temporaries(out.path(), {}, 12);
  remove_temporaries(out.path(), "missing", 12);
  remove_temporaries(out / "missing", "deep", 12);
  std::sort(kept.begin(), kept.end());
  EXPECT_EQ(out.files(), kept);
}

TEST(SweepTemporaries, TakesWhatTheDeadLeftAndNothingOfTheLiving) {
  const TempFolder out;
  WriterId dead = this_writer();
  --dead.start;
  WriterId elsewhere = this_writer();
  elsewhere.host ^= 1;
  WriterId known_dead = elsewhere;
  ++known_dead.pid;
  WriterId locked = dead;  // its number tells nothing, its lock is held
  locked.pid += 1;
  with_child([&](const WriterId& alive, pid_t) {
    for (const WriterId& writer : {dead, known_dead}) out.write(temporary_name(writer, 3), "x");
    std::vector<std::string> kept{temporary_name(alive, 0), temporary_name(this_writer(), 5),
                                  temporary_name(elsewhere, 1), temporary_name(locked, 1), "a.png"};
    for (const std::string& name : kept) out.write(name, "x");
    EXPECT_EQ(sweep_temporaries(out.path(), {}, {known_dead, locked}, {locked}), 2U);
    std::sort(kept.begin(), kept.end());
    EXPECT_EQ(out.files(), kept);
  });
  EXPECT_EQ(sweep_temporaries(out.path(), "missing", {}, {}), 0U);
}

TEST(SweepTemporaries, AWriterThatHasTakenAnotherJournalSinceIsAnother) {
  const TempFolder out;
  WriterId first = this_writer();
  first.host ^= 1;
  first.turn = 1;
  WriterId second = first;
  second.turn = 2;
  out.write(temporary_name(first, 0), "x");
  out.write(temporary_name(second, 0), "x");
  EXPECT_EQ(sweep_temporaries(out.path(), {}, {first}, {}), 1U);
  EXPECT_EQ(out.files(), std::vector<std::string>{temporary_name(second, 0)});
}

TEST(SweepTemporaries, GoesThroughNoLinkBelowTheOutputFolder) {
  const TempFolder elsewhere;
  const TempFolder out;
  WriterId dead = this_writer();
  --dead.start;
  elsewhere.write(temporary_name(dead, 0), "x");
  std::filesystem::create_directory_symlink(elsewhere.path(), out / "link");
  EXPECT_EQ(sweep_temporaries(out.path(), "link", {}, {}), 0U);
  remove_temporaries(out.path(), "link/", dead.pid);
  EXPECT_EQ(elsewhere.files().size(), 1U);
  EXPECT_EQ(sweep_temporaries(out / "link", {}, {}, {}), 1U) << "which the output folder itself may be";
}

}  // namespace
}  // namespace labday
