// Manifests: their form, and the parts of a job that they make.
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <vector>

#include "pipeline/manifest_parts.h"
#include "pipeline/manifest_reader.h"
#include "support/temp_folder.h"

namespace labday {
namespace {

using testing::TempFolder;

ManifestReader reader_of(const std::string& path, ManifestReader::Rules rules = {}) {
  auto reader = ManifestReader::open(path, std::move(rules));
  EXPECT_TRUE(reader) << reader.error().detail;
  return std::move(*reader);
}

std::vector<ManifestItem> items_of(ManifestReader& reader) {
  std::vector<ManifestItem> items;
  for (;;) {
    auto item = reader.next();
    EXPECT_TRUE(item) << item.error().detail;
    if (!item || !*item) return items;
    items.push_back(std::move(**item));
  }
}

std::vector<ManifestItem> items_of(std::string_view text, ManifestReader::Rules rules = {}) {
  const TempFolder folder;
  auto reader = reader_of(folder.write("list", text), std::move(rules));
  auto items = items_of(reader);
  reader.rewind();
  EXPECT_EQ(items_of(reader).size(), items.size());
  return items;
}

std::string objection_to(std::string_view text, ManifestReader::Rules rules = {}) {
  const TempFolder folder;
  auto reader = reader_of(folder.write("list", text), std::move(rules));
  for (;;) {
    const auto item = reader.next();
    if (!item) {
      EXPECT_EQ(item.error().code, ErrorCode::usage);
      EXPECT_EQ(item.error().path, folder / "list");
      return item.error().detail;
    }
    if (!*item) return "";
  }
}

TEST(ManifestReader, TakesALineAPath) {
  const auto items = items_of("a.jpg\n\nphotos/trip/b c.png\r\n\xff.jpg\nlast");
  ASSERT_EQ(items.size(), 4U);
  EXPECT_EQ(items[0].source.path, "a.jpg");
  EXPECT_EQ(items[0].number, 1U);
  EXPECT_EQ(items[1].source.path, "photos/trip/b c.png");
  EXPECT_EQ(items[1].source.dir(), "");
  EXPECT_EQ(items[1].number, 3U);
  EXPECT_EQ(items[2].source.path, "\xff.jpg");
  EXPECT_EQ(items[3].source.path, "last");
}

TEST(ManifestReader, TakesNulsWhereThereAreAny) {
  const auto items = items_of(std::string_view("a\nb.jpg\0c.jpg\0", 14));
  ASSERT_EQ(items.size(), 2U);
  EXPECT_EQ(items[0].source.path, "a\nb.jpg");
  EXPECT_EQ(items[1].source.path, "c.jpg");
}

TEST(ManifestReader, ARootIsWhatPathsAndTheirFoldersAreBelow) {
  for (const char* root : {"/data", "/data/"}) {
    const auto items = items_of("trip/deep/a.jpg\nb.jpg\n", {root, {}});
    ASSERT_EQ(items.size(), 2U);
    EXPECT_EQ(items[0].source.path, "/data/trip/deep/a.jpg");
    EXPECT_EQ(items[0].source.dir(), "trip/deep");
    EXPECT_EQ(items[1].source.dir(), "");
  }
  EXPECT_NE(objection_to("/etc/a.jpg\n", {"/data", {}}).find("absolute"), std::string::npos);
}

TEST(ManifestReader, AnItemMayHaveRenditionsOfItsOwn) {
  Rendition defaults;
  defaults.filter = Filter::lanczos;
  defaults.level = PngLevel::fast;
  const auto one = items_of(
      "{\"source\": \"x/trip/a.jpg\", \"dir\": \"trip\", \"renditions\": [{\"scale\": \"12.5%\"}, "
      "{\"width\": 80, \"filter\": \"box\", \"png\": \"small\"}]}\n",
      {{}, defaults});
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].source.path, "x/trip/a.jpg");
  EXPECT_EQ(one[0].source.dir(), "trip");
  ASSERT_EQ(one[0].renditions.size(), 2U);
  EXPECT_EQ(one[0].renditions[0].scale, *Percent::parse("12.5"));
  EXPECT_EQ(one[0].renditions[0].filter, Filter::lanczos);
  EXPECT_EQ(one[0].renditions[0].level, PngLevel::fast);
  EXPECT_EQ(one[0].renditions[1].width, 80);
  EXPECT_EQ(one[0].renditions[1].filter, Filter::box);
  EXPECT_EQ(one[0].renditions[1].level, PngLevel::small);
}

