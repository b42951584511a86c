// A journal as it is written: by one process, by threads, by several processes, and on a disk that fills up.
#include "pipeline/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <functional>
#include <thread>
#include <vector>

#include "pipeline/posix_io.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;
using Kind = FileCall::Kind;

const Origin kOrigin{"photos/a.jpg", 10, 20, 0, 30};

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

Result<void> put(Io& io, const std::string& name, std::string_view content, bool replace = false) {
  auto file = io.create(name, kOrigin);
  if (!file) return fail(file.error());
  if (auto written = (*file)->write(bytes_of(content)); !written) return written;
  return (*file)->publish(replace);
}

std::unique_ptr<PosixIo> open_io(const TempFolder& out, Journalling journalling = Journalling::on) {
  auto io = PosixIo::open(out.path(), journalling);
  EXPECT_TRUE(io);
  return std::move(*io);
}

struct Read {
  std::vector<BeginRecord> begins;
  std::vector<IntentRecord> intents;
  std::vector<DoneRecord> dones;
  std::uint64_t damaged = 0;
};

Read read_journals(const TempFolder& out) {
  Read read;
  for (const std::string& name : out.files()) {
    if (!name.starts_with(".labday/journal-")) continue;
    const std::string text = testing::read_text(out.path() / name);
    const auto scanned = scan_journal(bytes_of(text), [&](JournalRecord record) {
      if (auto* begin = std::get_if<BeginRecord>(&record)) read.begins.push_back(*begin);
      if (auto* intent = std::get_if<IntentRecord>(&record)) read.intents.push_back(*intent);
      if (auto* done = std::get_if<DoneRecord>(&record)) read.dones.push_back(*done);
    });
    EXPECT_TRUE(scanned);
    if (scanned) read.damaged += scanned->damaged_bytes;
  }
  return read;
}

TEST(Journal, HasAnIntentAndADoneRecordOfEachFile) {
  for (const Journalling journalling : {Journalling::on, Journalling::durable}) {
    const TempFolder out;
    const auto io = open_io(out, journalling);
    ASSERT_TRUE(put(*io, "deep/er/a.png", "content"));
    ASSERT_TRUE(put(*io, "b.png", "other"));
    ASSERT_TRUE(io->settle());
    const Read read = read_journals(out);
    ASSERT_EQ(read.begins.size(), 1U);
    WriterId writer = read.begins[0].writer;
    EXPECT_GT(writer.turn, 0U);
    writer.turn = 0;
    EXPECT_EQ(writer, this_writer());
    ASSERT_EQ(read.intents.size(), 2U);
    const IntentRecord& intent = read.intents[0];
    EXPECT_EQ(intent.name, "deep/er/a.png");
    EXPECT_EQ(intent.origin, kOrigin);
    EXPECT_EQ(intent.bytes, 7U);
    EXPECT_EQ(intent.hash, hash128(std::string_view("content")));
    struct stat status {};
    ASSERT_EQ(stat((out / "deep/er/a.png").c_str(), &status), 0);
    EXPECT_EQ(intent.mtime_ns, status.st_mtim.tv_sec * 1'000'000'000 + status.st_mtim.tv_nsec);
    ASSERT_EQ(read.dones.size(), 2U);
    EXPECT_EQ(read.dones[0], (DoneRecord{hash128(intent.name), link_to(intent), false}));
  }
}

TEST(Journal, IsNotKeptWhereNobodyWantsItOrTheOriginIsUnknown) {
  const TempFolder out;
  ASSERT_TRUE(put(*open_io(out, Journalling::off), "a.png", "content"));
  const auto io = open_io(out);
  auto file = *io->create("b.png", {});
  ASSERT_TRUE(file->publish(false));
  EXPECT_EQ(out.files(), (std::vector<std::string>{"a.png", "b.png"}));
}

TEST(Journal, AFileThatGotNoNameIsNotDone) {
  const TempFolder out;
  const auto io = open_io(out);
  out.write("a.png", "somebody else's");
  const auto published = put(*io, "a.png", "content");
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, ErrorCode::exists);
  EXPECT_EQ(testing::read_text(out / "a.png"), "somebody else's");
  ASSERT_EQ(read_journals(out).dones.size(), 1U);
  EXPECT_TRUE(read_journals(out).dones[0].withdrawn);
  EXPECT_EQ(out.files(), (std::vector<std::string>{".labday/journal-0", "a.png"}));
}

