// The steps of files, with a failure at each of their calls in turn.
#include "pipeline/whole_file.h"

#include <gtest/gtest.h>
#include <stdio.h>

#include <cerrno>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;
using Kind = FileCall::Kind;
using Answerer = std::function<FileAnswer(const FileCall&)>;

template <class T>
T drive(FileSteps<T> steps, const Answerer& answer) {
  while (const FileCall* call = steps.wanted()) steps.answer(answer(*call));
  return steps.take();
}

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

class WholeFile : public ::testing::Test {
 protected:
  WholeFile() : folder_(out_.path(), UniqueFd(::open(out_.path().c_str(), O_PATH | O_DIRECTORY))) {}

  /// The life of a file, given up where a step fails.
  Result<void> write_file(const std::string& name, const Answerer& answer, bool replace = false) {
    auto file = drive(create_steps(folder_, name, origin_), answer);
    if (!file) return fail(file.error());
    Result<void> ended = drive(write_steps(*file, bytes_of("content")), answer);
    if (ended) ended = drive(publish_steps(folder_, *file, replace), answer);
    if (!ended) drive(discard_steps(folder_, *file), answer);
    return ended;
  }

  [[nodiscard]] bool empty() const { return std::filesystem::is_empty(out_.path()); }

  TempFolder out_;
  OutputFolder folder_;
  Origin origin_;
};

/// Executes calls but for the one whose turn it is; closing and removing happen all the same.
Answerer failing_at(int& turn, int error_number) {
  return [&turn, error_number](const FileCall& call) -> FileAnswer {
    const bool fails = turn-- == 0 && call.kind != Kind::remove;
    const FileAnswer answer = fails && call.kind != Kind::close ? 0 : execute(call);
    return fails ? -error_number : answer;
  };
}

TEST_F(WholeFile, AFailureOfAnyCallLeavesNothingAndIsTold) {
  int failures = 0;
  for (int failing = 0; failing < 20; ++failing) {
    int turn = failing;
    const auto written = write_file("deep/er/a.png", failing_at(turn, EIO));
    if (written) {
      EXPECT_TRUE(std::filesystem::remove(out_ / "deep/er/a.png"));
      std::filesystem::remove_all(out_ / "deep");
      continue;
    }
    ++failures;
    EXPECT_EQ(written.error().stage, Stage::write);
    EXPECT_EQ(written.error().code, ErrorCode::io);
    EXPECT_EQ(written.error().path, out_ / "deep/er/a.png");
    EXPECT_TRUE(empty()) << "call " << failing;
  }
  // of each folder: open, make, open; then open, write, close, rename
  EXPECT_EQ(failures, 10);
}

TEST_F(WholeFile, AsksForFoldersOnlyWhereTheyAreMissing) {
  std::vector<Kind> kinds;
  const auto note = [&](const FileCall& call) {
    kinds.push_back(call.kind);
    return execute(call);
  };
  ASSERT_TRUE(write_file("deep/a.png", note));
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::open, Kind::make_folder, Kind::open, Kind::open, Kind::write,
                                      Kind::close, Kind::rename}));
  kinds.clear();
  ASSERT_TRUE(write_file("deep/b.png", note));
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::open, Kind::open, Kind::write, Kind::close, Kind::rename}));
  kinds.clear();
  ASSERT_TRUE(write_file("c.png", note));
  EXPECT_EQ(kinds, (std::vector<Kind>{Kind::open, Kind::write, Kind::close, Kind::rename}));
}

TEST_F(WholeFile, NothingIsWrittenSeenOrRemovedThroughALinkedFolder) {
  const TempFolder elsewhere;
  std::filesystem::create_directory(elsewhere / "empty");
  std::filesystem::create_directory_symlink(elsewhere.path(), out_ / "link");
  std::filesystem::create_directory(out_ / "deep");
  std::filesystem::create_directory_symlink(elsewhere.path(), out_ / "deep/er");
  elsewhere.write("there.png", "content");
  for (const char* name : {"link/a.png", "link/empty/a.png", "deep/er/new/a.png"}) {
    const auto written = write_file(name, execute);
    ASSERT_FALSE(written) << name;
    EXPECT_EQ(written.error().code, ErrorCode::linked_folder);
    EXPECT_EQ(written.error().path, out_ / name);
    const std::string link = std::string(name).starts_with("link") ? "link" : "deep/er";
    EXPECT_NE(written.error().detail.find(out_ / link), std::string::npos) << written.error().detail;
  }
  EXPECT_FALSE(drive(exists_steps(folder_, "link/there.png"), execute));
  EXPECT_FALSE(drive(remove_folders_steps(folder_.descriptor(), {"link/empty"}), execute));
  EXPECT_EQ(elsewhere.files(), std::vector<std::string>{"there.png"});
  EXPECT_TRUE(std::filesystem::exists(elsewhere / "empty"));
}

TEST_F(WholeFile, AFolderThatBecomesALinkWhileItsFileIsWrittenKeepsTheFile) {
  const TempFolder elsewhere;
  auto file = drive(create_steps(folder_, "deep/a.png", origin_), execute);
  ASSERT_TRUE(file);
  std::filesystem::rename(out_ / "deep", out_ / "moved");
  std::filesystem::create_directory_symlink(elsewhere.path(), out_ / "deep");
  ASSERT_TRUE(drive(write_steps(*file, bytes_of("content")), execute));
  ASSERT_TRUE(drive(publish_steps(folder_, *file, false), execute));
  EXPECT_TRUE(elsewhere.files().empty());
  EXPECT_EQ(testing::read_text(out_ / "moved/a.png"), "content");
}

