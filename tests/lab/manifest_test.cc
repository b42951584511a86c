#include "lab/manifest.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

Manifest manifest_of(const TempFolder& folder) {
  const Result<Manifest> manifest = read_manifest(folder.path().string());
  EXPECT_TRUE(manifest.has_value()) << to_line(manifest.error());
  return manifest.value_or(Manifest{});
}

std::string hex(const FileHash& hash) {
  std::string text;
  for (const int byte : hash) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST(Manifest, ListsEveryFileByNameWithSizeAndHash) {
  const TempFolder folder;
  folder.write("b.png", "");
  folder.write("a/z.png", "zz");
  folder.write("a/.hidden", "h");
  folder.write("a-.png", "a");
  folder.write("a/\xFF\n.png", "odd");
  const Manifest manifest = manifest_of(folder);
  std::string names;
  for (const ManifestEntry& file : manifest.files) names += file.name + "|";
  EXPECT_EQ(names, "a-.png|a/.hidden|a/z.png|a/\xFF\n.png|b.png|");
  EXPECT_EQ(manifest.files[2].bytes, 2U);
  EXPECT_EQ(manifest.bytes(), 7U);
  // XXH3-128 of nothing, as in the test vectors of the algorithm.
  EXPECT_EQ(hex(manifest.files[4].hash), "99aa06d3014798d86001c324468d497f");
}

TEST(Manifest, HashesFilesOfManyChunks) {
  const TempFolder folder;
  std::string content(1'000'001, 'x');
  folder.write("long", content);
  const Manifest before = manifest_of(folder);
  content[700'000] = 'y';
  folder.write("long", content);
  const Manifest after = manifest_of(folder);
  EXPECT_EQ(before.files[0].bytes, 1'000'001U);
  EXPECT_NE(before.files[0].hash, after.files[0].hash);
  EXPECT_NE(before.hash(), after.hash());
}

TEST(Manifest, OneHashStandsForNamesAndContents) {
  const TempFolder first;
  const TempFolder second;
  first.write("a", "12");
  second.write("a", "12");
  EXPECT_EQ(manifest_of(first).hash(), manifest_of(second).hash());
  EXPECT_EQ(manifest_of(first).hash().size(), 32U);
  std::filesystem::rename(second / "a", second / "b");
  EXPECT_NE(manifest_of(first).hash(), manifest_of(second).hash());
}

TEST(Manifest, RefusesWhatIsNoRegularFile) {
  const TempFolder folder;
  ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
  const Result<Manifest> manifest = read_manifest(folder.path().string());
  ASSERT_FALSE(manifest.has_value());
  EXPECT_EQ(manifest.error().code, ErrorCode::not_a_file);
  EXPECT_EQ(manifest.error().path, folder / "pipe");
}

TEST(Manifest, OfAFolderThatIsNotThereIsAnError) {
  const Result<Manifest> manifest = read_manifest("/no/such/folder");
  ASSERT_FALSE(manifest.has_value());
  EXPECT_EQ(manifest.error().code, ErrorCode::not_found);
}

std::string difference(const TempFolder& expected, const TempFolder& actual) {
  const auto found = first_difference(manifest_of(expected), manifest_of(actual));
  return found ? std::string(name(found->kind)) + " " + found->name : "";
}

TEST(Manifest, FindsTheFirstFileThatIsMissingExtraOrDifferent) {
  const TempFolder expected;
  const TempFolder actual;
  for (const TempFolder* folder : {&expected, &actual}) {
    folder->write("b", "same");
    folder->write("d", "same");
  }
  EXPECT_EQ(difference(expected, actual), "");
  expected.write("e", "1");
  EXPECT_EQ(difference(expected, actual), "missing e");
  actual.write("e", "2");
  EXPECT_EQ(difference(expected, actual), "differs e");
  actual.write("f", "");
  EXPECT_EQ(difference(expected, actual), "differs e");
  actual.write("c", "");
  EXPECT_EQ(difference(expected, actual), "extra c");
  expected.write("a", "");
  EXPECT_EQ(difference(expected, actual), "missing a");
}

}  // namespace
}  // namespace labday