TEST(ManifestReader, WhatMakesNoSenseIsSaidWithItsNumber) {
  for (const char* text : {"{",
                           "{}",
                           "{\"source\": 1}",
                           "{\"source\": \"\"}",
                           "{\"source\": \"a\", \"width\": 3}",
                           "{\"source\": \"a\", \"source_bytes\": \"YQ==\"}",
                           "{\"source_bytes\": \"?\"}",
                           "{\"source\": \"a\", \"renditions\": []}",
                           "{\"source\": \"a\", \"renditions\": [1]}",
                           "{\"source\": \"a\", \"renditions\": [{}]}",
                           "{\"source\": \"a\", \"renditions\": [{\"width\": 0}]}",
                           "{\"source\": \"a\", \"renditions\": [{\"width\": 1.5}]}",
                           "{\"source\": \"a\", \"renditions\": [{\"width\": 10, \"scale\": \"1%\"}]}",
                           "{\"source\": \"a\", \"renditions\": [{\"scale\": \"much\"}]}",
                           "{\"source\": \"a\", \"renditions\": [{\"scale\": 50}]}",
                           "{\"source\": \"a\", \"renditions\": [{\"width\": 10, \"png\": \"tiny\"}]}",
                           "{\"source\": \"a\", \"renditions\": [{\"width\": 10, \"filter\": \"nice\"}]}",
                           "{\"source\": \"x/trip/a\", \"dir\": \"rip\"}",
                           "{\"source\": \"a\", \"dir\": \"trip\"}",
                           "{\"source\": \"a\\u0000b\"}"}) {
    EXPECT_TRUE(objection_to("first.jpg\n" + std::string(text) + "\n").starts_with("item 2: ")) << text;
  }
}

TEST(ManifestReader, AnItemWithoutEndIsRefused) {
  EXPECT_NE(objection_to(std::string(std::size_t{3} << 20, 'a')).find("longer"), std::string::npos);
}

TEST(ManifestReader, ReadsAcrossItsBuffer) {
  std::string text;
  std::vector<std::string> paths;
  for (int i = 0; i < 60'000; ++i) {
    paths.push_back("photos/" + std::string(static_cast<std::size_t>(i % 50), 'x') + std::to_string(i));
    text += paths.back() + "\n";
  }
  const auto items = items_of(text);
  ASSERT_EQ(items.size(), paths.size());
  for (std::size_t i = 0; i < items.size(); ++i) ASSERT_EQ(items[i].source.path, paths[i]);
}

TEST(ManifestReader, APipeIsReadTwiceAsWell) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::write(ends[1], "a\nb\n", 4), 4);
  ::close(ends[1]);
  auto reader = reader_of("/dev/fd/" + std::to_string(ends[0]));
  ::close(ends[0]);
  EXPECT_EQ(items_of(reader).size(), 2U);
  reader.rewind();
  EXPECT_EQ(items_of(reader).size(), 2U);
}

TEST(ManifestLine, IsReadAsTheSameSource) {
  Rendition scale;
  scale.scale = *Percent::parse("12.5");
  scale.filter = Filter::box;
  Rendition width;
  width.width = 80;
  width.level = PngLevel::small;
  for (const std::string path :
       {"a.jpg", "x/y/a.jpg", "new\nline.jpg", "{odd.jpg", "no utf-8 \xff.jpg", "x/\"q\".jpg"}) {
    for (const bool with_dir : {false, true}) {
      for (const auto& renditions : {std::vector<Rendition>{}, std::vector<Rendition>{scale, width}}) {
        for (const bool complete : {false, true}) {
          Source source;
          source.path = path;
          source.dir_begin = static_cast<std::uint32_t>(path.rfind('/') + 1);
          if (with_dir && source.dir_begin >= 2) {
            source.dir_begin -= 2;
            source.dir_length = 1;
          }
          const std::string line = manifest_line(source, renditions, complete);
          const auto items = items_of(line, {complete ? "/root" : "", {}});
          ASSERT_EQ(items.size(), 1U) << line;
          EXPECT_EQ(items[0].source.path, path) << line;
          EXPECT_EQ(items[0].source.dir(), source.dir()) << line;
          EXPECT_EQ(items[0].renditions, renditions) << line;
        }
      }
    }
  }
}

Job prototype(const std::string& output) {
  Job job;
  job.output_folder = output;
  job.name = NameTemplate::for_widths();
  Rendition rendition;
  for (const int width : {10, 20}) {
    rendition.width = width;
    job.renditions.push_back(rendition);
  }
  return job;
}

TEST(ManifestParts, HaveEverySourceOnceWithItsRenditions) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 25; ++i) {
    text += i % 5 == 3
                ? "{\"source\": \"" + std::to_string(i) + ".jpg\", \"renditions\": [{\"width\": 77}]}\n"
                : std::to_string(i) + ".jpg\n";
  }
  ManifestParts parts(reader_of(folder.write("list", text)), prototype("/nowhere"), {}, 10);
  std::uint64_t names = 0;
  const auto size = parts.check(true, [&](const std::string&) { ++names; });
  ASSERT_TRUE(size) << size.error().detail;
  EXPECT_EQ(size->sources, 25U);
  EXPECT_EQ(size->renditions, 45U);
  EXPECT_EQ(names, 45U);
  std::vector<std::size_t> sizes;
  int source = 0;
  for (;;) {
    const auto part = parts.next();
    ASSERT_TRUE(part);
    if (!*part) break;
    sizes.push_back((*part)->job.sources.size());
    for (std::size_t i = 0; i < (*part)->slices.size(); ++i, ++source) {
      const Task& slice = (*part)->slices[i];
      const bool own = source % 5 == 3;
      EXPECT_EQ(slice.source, i);
      EXPECT_EQ((*part)->owned[i], own ? 1 : 0);
      EXPECT_EQ((*part)->job.sources[i].path, std::to_string(source) + ".jpg");
      EXPECT_EQ(slice.last - slice.first, own ? 1 : 2);
      EXPECT_EQ((*part)->job.renditions.at(slice.first).width, own ? 77 : 10);
    }
  }
  EXPECT_EQ(sizes, (std::vector<std::size_t>{10, 10, 5}));
}