TEST(Journal, AFileOfTheSameBytesIsAnotherRunsAndDone) {
  const TempFolder out;
  const auto io = open_io(out);
  out.write("a.png", "content");
  ASSERT_TRUE(put(*io, "a.png", "content"));
  EXPECT_EQ(read_journals(out).dones.size(), 1U);
  EXPECT_EQ(out.files(), (std::vector<std::string>{".labday/journal-0", "a.png"}));
}

TEST(Journal, TakesOverTheFileOfAProcessThatEnded) {
  const TempFolder out;
  for (int run = 0; run < 3; ++run) ASSERT_TRUE(put(*open_io(out), std::to_string(run), "content"));
  EXPECT_EQ(out.files(), (std::vector<std::string>{".labday/journal-0", "0", "1", "2"}));
  EXPECT_EQ(read_journals(out).begins.size(), 3U);
  EXPECT_EQ(read_journals(out).dones.size(), 3U);
}

TEST(Journal, WritersAtTheSameTimeHaveAFileEach) {
  const TempFolder out;
  const auto first = open_io(out);
  const auto second = open_io(out);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(put(*first, "a" + std::to_string(i), "content"));
    ASSERT_TRUE(put(*second, "b" + std::to_string(i), "content"));
  }
  EXPECT_TRUE(std::filesystem::exists(out / ".labday/journal-1"));
  EXPECT_EQ(read_journals(out).dones.size(), 6U);
}

TEST(Journal, OfAForkedProcessIsItsOwn) {
  const TempFolder out;
  const auto io = open_io(out);
  ASSERT_TRUE(put(*io, "parent", "content"));
  const pid_t child = ::fork();
  if (child == 0) ::_exit(put(*io, "child", "content") ? 0 : 1);
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  ASSERT_TRUE(put(*io, "parent again", "content"));
  const Read read = read_journals(out);
  ASSERT_EQ(read.begins.size(), 2U);
  EXPECT_EQ(read.begins[1].writer.pid, child);
  EXPECT_EQ(read.dones.size(), 3U);
  EXPECT_EQ(read.damaged, 0U);
}

TEST(Journal, IsLockedBeforeThereIsATemporaryAndNamesItsWriter) {
  const TempFolder out;
  std::set<WriterId> writers;
  for (int turn = 0; turn < 2; ++turn) {
    const auto io = open_io(out);
    auto file = *io->create("a" + std::to_string(turn), kOrigin);
    const UniqueFd journal(::open((out / ".labday/journal-0").c_str(), O_RDONLY));
    EXPECT_NE(::flock(journal.get(), LOCK_SH | LOCK_NB), 0);
    for (const std::string& name : out.files()) {
      const auto writer = writer_of(name);
      if (!writer) continue;
      EXPECT_EQ(read_journals(out).begins.back().writer, *writer);
      writers.insert(*writer);
    }
    ASSERT_TRUE(file->publish(false));
  }
  EXPECT_EQ(writers.size(), 2U) << "with each journal that it takes a process is another writer";
}

TEST(Journal, IsNotWrittenThroughALink) {
  const TempFolder elsewhere;
  const TempFolder out;
  std::filesystem::create_directory_symlink(elsewhere.path(), out / ".labday");
  const auto put_there = put(*open_io(out), "a.png", "content");
  ASSERT_FALSE(put_there);
  EXPECT_EQ(put_there.error().code, ErrorCode::linked_folder);
  EXPECT_EQ(put_there.error().path, out / "a.png");
  EXPECT_NE(put_there.error().detail.find(out / ".labday"), std::string::npos);
  EXPECT_TRUE(elsewhere.files().empty());
}

