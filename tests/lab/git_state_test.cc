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
  const auto clean = read_git_state(folder_.path().string(), "book");
  ASSERT_TRUE(clean.has_value());
  EXPECT_EQ(clean->branch, "trunk");
  EXPECT_EQ(clean->commit.value().size(), 40U);
  EXPECT_FALSE(clean->dirty) << "only the time of the file is another one";
  EXPECT_EQ(shell("cmp .git/index index-before"), 0) << "git status has written its index";
  ASSERT_EQ(shell("echo 2 > a"), 0);
  EXPECT_TRUE(read_git_state(folder_.path().string(), "book")->dirty);
}

TEST_F(GitFolderTest, IsNotMadeDirtyByTheNotebook) {
  if (shell("git --version") != 0) GTEST_SKIP() << "there is no git here";
  ASSERT_EQ(shell("git init && mkdir -p sub/book/runs && echo 1 > a && echo 1 > sub/book/NOTEBOOK.md && "
                  "echo 1 > sub/book/runs/0001.json && git add . && git commit -m first"),
            0);
  ASSERT_EQ(shell("echo 2 > sub/book/NOTEBOOK.md && echo 2 > sub/book/runs/0002.json && "
                  "echo x > sub/book/.gitattributes && git add sub/book/.gitattributes"),
            0);
  const std::string root = folder_.path().string();
  EXPECT_FALSE(read_git_state(root + "/sub", "book")->dirty);
  EXPECT_FALSE(read_git_state(root, "sub/book")->dirty);
  EXPECT_FALSE(read_git_state(root, root + "/sub/book/")->dirty);
  EXPECT_TRUE(read_git_state(root, "labday-notebook")->dirty) << "another folder is the notebook";
  ASSERT_EQ(shell("echo 2 > a"), 0);
  EXPECT_TRUE(read_git_state(root + "/sub", "book")->dirty) << "what is changed lies in a folder above";
}

TEST_F(GitFolderTest, WithTheNotebookInTheFolderOfTheCodeSeesChangesOfTheCode) {
  if (shell("git --version") != 0) GTEST_SKIP() << "there is no git here";
  ASSERT_EQ(shell("git init && echo 1 > a && echo 1 > NOTEBOOK.md && git add . && git commit -m first"), 0);
  ASSERT_EQ(shell("echo 2 > NOTEBOOK.md"), 0);
  EXPECT_FALSE(read_git_state(folder_.path().string(), ".")->dirty);
  ASSERT_EQ(shell("echo 2 > a"), 0);
  EXPECT_TRUE(read_git_state(folder_.path().string(), ".")->dirty);
}

TEST_F(GitFolderTest, IsReadWithANotebookOutsideOfTheRepositoryToo) {
  if (shell("git --version") != 0) GTEST_SKIP() << "there is no git here";
  ASSERT_EQ(shell("git init && echo 1 > a && git add a && git commit -m first && echo 2 > a"), 0);
  for (const char* const notebook : {"/nowhere/book", "../book"}) {
    const auto state = read_git_state(folder_.path().string(), notebook);
    ASSERT_TRUE(state.has_value()) << notebook;
    EXPECT_TRUE(state->dirty);
  }
}

TEST_F(GitFolderTest, IsNoneOutsideOfARepository) {
  EXPECT_FALSE(read_git_state(folder_.path().string(), "book").has_value());
  EXPECT_FALSE(read_git_state("/no/such/folder", "book").has_value());
}

TEST_F(GitFolderTest, IsNoneWhereThereIsNoGit) {
  const char* const before = std::getenv("PATH");
  const std::string path = before != nullptr ? before : "";
  ::setenv("PATH", folder_.path().c_str(), 1);
  EXPECT_FALSE(read_git_state(".", "book").has_value());
  ::setenv("PATH", path.c_str(), 1);
}

TEST_F(GitFolderTest, DoesNotWaitForAGitThatHangs) {
  const std::string fake = (folder_.path() / "git").string();
  std::ofstream(fake) << "#!/bin/sh\nexec sleep 1000\n";
  ASSERT_EQ(shell("chmod +x git"), 0);
  const char* const before = std::getenv("PATH");
  const std::string path = before != nullptr ? before : "";
  ::setenv("PATH", (folder_.path().string() + ":" + path).c_str(), 1);
  EXPECT_FALSE(read_git_state(".", "book").has_value());
  ::setenv("PATH", path.c_str(), 1);
}

}  // namespace
}  // namespace labday
