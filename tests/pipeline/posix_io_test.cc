#include "pipeline/posix_io.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "pipeline/temporaries.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

TEST(PosixIo, AFileAppearsUnderItsNameOnlyWhenItIsWhole) {
  const TempFolder out;
  const auto io = *PosixIo::open(out.path());
  auto file = *io->create("a.png", {});
  ASSERT_TRUE(file->write(bytes_of("one ")));
  ASSERT_EQ(out.files().size(), 1U);
  EXPECT_TRUE(out.files()[0].starts_with(".labday-tmp-"));
  ASSERT_TRUE(file->write(bytes_of("two")));
  ASSERT_TRUE(file->publish(false));
  EXPECT_EQ(out.files(), std::vector<std::string>{"a.png"});
  EXPECT_EQ(testing::read_text(out / "a.png"), "one two");
}

TEST(PosixIo, AFileThatIsGivenUpLeavesNothingNotEvenItsFolders) {
  const TempFolder out;
  const auto io = *PosixIo::open(out.path());
  {
    auto file = *io->create("deep/er/a.png", {});
    ASSERT_TRUE(file->write(bytes_of("half")));
  }
  EXPECT_TRUE(std::filesystem::is_empty(out.path()));
}

TEST(PosixIo, FoldersThatOthersUseStay) {
  const TempFolder out;
  const auto io = *PosixIo::open(out.path());
  {
    auto given_up = *io->create("deep/er/a.png", {});
    auto kept = *io->create("deep/b.png", {});
    ASSERT_TRUE(kept->publish(false));
  }
  EXPECT_EQ(out.files(), std::vector<std::string>{"deep/b.png"});
  EXPECT_FALSE(std::filesystem::exists(out.path() / "deep/er"));
}

TEST(PosixIo, AnExistingFileIsReplacedOnlyIfAsked) {
  const TempFolder out;
  out.write("a.png", "old");
  const auto io = *PosixIo::open(out.path());
  {
    auto file = *io->create("a.png", {});
    ASSERT_TRUE(file->write(bytes_of("new")));
    const auto published = file->publish(false);
    ASSERT_FALSE(published);
    EXPECT_EQ(published.error().code, ErrorCode::exists);
  }
  EXPECT_EQ(testing::read_text(out / "a.png"), "old");
  EXPECT_EQ(out.files().size(), 1U);
  auto file = *io->create("a.png", {});
  ASSERT_TRUE(file->write(bytes_of("new")));
  ASSERT_TRUE(file->publish(true));
  EXPECT_EQ(testing::read_text(out / "a.png"), "new");
}

TEST(PosixIo, ATemporaryThatADeadProcessLeftIsNotInTheWay) {
  const TempFolder out;
  const auto io = *PosixIo::open(out.path());
  out.write(temporary_name(this_writer(), 0), "stale");
  auto file = io->create("a.png", {});
  ASSERT_TRUE(file) << file.error().detail;
  ASSERT_TRUE((*file)->publish(false));
}

TEST(PosixIo, TheModeIs0666LessTheUmask) {
  const TempFolder out;
  const auto io = *PosixIo::open(out.path());
  const mode_t before = umask(027);
  auto file = *io->create("a.png", {});
  ASSERT_TRUE(file->publish(false));
  umask(before);
  struct stat status {};
  ASSERT_EQ(stat((out / "a.png").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
}

TEST(PosixIo, MakesTheOutputFolderAndItsParents) {
  const TempFolder folder;
  ASSERT_TRUE(PosixIo::open(folder / "a/b/c"));
  EXPECT_TRUE(std::filesystem::is_directory(folder / "a/b/c"));
  folder.write("file", "");
  EXPECT_FALSE(PosixIo::open(folder / "file"));
  EXPECT_FALSE(PosixIo::open(folder / "file/x"));
}

TEST(ReadWholeFile, SaysWhatIsWrong) {
  const TempFolder folder;
  ASSERT_EQ(mkfifo((folder / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(read_whole_file(folder / "none", 10).error().code, ErrorCode::not_found);
  EXPECT_EQ(read_whole_file(folder.path(), 10).error().code, ErrorCode::not_a_file);
  EXPECT_EQ(read_whole_file(folder / "fifo", 10).error().code, ErrorCode::not_a_file);
  EXPECT_EQ(read_whole_file(folder.write("empty", ""), 10).error().code, ErrorCode::empty_file);
  EXPECT_EQ(read_whole_file(folder.write("long", "12345678901"), 10).error().code, ErrorCode::over_limit);
  const auto read = read_whole_file(folder.write("right", "1234567890"), 10);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->size(), 10U);
}

}  // namespace
}  // namespace labday