TEST(ManifestParts, AreCutWhereThereAreTooManyDifferentRenditions) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 9; ++i) {
    text += "{\"source\": \"" + std::to_string(i) + "\", \"renditions\": [";
    for (int k = 0; k < 400; ++k) text += "{\"width\": " + std::to_string(1000 * i + k + 1) + "},";
    text.back() = ']';
    text += "}\n";
  }
  ManifestParts parts(reader_of(folder.write("list", text)), prototype("/nowhere"), {});
  std::size_t sources = 0;
  for (;;) {
    const auto part = parts.next();
    ASSERT_TRUE(part);
    if (!*part) break;
    EXPECT_LE((*part)->job.renditions.size(), kMaxRenditions);
    EXPECT_LE((*part)->job.sources.size(), 2U);
    sources += (*part)->job.sources.size();
  }
  EXPECT_EQ(sources, 9U);
}

TEST(ManifestParts, CollisionsAreFoundInLittleMemoryAmongHundredsOfThousands) {
  const TempFolder folder;
  constexpr int kSources = 200'000;
  std::string text;
  for (int i = 0; i < kSources; ++i) text += "photos/" + std::to_string(i) + ".jpg\n";
  {
    ManifestParts parts(reader_of(folder.write("list", text)), prototype("/nowhere"), {});
    const auto size = parts.check(
        true, [](const std::string&) {}, 100'000);
    ASSERT_TRUE(size) << size.error().detail;
    EXPECT_EQ(size->renditions, 2U * kSources);
  }
  text += "other/77777.png\n";
  for (const Shard shard : {Shard{1, 1}, Shard{1, 3}, Shard{2, 3}, Shard{3, 3}}) {
    ManifestParts parts(reader_of(folder.write("list", text)), prototype("/nowhere"), shard);
    const auto size = parts.check(
        true, [](const std::string&) {}, 100'000);
    ASSERT_FALSE(size);
    EXPECT_EQ(size.error().code, ErrorCode::collision);
    EXPECT_TRUE(size.error().path.starts_with("77777-")) << size.error().path;
    EXPECT_NE(size.error().detail.find("photos/77777.jpg (item 77778) and other/77777.png (item 200001)"),
              std::string::npos)
        << size.error().detail;
  }
}

TEST(ManifestParts, NamesThatDifferByCaseCollideWhereTheFileSystemFoldsIt) {
  const TempFolder folder;
  const std::string list = folder.write("list", "a/Meer.jpg\nb.jpg\nc/MEER.png\n");
  ManifestParts parts(reader_of(list), prototype("/nowhere"), {});
  EXPECT_TRUE(parts.check(true, [](const std::string&) {}));
  parts.fold_names(NameFolding::cases);
  const auto size = parts.check(true, [](const std::string&) {});
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, ErrorCode::collision);
  for (const char* part : {"a/Meer.jpg (item 1)", "c/MEER.png (item 3)", "folds case"}) {
    EXPECT_NE(size.error().detail.find(part), std::string::npos) << size.error().detail;
  }
}

TEST(ManifestParts, ATargetThatIsThereIsFoundBeforeAnythingStarts) {
  const TempFolder folder;
  folder.write("out/b-20.png", "there");
  const std::string list = folder.write("list", "a.jpg\nb.jpg\n");
  ManifestParts parts(reader_of(list), prototype(folder / "out"), {});
  const auto size = parts.check(true, [](const std::string&) {});
  ASSERT_FALSE(size);
  EXPECT_EQ(size.error().code, ErrorCode::exists);
  EXPECT_EQ(size.error().path, folder / "out/b-20.png");
  EXPECT_TRUE(parts.check(false, [](const std::string&) {}));
}

TEST(ManifestParts, ShardsDivideTheSources) {
  const TempFolder folder;
  std::string text;
  for (int i = 0; i < 100; ++i) text += std::to_string(i) + ".jpg\n";
  const std::string list = folder.write("list", text);
  std::size_t sources = 0;
  for (std::uint32_t number = 1; number <= 3; ++number) {
    ManifestParts parts(reader_of(list), prototype("/nowhere"), {number, 3});
    const auto size = parts.check(true, [](const std::string&) {});
    ASSERT_TRUE(size);
    EXPECT_GT(size->sources, 10U);
    sources += size->sources;
  }
  EXPECT_EQ(sources, 100U);
}

}  // namespace
}  // namespace labday
