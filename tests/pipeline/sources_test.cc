#include "pipeline/sources.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_folder.h"

namespace labday {
namespace {

namespace fs = std::filesystem;
using testing::TempFolder;

/// Paths relative to `folder`, each as `path` or `path [dir]`.
std::vector<std::string> found(const TempFolder& folder, const std::vector<std::string>& arguments,
                               const std::string& output = "") {
  std::vector<std::string> shown;
  for (const Source& s : find_sources(arguments, output).sources) {
    shown.push_back(fs::path(s.path).lexically_relative(folder.path()).string() +
                    (s.dir().empty() ? "" : " [" + std::string(s.dir()) + "]"));
  }
  return shown;
}

using Names = std::vector<std::string>;

TEST(FindSources, WalksAFolderSortedByBytes) {
  const TempFolder f;
  for (const char* name :
       {"b.jpg", "B.JPG", "a.jpeg", "a/z.png", "a-b.PNG", "notes.txt", "sub/deep/x.jpg", "jpg"}) {
    f.write(name, "x");
  }
  EXPECT_EQ(found(f, {f.path()}),
            (Names{"B.JPG", "a-b.PNG", "a.jpeg", "a/z.png [a]", "b.jpg", "sub/deep/x.jpg [sub/deep]"}));
  EXPECT_EQ(found(f, {f / ""}), found(f, {f.path()}));
}

TEST(FindSources, SkipsHiddenFilesTheOutputAndItsOwn) {
  const TempFolder f;
  for (const char* name : {".hidden.jpg", ".folder/a.jpg", "out/a.png", ".labday-tmp-1-1", "good.jpg"})
    f.write(name, "x");
  EXPECT_EQ(found(f, {f.path()}, f / "out"), Names{"good.jpg"});
  EXPECT_EQ(found(f, {f.path()}, f / "./out/"), Names{"good.jpg"});
}

TEST(FindSources, ANamedFileIsTakenWhateverItsName) {
  const TempFolder f;
  EXPECT_EQ(found(f, {f.write("photo", "x"), f.write(".hidden", "x")}), (Names{"photo", ".hidden"}));
}

TEST(FindSources, FollowsLinkedFilesNotLinkedFolders) {
  const TempFolder f;
  f.write("real/a.jpg", "x");
  fs::create_symlink(f / "real/a.jpg", f / "link.jpg");
  fs::create_directory_symlink(f / "real", f / "folder.jpg");
  fs::create_directory_symlink("..", f / "real/loop");
  EXPECT_EQ(found(f, {f.path()}), (Names{"link.jpg", "real/a.jpg [real]"}));
  EXPECT_EQ(found(f, {f / "folder.jpg"}).size(), 1U);  // a named one is
}

TEST(FindSources, ABrokenLinkAndAMissingArgumentAreErrorsAndTheRestIsFound) {
  const TempFolder f;
  f.write("good.jpg", "x");
  fs::create_symlink(f / "gone", f / "broken.jpg");
  const std::string arguments[] = {f.path(), f / "missing.jpg"};
  const FoundSources result = find_sources(arguments, "");
  EXPECT_EQ(result.sources.size(), 1U);
  ASSERT_EQ(result.errors.size(), 2U);
  EXPECT_EQ(result.errors[0].path, f / "broken.jpg");
  EXPECT_EQ(result.errors[1].code, ErrorCode::not_found);
}

TEST(FindSources, AFolderCalledLikeAnImageIsAFolder) {
  const TempFolder f;
  f.write("x.jpg/a.png", "x");
  EXPECT_EQ(found(f, {f.path()}), Names{"x.jpg/a.png [x.jpg]"});
  EXPECT_EQ(found(f, {f / "x.jpg"}), Names{"x.jpg/a.png"});
}

TEST(FindSources, AFifoIsNoSource) {
  const TempFolder f;
  ASSERT_EQ(mkfifo((f / "x.jpg").c_str(), 0600), 0);
  const std::string arguments[] = {f.path()};
  const FoundSources result = find_sources(arguments, "");
  EXPECT_TRUE(result.sources.empty());
  ASSERT_EQ(result.errors.size(), 1U);
  EXPECT_EQ(result.errors[0].code, ErrorCode::not_a_file);
}

TEST(FindSources, ExpandsGlobsUnlessAFileHasThatName) {
  const TempFolder f;
  f.write("a1.jpg", "x");
  f.write("a2.jpg", "x");
  EXPECT_EQ(found(f, {f / "a*.jpg"}), (Names{"a1.jpg", "a2.jpg"}));
  f.write("a*.jpg", "x");
  EXPECT_EQ(found(f, {f / "a*.jpg"}), Names{"a*.jpg"});
  const std::string arguments[] = {f / "b*.jpg"};
  EXPECT_EQ(find_sources(arguments, "").errors.size(), 1U);
}

TEST(FindSources, ReadsListsWithLinesOrNuls) {
  const TempFolder f;
  const std::string a = f.write("a.jpg", "x");
  const std::string b = f.write("b\nb.jpg", "x");
  const std::string c = f.write("c.jpg", "x");
  EXPECT_EQ(found(f, {"@" + f.write("lines", a + "\r\n\n" + c + "\n")}), (Names{"a.jpg", "c.jpg"}));
  EXPECT_EQ(found(f, {"@" + f.write("nuls", b + std::string(1, '\0') + a)}), (Names{"b\nb.jpg", "a.jpg"}));
}

TEST(FindSources, TellsWhichListsItRead) {
  const TempFolder f;
  const std::string inner = f.write("inner", f.write("a.jpg", "x") + "\n");
  const std::string outer = f.write("outer", "@" + inner + "\n");
  const std::string arguments[] = {"@" + outer};
  EXPECT_EQ(find_sources(arguments, "").lists, (Names{outer, inner}));
}

TEST(FindSources, AListThatNamesItselfEnds) {
  const TempFolder f;
  const std::string list = f / "list";
  f.write("list", "@" + list);
  const std::string arguments[] = {"@" + list};
  EXPECT_EQ(find_sources(arguments, "").errors.size(), 1U);
}

TEST(FindSources, ASourceNamedTwiceIsTakenOnce) {
  const TempFolder f;
  const std::string a = f.write("a.jpg", "x");
  f.write("sub/b.jpg", "x");
  EXPECT_EQ(found(f, {a, f.path(), a}), (Names{"a.jpg", "sub/b.jpg [sub]"}));
  EXPECT_EQ(found(f, {f.path(), f / "sub"}), (Names{"a.jpg", "sub/b.jpg [sub]", "sub/b.jpg"}));
}

}  // namespace
}  // namespace labday
