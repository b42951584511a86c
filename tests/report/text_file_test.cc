#include "report/text_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::read_text;
using testing::TempFolder;

TEST(TextFile, IsReplacedAsAWholeAndKeepsItsMode) {
  const TempFolder folder;
  const std::string path = folder.write("run.json", "old");
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  ASSERT_TRUE(replace_file(path, "new").has_value());
  EXPECT_EQ(read_text(path), "new");
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0640U);
  EXPECT_EQ(folder.files(), std::vector<std::string>{"run.json"}) << "nothing else stays";
}

TEST(TextFile, IsCreatedOnlyUnderANameThatIsFree) {
  const TempFolder folder;
  ASSERT_TRUE(create_file(folder / "0001.json", "first").has_value());
  const Result<void> second = create_file(folder / "0001.json", "second");
  ASSERT_FALSE(second.has_value());
  EXPECT_EQ(second.error().code, ErrorCode::exists);
  EXPECT_EQ(read_text(folder / "0001.json"), "first");
  EXPECT_EQ(folder.files(), std::vector<std::string>{"0001.json"}) << "nothing else stays";
}

TEST(TextFile, OfAFolderThatIsNotThereIsAnErrorThatNamesIt) {
  const TempFolder folder;
  for (const auto& write : {replace_file, create_file}) {
    const Result<void> written = write(folder / "gone/run.json", "text");
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().path, folder / "gone/run.json");
    EXPECT_EQ(written.error().code, ErrorCode::not_found);
  }
}

}  // namespace
}  // namespace labday