TEST(Journal, WhatHasItsNameAndIsNoFileIsLeftAlone) {
  const TempFolder elsewhere;
  const TempFolder out;
  std::filesystem::create_directories(out / ".labday/journal-1");
  ASSERT_EQ(::mkfifo((out / ".labday/journal-0").c_str(), 0600), 0);
  std::filesystem::create_symlink(elsewhere.write("a", "text"), out / ".labday/journal-2");
  ASSERT_TRUE(put(*open_io(out), "a.png", "content"));
  EXPECT_TRUE(std::filesystem::is_regular_file(out / ".labday/journal-3"));
  EXPECT_EQ(testing::read_text(elsewhere / "a"), "text");
}

TEST(Journal, ThreadsAndProcessesDoNotDamageOneAnothersRecords) {
  constexpr int kProcesses = 3;
  constexpr int kThreads = 4;
  constexpr int kFiles = 40;
  const TempFolder out;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto io = open_io(out, process == 0 ? Journalling::durable : Journalling::on);
      std::vector<std::thread> threads;
      std::atomic<int> failed{0};
      for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
          for (int i = 0; i < kFiles; ++i) {
            const std::string name = std::to_string(process) + "-" + std::to_string(thread * kFiles + i);
            if (!put(*io, name, name)) ++failed;
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      ::_exit(failed == 0 && io->settle() ? 0 : 1);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = -1;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
  }
  const Read read = read_journals(out);
  EXPECT_EQ(read.damaged, 0U);
  std::set<std::string> names;
  for (const IntentRecord& intent : read.intents) names.insert(intent.name);
  EXPECT_EQ(names.size(), std::size_t{kProcesses * kThreads * kFiles});
  EXPECT_EQ(read.dones.size(), names.size());
}

TEST(Journal, AHeaderThatWasCutOffIsWrittenAgainAndOneOfAnotherVersionLeftAlone) {
  const TempFolder out;
  out.write(".labday/journal-0", "labday journal 2\n and what only that one knows");
  out.write(".labday/journal-1", "labday jou");
  ASSERT_TRUE(put(*open_io(out), "a.png", "content"));
  EXPECT_EQ(testing::read_text(out / ".labday/journal-0"), "labday journal 2\n and what only that one knows");
  EXPECT_TRUE(testing::read_text(out / ".labday/journal-1").starts_with(kJournalHeader));
}

/// Drives the steps of a file's life; `fault` sees each call first, and answers it where it returns one.
struct Driver {
  std::function<std::optional<FileAnswer>(const FileCall&)> fault;
  std::vector<FileCall::Kind> calls;

  template <class T>
  T operator()(FileSteps<T> steps) {
    while (const FileCall* call = steps.wanted()) {
      calls.push_back(call->kind);
      const auto answer = fault ? fault(*call) : std::nullopt;
      steps.answer(answer ? *answer : execute(*call));
    }
    return steps.take();
  }
};

TEST(Journal, DurableMeansContentIntentNameDoneInThisOrderOnTheDisk) {
  const TempFolder out;
  OutputFolder folder(out.path(), UniqueFd(::open(out.path().c_str(), O_PATH | O_DIRECTORY)),
                      Journalling::durable);
  Driver drive;
  auto file = *drive(create_steps(folder, "a.png", kOrigin));
  ASSERT_TRUE(drive(write_steps(file, bytes_of("content"))));
  drive.calls.clear();
  ASSERT_TRUE(drive(publish_steps(folder, file, false)));
  ASSERT_TRUE(drive(folder.journal()->settle_steps()));
  // content; its state; the intent; the name; the folder; done; and that on the disk, too
  EXPECT_EQ(drive.calls,
            (std::vector<Kind>{Kind::sync, Kind::status, Kind::close, Kind::write, Kind::sync, Kind::rename,
                               Kind::open, Kind::sync, Kind::close, Kind::write, Kind::sync}));
}

