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
