#include "pipeline/name_folding.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "support/temp_folder.h"

namespace labday {
namespace {

TEST(FoldedName, IsTheNameItselfWhereNothingFolds) {
  EXPECT_EQ(folded_name("Strand/ÄÖ\xff.PNG", NameFolding::exact), "Strand/ÄÖ\xff.PNG");
}

TEST(FoldedName, IsInLowerCaseWhateverTheAlphabet) {
  EXPECT_EQ(folded_name("Strand/ÉTÉ-ΩΣ-ЖЯ-ǅ😀.PNG", NameFolding::cases),
            folded_name("sTRAND/été-ωσ-жя-ǆ😀.png", NameFolding::cases));
  EXPECT_EQ(folded_name("A-z_0/É", NameFolding::cases), "a-z_0/é");
  EXPECT_NE(folded_name("e.png", NameFolding::cases), folded_name("é.png", NameFolding::cases));
}

TEST(FoldedName, FoldsTheLettersOfAsciiInNamesThatAreNoText) {
  EXPECT_EQ(folded_name("A\xc3\xff\x89Z", NameFolding::cases), "a\xc3\xff\x89z");
}

TEST(FoldingOf, IsWhatTheFileSystemDoes) {
  const testing::TempFolder folder;
  folder.write("Name", "content");
  const bool folds = std::filesystem::exists(folder.path() / "nAME");
  EXPECT_EQ(folding_of(folder.path()), folds ? NameFolding::cases : NameFolding::exact);
  EXPECT_EQ(folding_of(folder / "not/yet/there"), folding_of(folder.path()));
  EXPECT_EQ(folding_of("/proc/self"), NameFolding::exact);
}

}  // namespace
}  // namespace labday