TEST(Journal, ManyFilesShareTheSyncsOfTheirFolder) {
  const TempFolder out;
  OutputFolder folder(out.path(), UniqueFd(::open(out.path().c_str(), O_PATH | O_DIRECTORY)),
                      Journalling::durable);
  int folders = 0;
  Driver drive{[&](const FileCall& call) -> std::optional<FileAnswer> {
                 folders += call.kind == Kind::open && (call.flags & O_DIRECTORY) != 0 ? 1 : 0;
                 return std::nullopt;
               },
               {}};
  for (int i = 0; i < 200; ++i) {
    auto file = *drive(create_steps(folder, std::to_string(i), kOrigin));
    ASSERT_TRUE(drive(publish_steps(folder, file, false)));
  }
  EXPECT_EQ(folders, 3);
  EXPECT_EQ(read_journals(out).dones.size(), 192U);
  ASSERT_TRUE(drive(folder.journal()->settle_steps()));
  EXPECT_EQ(folders, 4);
  EXPECT_EQ(read_journals(out).dones.size(), 200U);
}

TEST(Journal, NewFoldersAreMadeDurableInTheirParents) {
  const TempFolder out;
  OutputFolder folder(out.path(), UniqueFd(::open(out.path().c_str(), O_PATH | O_DIRECTORY)),
                      Journalling::durable);
  std::vector<std::string> synced;
  Driver drive{[&](const FileCall& call) -> std::optional<FileAnswer> {
                 const bool on_the_way = (call.flags & O_PATH) != 0;
                 if (call.kind == Kind::open && (call.flags & O_DIRECTORY) != 0 && !on_the_way)
                   synced.emplace_back(call.path);
                 return std::nullopt;
               },
               {}};
  auto file = *drive(create_steps(folder, "x/y/a.png", kOrigin));
  ASSERT_TRUE(drive(publish_steps(folder, file, false)));
  ASSERT_TRUE(drive(folder.journal()->settle_steps()));
  EXPECT_EQ(synced, (std::vector<std::string>{".", "x", "x/y"}));
}

TEST(Journal, AFolderCountsAsDurableOnlyOnceItIs) {
  const TempFolder out;
  OutputFolder folder(out.path(), UniqueFd(::open(out.path().c_str(), O_PATH | O_DIRECTORY)),
                      Journalling::durable);
  Driver plain;
  auto put_one = [&](const std::string& name) {
    auto file = *plain(create_steps(folder, name, kOrigin));
    ASSERT_TRUE(plain(publish_steps(folder, file, false)));
  };
  put_one("x/a.png");
  // One thread is about to sync the folders; another one comes to the same question meanwhile.
  auto first = folder.journal()->settle_steps();
  ASSERT_NE(first.wanted(), nullptr);
  put_one("x/b.png");
  std::vector<std::string> synced;
  Driver drive{[&](const FileCall& call) -> std::optional<FileAnswer> {
                 if (call.kind == Kind::open) synced.emplace_back(call.path);
                 return std::nullopt;
               },
               {}};
  ASSERT_TRUE(drive(folder.journal()->settle_steps()));
  EXPECT_EQ(synced, (std::vector<std::string>{".", "x"})) << "the other one's sync may still fail";
  while (const FileCall* call = first.wanted()) first.answer(execute(*call));
  ASSERT_TRUE(first.take());
}

TEST(Journal, AfterAFailedSyncNothingIsCalledDurable) {
  for (const bool of_folder : {false, true}) {
    const TempFolder out;
    OutputFolder folder(out.path(), UniqueFd(::open(out.path().c_str(), O_PATH | O_DIRECTORY)),
                        Journalling::durable);
    int syncs = 0;
    Driver drive{[&](const FileCall& call) -> std::optional<FileAnswer> {
                   // of the content, of the intent, of the folder
                   if (call.kind == Kind::sync && ++syncs == (of_folder ? 3 : 2)) return -EIO;
                   return std::nullopt;
                 },
                 {}};
    auto file = *drive(create_steps(folder, "a.png", kOrigin));
    Result<void> ended = drive(publish_steps(folder, file, false));
    EXPECT_EQ(static_cast<bool>(ended), of_folder);
    if (!ended) drive(discard_steps(folder, file));
    if (of_folder) {
      EXPECT_FALSE(drive(folder.journal()->settle_steps()));
    }
    // The system calls the next sync a success, whatever it has lost.
    auto next = *drive(create_steps(folder, "b.png", kOrigin));
    EXPECT_FALSE(drive(publish_steps(folder, next, false)));
    drive(discard_steps(folder, next));
    EXPECT_FALSE(drive(folder.journal()->settle_steps()));
    EXPECT_FALSE(std::filesystem::exists(out / "b.png"));
  }
}

