#include "lab/scratch.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <limits>

#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;
namespace fs = std::filesystem;

TEST(Scratch, IsAPrivateFolderThatGoesWithItsOwner) {
  const TempFolder parent;
  std::string folder;
  {
    const Result<Scratch> scratch = Scratch::create(parent.path().string(), 0);
    ASSERT_TRUE(scratch.has_value());
    folder = scratch->folder();
    EXPECT_EQ(fs::path(folder).parent_path(), parent.path());
    EXPECT_EQ(fs::path(folder).filename().string().rfind("labday-bench-", 0), 0U);
    struct stat info {};
    ASSERT_EQ(::stat(folder.c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777U, 0700U);
    fs::create_directories(folder + "/deep/er");
    fs::create_symlink("/nowhere", folder + "/deep/link");
  }
  EXPECT_FALSE(fs::exists(folder));
}

TEST(Scratch, EmptiesItselfAndStays) {
  const TempFolder parent;
  Result<Scratch> scratch = Scratch::create(parent.path().string(), 0);
  ASSERT_TRUE(scratch.has_value());
  fs::create_directories(scratch->folder() + "/a/b");
  ASSERT_TRUE(scratch->empty().has_value());
  EXPECT_TRUE(fs::is_empty(scratch->folder()));
}

TEST(Scratch, DoesNotFollowLinksOutOfItself) {
  const TempFolder parent;
  const TempFolder other;
  const std::string kept = other.write("kept", "x");
  Result<Scratch> scratch = Scratch::create(parent.path().string(), 0);
  ASSERT_TRUE(scratch.has_value());
  fs::create_directory_symlink(other.path(), scratch->folder() + "/link");
  ASSERT_TRUE(scratch->empty().has_value());
  EXPECT_TRUE(fs::exists(kept));
}

TEST(Scratch, MovesLeaveOneOwner) {
  const TempFolder parent;
  Result<Scratch> first = Scratch::create(parent.path().string(), 0);
  Result<Scratch> second = Scratch::create(parent.path().string(), 0);
  const std::string gone = second->folder();
  const std::string kept = first->folder();
  *second = std::move(*first);
  EXPECT_FALSE(fs::exists(gone));
  EXPECT_TRUE(fs::exists(kept));
  EXPECT_EQ(second->folder(), kept);
}

TEST(Scratch, SaysWhereTooLittleIsFreeAndLeavesNothing) {
  const TempFolder parent;
  const Result<Scratch> scratch =
      Scratch::create(parent.path().string(), std::numeric_limits<std::uint64_t>::max());
  ASSERT_FALSE(scratch.has_value());
  EXPECT_EQ(scratch.error().code, ErrorCode::no_space);
  EXPECT_TRUE(fs::is_empty(parent.path()));
}

TEST(Scratch, RemovesWhatALabdayThatWasKilledLeftBehind) {
  const TempFolder parent;
  const std::string folder = parent / "labday-bench-killed";
  fs::create_directories(folder + "/deep/er");
  fs::permissions(folder, fs::perms::owner_all);
  EXPECT_EQ(Scratch::remove_left_behind(folder), Scratch::Left::removed);
  EXPECT_FALSE(fs::exists(folder));
  EXPECT_EQ(Scratch::remove_left_behind(folder), Scratch::Left::nothing);
}

TEST(Scratch, OfTheNextLabdayTakesAwayWhatWasLeftBehindAndNothingElse) {
  const TempFolder parent;
  const std::string killed = parent / "labday-bench-killed";
  const std::string another = parent / "another-folder";
  for (const std::string& folder : {killed, another}) {
    fs::create_directories(folder + "/deep/er");
    fs::permissions(folder, fs::perms::owner_all);
  }
  const Result<Scratch> used = Scratch::create(parent.path().string(), 0);
  const Result<Scratch> next = Scratch::create(parent.path().string(), 0);
  EXPECT_FALSE(fs::exists(killed));
  EXPECT_TRUE(fs::exists(another));
  EXPECT_TRUE(fs::exists(used->folder()));
  EXPECT_TRUE(fs::exists(next->folder()));
}

TEST(Scratch, LeavesAloneWhatIsInUseOrNoScratchFolder) {
  const TempFolder parent;
  const Result<Scratch> used = Scratch::create(parent.path().string(), 0);
  EXPECT_EQ(Scratch::remove_left_behind(used->folder()), Scratch::Left::in_use);
  const std::string photos = parent / "photos";
  fs::create_directory(photos);
  fs::permissions(photos, fs::perms::owner_all);
  const std::string open = parent / "labday-bench-open";
  fs::create_directory(open);
  fs::permissions(open, fs::perms::all);
  const std::string link = parent / "labday-bench-link";
  fs::create_directory_symlink(photos, link);
  for (const std::string& other : {photos, open, link}) {
    EXPECT_EQ(Scratch::remove_left_behind(other), Scratch::Left::nothing) << other;
    EXPECT_TRUE(fs::exists(other)) << other;
  }
}

TEST(Scratch, NeedsAParent) {
  const Result<Scratch> scratch = Scratch::create("/no/such/folder", 0);
  ASSERT_FALSE(scratch.has_value());
  EXPECT_EQ(scratch.error().code, ErrorCode::not_found);
  EXPECT_EQ(scratch.error().path, "/no/such/folder");
}

TEST(Scratch, IsMadeInTmpdirUnlessThatIsNotSet) {
  const char* set = std::getenv("TMPDIR");
  const std::string before = set != nullptr ? set : "";
  ::setenv("TMPDIR", "/somewhere", 1);
  EXPECT_EQ(default_scratch_parent(), "/somewhere");
  ::setenv("TMPDIR", "", 1);
  EXPECT_EQ(default_scratch_parent(), "/tmp");
  ::unsetenv("TMPDIR");
  EXPECT_EQ(default_scratch_parent(), "/tmp");
  if (set != nullptr) ::setenv("TMPDIR", before.c_str(), 1);
}

TEST(Scratch, NamesFileSystems) {
  EXPECT_EQ(file_system_name("/dev/shm"), "tmpfs");
  EXPECT_EQ(file_system_name("/proc"), "type 0x9fa0");
  EXPECT_EQ(file_system_name("/no/such/folder"), "unknown");
}

}  // namespace
}  // namespace labday
