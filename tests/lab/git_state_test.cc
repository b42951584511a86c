#include "lab/git_state.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "support/temp_folder.h"

namespace labday {
namespace {

TEST(GitState, ReadsBranchAndCommitAndChanges) {
  EXPECT_EQ(parse_git_status("# branch.oid 0123456789abcdef0123456789abcdef01234567\n"
                             "# branch.head main\n# branch.upstream origin/main\n# branch.ab +1 -0\n"),
            (GitState{"main", "0123456789abcdef0123456789abcdef01234567", false}));
  EXPECT_EQ(parse_git_status("# branch.oid 0123\n# branch.head main\n"
                             "1 .M N... 100644 100644 100644 0123 0123 file with spaces\n"),
            (GitState{"main", "0123", true}));
}

TEST(GitState, FilesThatGitDoesNotTrackAreNoChanges) {
  EXPECT_FALSE(parse_git_status("# branch.oid 0123\n# branch.head main\n? notes.txt\n! out\n")->dirty);
}

TEST(GitState, OfADetachedHeadHasNoBranchAndBeforeTheFirstCommitNoCommit) {
  EXPECT_EQ(parse_git_status("# branch.oid 0123\n# branch.head (detached)\n"),
            (GitState{std::nullopt, "0123", false}));
  EXPECT_EQ(parse_git_status("# branch.oid (initial)\n# branch.head main\n"),
            (GitState{"main", std::nullopt, false}));
}

TEST(GitState, IsNoneOfWhatGitDidNotSay) {
  EXPECT_FALSE(parse_git_status("").has_value());
  EXPECT_FALSE(parse_git_status("fatal: not a git repository\n").has_value());
}

class GitFolderTest : public ::testing::Test {
 protected:
  /// A shell line in the folder; git knows no configuration but the test's.
  int shell(const std::string& line) {
    const std::string git = "git -c user.name=t -c user.email=t@example.org -c init.defaultBranch=trunk ";
    return std::system(("cd '" + folder_.path().string() + "' && git() { " + "command " + git +
                        "\"$@\"; } && { " + line + "; } >/dev/null 2>&1")
                           .c_str());
  }

  testing::TempFolder folder_;
};

TEST_F(GitFolderTest, IsReadFromARepositoryThatStaysAsItWas) {
  if (shell("git --version") != 0) GTEST_SKIP() << "there is no git here";
  ASSERT_EQ(shell("git init && echo 1 > a && git add a && git commit -m first"), 0);
  ASSERT_EQ(shell("touch -d '2001-01-01' a && cp .git/index index-before"), 0);
  const auto clean = read_git_state(folder_.path().string());
  ASSERT_TRUE(clean.has_value());
  EXPECT_EQ(clean->branch, "trunk");
  EXPECT_EQ(clean->commit.value().size(), 40U);
  EXPECT_FALSE(clean->dirty) << "only the time of the file is another one";
  EXPECT_EQ(shell("cmp .git/index index-before"), 0) << "git status has written its index";
  ASSERT_EQ(shell("echo 2 > a"), 0);
  EXPECT_TRUE(read_git_state(folder_.path().string())->dirty);
}

TEST_F(GitFolderTest, IsNoneOutsideOfARepository) {
  EXPECT_FALSE(read_git_state(folder_.path().string()).has_value());
  EXPECT_FALSE(read_git_state("/no/such/folder").has_value());
}

TEST_F(GitFolderTest, IsNoneWhereThereIsNoGit) {
  const char* const before = std::getenv("PATH");
  const std::string path = before != nullptr ? before : "";
  ::setenv("PATH", folder_.path().c_str(), 1);
  EXPECT_FALSE(read_git_state(".").has_value());
  ::setenv("PATH", path.c_str(), 1);
}

TEST_F(GitFolderTest, DoesNotWaitForAGitThatHangs) {
  const std::string fake = (folder_.path() / "git").string();
  std::ofstream(fake) << "#!/bin/sh\nexec sleep 1000\n";
  ASSERT_EQ(shell("chmod +x git"), 0);
  const char* const before = std::getenv("PATH");
  const std::string path = before != nullptr ? before : "";
  ::setenv("PATH", (folder_.path().string() + ":" + path).c_str(), 1);
  EXPECT_FALSE(read_git_state(".").has_value());
  ::setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace labday