TEST(Journal, AFailureOfAnyCallIsToldAndNothingIsDoneThatIsNot) {
  for (const Journalling journalling : {Journalling::on, Journalling::durable}) {
    int failures = 0;
    for (int failing = 0; failing < 16; ++failing) {
      const TempFolder out;
      OutputFolder folder(out.path(), UniqueFd(::open(out.path().c_str(), O_PATH | O_DIRECTORY)),
                          journalling);
      int turn = failing;
      Driver drive{[&](const FileCall& call) -> std::optional<FileAnswer> {
                     if (call.kind == Kind::remove || call.kind == Kind::close || turn-- != 0)
                       return std::nullopt;
                     return -EIO;
                   },
                   {}};
      auto file = drive(create_steps(folder, "a.png", kOrigin));
      Result<void> ended = file ? drive(write_steps(*file, bytes_of("content"))) : fail(file.error());
      if (ended) ended = drive(publish_steps(folder, *file, false));
      if (ended) ended = drive(folder.journal()->settle_steps());
      if (!ended && file) drive(discard_steps(folder, *file));
      const bool placed = std::filesystem::exists(out / "a.png");
      const Read read = read_journals(out);
      if (ended) {
        EXPECT_TRUE(placed);
        EXPECT_EQ(read.dones.size(), 1U);
        continue;
      }
      ++failures;
      EXPECT_EQ(ended.error().stage, Stage::write);
      EXPECT_EQ(ended.error().code, ErrorCode::io);
      // A done record may be there where only its own sync failed; then so is the file.
      const auto dones = std::count_if(read.dones.begin(), read.dones.end(),
                                       [](const DoneRecord& done) { return !done.withdrawn; });
      EXPECT_LE(dones, placed ? 1 : 0) << "call " << failing;
      EXPECT_TRUE(!placed || read.intents.size() == 1) << "call " << failing;
      for (const std::string& name : out.files()) EXPECT_FALSE(name.starts_with(".labday-tmp-")) << name;
    }
    // open, write, status, intent, rename, done; durable: three more syncs, a folder to open and to sync
    EXPECT_EQ(failures, journalling == Journalling::on ? 6 : 11);
  }
}

TEST(Journal, ARecordThatDoesNotFitIsAFullDiskAndTheNextOneIsRead) {
  const TempFolder out;
  OutputFolder folder(out.path(), UniqueFd(::open(out.path().c_str(), O_PATH | O_DIRECTORY)),
                      Journalling::on);
  bool full = true;
  Driver drive{[&](const FileCall& call) -> std::optional<FileAnswer> {
                 if (!full || call.kind != Kind::write || call.size < 100) return std::nullopt;
                 FileCall half = call;
                 half.size /= 2;
                 return execute(half);
               },
               {}};
  auto file = *drive(create_steps(folder, "a.png", kOrigin));
  const auto published = drive(publish_steps(folder, file, false));
  ASSERT_FALSE(published);
  EXPECT_EQ(published.error().code, ErrorCode::no_space);
  drive(discard_steps(folder, file));
  EXPECT_FALSE(std::filesystem::exists(out / "a.png"));
  full = false;
  file = *drive(create_steps(folder, "b.png", kOrigin));
  ASSERT_TRUE(drive(publish_steps(folder, file, false)));
  const Read read = read_journals(out);
  EXPECT_GT(read.damaged, 0U);
  ASSERT_EQ(read.intents.size(), 1U);
  EXPECT_EQ(read.intents[0].name, "b.png");
}

}  // namespace
}  // namespace labday
