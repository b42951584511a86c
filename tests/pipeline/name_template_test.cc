#include "pipeline/name_template.h"

#include <gtest/gtest.h>

#include "pipeline/job.h"

namespace labday {
namespace {

Source source(std::string path, std::string_view dir = {}) {
  Source s;
  s.path = std::move(path);
  s.dir_begin = static_cast<std::uint32_t>(dir.empty() ? 0 : s.path.find(dir));
  s.dir_length = static_cast<std::uint32_t>(dir.size());
  return s;
}

Rendition scaled(const char* percent) {
  Rendition rendition;
  rendition.scale = *Percent::parse(percent);
  return rendition;
}

std::string expanded(const char* text, const Source& from, const Rendition& rendition = scaled("120")) {
  const auto parsed = NameTemplate::parse(text);
  if (!parsed) return "parse: " + parsed.error().detail;
  const auto path = parsed->expand(from, rendition, {240, 160});
  return path ? *path : "expand: " + path.error().detail;
}

TEST(NameTemplate, MayMakeEachNameThatItMakesAndNoOther) {
  const Source from = source("photos/2024/a.b.jpg", "2024");
  for (const char* text : {"{dir}/{stem}-{percent}.{ext}", "{dir}/{stem}_{width}x{height}.{ext}",
                           "{width}{height}", "{stem}{{{height}}}{width}.{ext}", "x/{dir}/{source}"}) {
    const auto parsed = NameTemplate::parse(text);
    ASSERT_TRUE(parsed) << text;
    for (const Size size : {Size{240, 160}, Size{1, 1}, Size{2147483647, 1000000000}}) {
      const auto name = parsed->expand(from, scaled("120"), size);
      ASSERT_TRUE(name) << text;
      EXPECT_TRUE(parsed->may_make(*name, from, scaled("120"))) << *name;
      EXPECT_FALSE(parsed->may_make(*name + "x", from, scaled("120"))) << *name;
      EXPECT_FALSE(parsed->may_make("x" + *name, from, scaled("120"))) << *name;
      EXPECT_FALSE(parsed->may_make("../" + *name, from, scaled("120"))) << *name;
    }
  }
  const NameTemplate sized = *NameTemplate::parse("{dir}/{stem}_{width}x{height}.{ext}");
  for (const char* name :
       {"2024/a.b_x1.png", "2024/a.b_01x1.png", "2024/a.b_12345678901x1.png", "2024/a.b_-1x1.png",
        "2024/a.b_1/2x1.png", "2024/a.c_1x1.png", "2025/a.b_1x1.png", ""}) {
    EXPECT_FALSE(sized.may_make(name, from, scaled("120"))) << name;
  }
  EXPECT_FALSE(NameTemplate().may_make("2024/a.b-120.png", from, scaled("140")));
}

TEST(NameTemplate, ANameOfLabdaysOwnIsRefusedInAnyCase) {
  for (const char* name : {".labday", ".labday-tmp-1", ".LabDay/journal-0", ".LABDAYx"}) {
    const std::string text = std::string(name) + "/{stem}";
    EXPECT_NE(expanded(text.c_str(), source("a.jpg")).find("keeps for itself"), std::string::npos) << name;
  }
  EXPECT_EQ(expanded("labday/{stem}", source("a.jpg")), "labday/a");
}

TEST(NameTemplate, TheDefaultMirrorsTheFolders) {
  const NameTemplate standard;
  EXPECT_EQ(*standard.expand(source("photos/2024/may/a.b.jpg", "2024/may"), scaled("12.5"), {}),
            "2024/may/a.b-12.5.png");
}

TEST(NameTemplate, AnEmptyDirVanishesWithItsSlash) {
  EXPECT_EQ(expanded("{dir}/{stem}-{percent}.{ext}", source("photos/a.jpg")), "a-120.png");
  EXPECT_EQ(expanded("x/{dir}/{stem}{percent}", source("a.jpg")), "x/a120");
}

TEST(NameTemplate, GivesThePythonLabsNames) {
  EXPECT_EQ(expanded("{stem} ({percent:.1f}%).{ext}", source("p/cat.jpg")), "cat (120.0%).png");
}

TEST(NameTemplate, KnowsEveryField) {
  EXPECT_EQ(expanded("{source}_{width}x{height}.{format}", source("p/cat.jpg")), "cat.jpg_240x160.png");
  EXPECT_EQ(expanded("{{{stem}}}", source("p/cat.jpg")), "{cat}");
}

TEST(NameTemplate, AWidthIsKnownWithoutTheSourceAScaleNeedsIt) {
  Rendition width;
  width.width = 800;
  EXPECT_FALSE(NameTemplate::parse("{stem}-{width}")->needs_size(width));
  EXPECT_TRUE(NameTemplate::parse("{stem}-{width}")->needs_size(scaled("120")));
  EXPECT_TRUE(NameTemplate::parse("{stem}-{height}")->needs_size(width));
  EXPECT_FALSE(NameTemplate().needs_size(scaled("120")));
}

TEST(NameTemplate, StemsOfOddNames) {
  EXPECT_EQ(expanded("{stem}-{percent}", source("p/.jpg")), ".jpg-120");
  EXPECT_EQ(expanded("{stem}-{percent}", source("noextension")), "noextension-120");
  EXPECT_EQ(expanded("{stem}-{percent}", source("p/a b\nc.png")), "a b\nc-120");
}

TEST(NameTemplate, NothingLeavesTheOutputFolder) {
  EXPECT_NE(expanded("{stem}/x.png", source("p/...jpg")).find("expand:"),
            std::string::npos);  // the stem is `..`
  EXPECT_NE(expanded("../{stem}", source("a.jpg")).find("expand:"), std::string::npos);
  EXPECT_NE(expanded("a/../../{stem}", source("a.jpg")).find("expand:"), std::string::npos);
  EXPECT_NE(expanded("a//{stem}", source("a.jpg")).find("expand:"), std::string::npos);
  EXPECT_NE(expanded("./{stem}", source("a.jpg")).find("expand:"), std::string::npos);
  EXPECT_NE(expanded("{stem}/", source("a.jpg")).find("expand:"), std::string::npos);
  EXPECT_NE(expanded(".labday/{stem}", source("a.jpg")).find("expand:"), std::string::npos);
  EXPECT_NE(expanded("/{stem}", source("a.jpg")).find("parse:"), std::string::npos);
  EXPECT_NE(expanded("{stem}", source(std::string(256, 'x'))).find("255"), std::string::npos);
}

TEST(NameTemplate, RefusesWhatItCannotRead) {
  for (const char* bad : {"", "fixed.png", "{stem", "stem}", "{}", "{Stem}", "{stem:.1f}", "{percent:1f}",
                          "{percent:.f}", "{percent:.10f}", "{percent:.-1f}", "{percent:}", "{size}"}) {
    EXPECT_FALSE(NameTemplate::parse(bad)) << bad;
  }
}

}  // namespace
}  // namespace labday
