#include "transport/ring.h"

#include <gtest/gtest.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/temp_folder.h"
#include "transport/async_group.h"

namespace labday {
namespace {

using testing::TempFolder;

class RingTest : public ::testing::Test {
 protected:
  void SetUp() override {
    auto ring = Ring::open(3);
    if (!ring) GTEST_SKIP() << "there is no io_uring here: " << ring.error().detail;
    ring_ = std::move(*ring);
    loop_.emplace(*ring_);
    ring_->attach(*loop_);
  }

  FileAnswer call(const FileCall& call) {
    FileAnswer answer = 0;
    const auto once = [&]() -> Async<void> { answer = co_await AwaitCall(*ring_, call); };
    loop_->run(once());
    return answer;
  }

  std::unique_ptr<Ring> ring_;
  std::optional<EventLoop> loop_;
};

FileCall named(FileCall::Kind kind, const std::string& path, int flags = 0, const std::string& to = "") {
  FileCall call;
  call.kind = kind;
  call.descriptor = AT_FDCWD;
  call.path = path.c_str();
  call.flags = flags;
  call.new_path = to.empty() ? nullptr : to.c_str();
  return call;
}

using Kind = FileCall::Kind;

/// Every kind of call, and its usual failures, in an order in which each changes what the next one finds.
std::vector<FileAnswer> answers(const TempFolder& folder,
                                const std::function<FileAnswer(const FileCall&)>& ask) {
  const std::string file = folder / "file";
  const std::string other = folder / "other";
  const std::string below = folder / "below";
  std::vector<FileAnswer> all;
  const auto add = [&](FileAnswer answer) { all.push_back(answer); };
  add(ask(named(Kind::open, file, O_RDONLY)));
  const FileAnswer opened = ask(named(Kind::open, file, O_RDWR | O_CREAT | O_EXCL));
  EXPECT_GE(opened, 0);
  add(ask(named(Kind::open, file, O_RDWR | O_CREAT | O_EXCL)));
  std::string text = "some text";
  FileCall transfer;
  transfer.kind = Kind::write;
  transfer.descriptor = static_cast<int>(opened);
  transfer.buffer = text.data();
  transfer.size = text.size();
  transfer.offset = 3;
  add(ask(transfer));
  std::string read(20, '?');
  transfer.kind = Kind::read;
  transfer.buffer = read.data();
  transfer.size = read.size();
  transfer.offset = 5;
  add(ask(transfer));
  EXPECT_EQ(read.substr(0, 8), "me text?");
  transfer.offset = 100;
  add(ask(transfer));
  struct statx status {};
  FileCall look = named(Kind::status, file, AT_SYMLINK_NOFOLLOW);
  look.status = &status;
  add(ask(look));
  EXPECT_EQ(status.stx_size, 12U);
  EXPECT_TRUE(S_ISREG(status.stx_mode));
  FileCall close;
  close.kind = Kind::close;
  close.descriptor = static_cast<int>(opened);
  add(ask(close));
  transfer.kind = Kind::write;
  add(ask(transfer));  // it is closed
  add(ask(named(Kind::make_folder, below)));
  add(ask(named(Kind::make_folder, below)));
  add(ask(named(Kind::link, file, 0, other)));
  add(ask(named(Kind::rename, file, RENAME_NOREPLACE, other)));
  add(ask(named(Kind::rename, file, 0, below + "/moved")));
  add(ask(named(Kind::remove, below, AT_REMOVEDIR)));
  add(ask(named(Kind::remove, below + "/moved")));
  add(ask(named(Kind::remove, below, AT_REMOVEDIR)));
  add(ask(named(Kind::remove, file)));
  EXPECT_EQ(folder.files(), std::vector<std::string>{"other"});
  return all;
}

TEST_F(RingTest, AnswersEveryCallAsTheSystemCallDoes) {
  const TempFolder one;
  const TempFolder two;
  const auto expected = answers(one, [](const FileCall& c) { return execute(c); });
  EXPECT_EQ(answers(two, [this](const FileCall& c) { return call(c); }), expected);
  EXPECT_EQ(expected[0], -ENOENT);
}

TEST_F(RingTest, TakesMoreCallsAtOnceThanItHasEntries) {
  constexpr std::size_t kCount = 1000;
  const TempFolder folder;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kCount; ++i) names.push_back(folder / std::to_string(i));
  std::size_t made = 0;
  const auto one = [&](const std::string& name) -> Async<void> {
    const FileCall make = named(Kind::make_folder, name);
    const FileAnswer answer = co_await AwaitCall(*ring_, make);
    made += answer == 0 ? 1 : 0;
  };
  const auto all = [&]() -> Async<void> {
    AsyncGroup group(*loop_);
    for (const std::string& name : names) group.spawn(one(name));
    co_await group.join();
  };
  loop_->run(all());
  EXPECT_EQ(made, kCount);
  for (const std::string& name : names) EXPECT_TRUE(std::filesystem::is_directory(name));
}

// Such a file system cannot tell the ring that a read would not block, and answers EAGAIN.
TEST_F(RingTest, ReadsFilesOpenedWithoutBlockingOnEveryFileSystem) {
  for (const char* file :
       {"/proc/self/status", "/proc/version", "/sys/kernel/mm/transparent_hugepage/enabled"}) {
    if (access(file, R_OK) != 0) continue;
    const std::string path = file;
    const FileAnswer opened = call(named(Kind::open, path, O_RDONLY | O_NONBLOCK));
    ASSERT_GE(opened, 0) << path;
    std::string text(100, '?');
    FileCall read;
    read.kind = Kind::read;
    read.descriptor = static_cast<int>(opened);
    read.buffer = text.data();
    read.size = text.size();
    EXPECT_GT(call(read), 0) << path;
    ::close(static_cast<int>(opened));
  }
}

TEST_F(RingTest, LeavesNoDescriptor) {
  const auto count = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = count();
  ASSERT_TRUE(Ring::open(1));
  EXPECT_EQ(count(), before);
}

}  // namespace
}  // namespace labday