TEST_F(WholeFile, AFileInTheWayOfAFolderIsNamed) {
  out_.write("deep", "mine");
  const auto written = write_file("deep/a.png", execute);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::not_a_file);
  EXPECT_NE(written.error().detail.find(out_ / "deep"), std::string::npos);
  EXPECT_EQ(testing::read_text(out_ / "deep"), "mine");
}

TEST_F(WholeFile, WritesOnWhereTheSystemTookOnlyAPart) {
  const auto by_bytes = [](const FileCall& call) {
    FileCall part = call;
    if (call.kind == Kind::write) part.size = 1;
    return execute(part);
  };
  ASSERT_TRUE(write_file("a.png", by_bytes));
  EXPECT_EQ(testing::read_text(out_ / "a.png"), "content");
}

TEST_F(WholeFile, WhereNamesCannotBeTakenWithoutReplacingALinkIsMadeInstead) {
  const auto old_system = [](const FileCall& call) -> FileAnswer {
    return call.kind == Kind::rename && call.flags != 0 ? -EINVAL : execute(call);
  };
  ASSERT_TRUE(write_file("a.png", old_system));
  EXPECT_EQ(out_.files(), std::vector<std::string>{"a.png"});
  const auto again = write_file("a.png", old_system);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::exists);
  EXPECT_EQ(out_.files(), std::vector<std::string>{"a.png"});
  EXPECT_TRUE(write_file("a.png", old_system, true));
}

TEST_F(WholeFile, AFolderThatVanishesIsMadeAgain) {
  int vanishing = 3;
  const auto answer = [&](const FileCall& call) {
    if (call.kind == Kind::open && vanishing-- > 0) std::filesystem::remove(out_ / "deep");
    return execute(call);
  };
  ASSERT_TRUE(write_file("deep/a.png", answer));
  EXPECT_EQ(out_.files(), std::vector<std::string>{"deep/a.png"});
}

TEST_F(WholeFile, AFolderThatNeverStaysIsAnErrorInTheEnd) {
  const auto answer = [&](const FileCall& call) -> FileAnswer {
    return call.kind == Kind::open ? -ENOENT : execute(call);
  };
  const auto written = write_file("deep/a.png", answer);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().code, ErrorCode::not_found);
  EXPECT_TRUE(empty());
}

TEST_F(WholeFile, AFailureOfAnyCallOfReadingIsToldAndTheFileClosed) {
  const std::string path = out_.write("a", "content");
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = descriptors();
  for (int failing = 0; failing < 3; ++failing) {  // open, status, read
    int turn = failing;
    const auto read = drive(read_file_steps(path, 100), failing_at(turn, EIO));
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().stage, Stage::read);
    EXPECT_EQ(read.error().path, path);
    EXPECT_EQ(descriptors(), before);
  }
}

TEST_F(WholeFile, IsReadByOneCall) {
  const std::string path = out_.write("a", "content");
  std::vector<Kind> calls;
  const auto noting = [&](const FileCall& call) {
    calls.push_back(call.kind);
    return execute(call);
  };
  ASSERT_TRUE(drive(read_file_steps(path, 100), noting));
  EXPECT_EQ(calls, (std::vector{Kind::open, Kind::status, Kind::read, Kind::close}));
}

TEST_F(WholeFile, ReadsOnWhereTheSystemGaveOnlyAPartAndNoticesGrowth) {
  const std::string path = out_.write("a", "content");
  const auto by_bytes = [](const FileCall& call) {
    FileCall part = call;
    if (call.kind == Kind::read) part.size = 1;
    return execute(part);
  };
  const auto read = drive(read_file_steps(path, 100), by_bytes);
  ASSERT_TRUE(read);
  EXPECT_EQ(std::string(read->begin(), read->end()), "content");
  const auto growing = [&](const FileCall& call) {
    const FileAnswer answer = execute(call);
    if (call.kind == Kind::status) out_.write("a", "more content");
    return answer;
  };
  const auto growing_by_bytes = [&](const FileCall& call) {
    return call.kind == Kind::read ? by_bytes(call) : growing(call);
  };
  for (const auto& answers : {std::function<FileAnswer(const FileCall&)>(growing),
                              std::function<FileAnswer(const FileCall&)>(growing_by_bytes)}) {
    out_.write("a", "content");
    const auto grown = drive(read_file_steps(path, 100), answers);
    ASSERT_FALSE(grown);
    EXPECT_EQ(grown.error().detail, "it grew while it was read");
  }
}

TEST_F(WholeFile, StepsThatAreGivenUpHalfWayCloseTheirFile) {
  const std::string path = out_.write("a", "content");
  const auto descriptors = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = descriptors();
  {
    auto steps = read_file_steps(path, 100);
    steps.answer(execute(*steps.wanted()));
    EXPECT_EQ(descriptors(), before + 1);
  }
  EXPECT_EQ(descriptors(), before);
}

}  // namespace
}  // namespace labday
