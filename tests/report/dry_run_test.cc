#include "report/dry_run.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/pictures.h"

namespace labday {
namespace {

using testing::TempFolder;

/// The report without the folders' random names and without what depends on the disk.
std::string text_of(const Job& job, const TempFolder& in, const TempFolder& out) {
  std::string text = dry_run_text(job);
  const auto replace = [&](const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
  };
  replace(in.path(), "IN");
  replace(out.path(), "OUT");
  const std::size_t free = text.rfind("; ");
  if (free != std::string::npos) text.replace(free, text.find(" are free", free) - free, "; SOME");
  return text;
}

TEST(DryRun, NamesEveryRenditionItsSizeAndTheSpace) {
  const TempFolder in;
  const TempFolder out;
  in.write("a.png", testing::png_bytes({100, 80}, PixelFormat::rgb, 1));
  in.write("sub/b.png", testing::png_bytes({3, 1}, PixelFormat::l, 1));
  EXPECT_EQ(text_of(testing::make_job(in.path(), out.path(), {"50", "120"}), in, out),
            "IN/a.png -> OUT/a-50.png (50x40)\n"
            "IN/a.png -> OUT/a-120.png (120x96)\n"
            "IN/sub/b.png -> OUT/sub/b-50.png (1x1)\n"
            "IN/sub/b.png -> OUT/sub/b-120.png (3x1)\n"
            "4 renditions of 2 sources, 13,524 pixels, about 32.8 kB on disk; SOME are free. Nothing was "
            "written.\n");
  EXPECT_TRUE(out.files().empty());
}

TEST(DryRun, SaysWhatStandsInTheWayInThePlaceOfTheSize) {
  const TempFolder in;
  const TempFolder out;
  in.write("a.png", testing::png_bytes({100, 80}, PixelFormat::rgb, 1));
  in.write("b.png", "bad");
  Job job = testing::make_job(in.path(), out.path(), {"50", "120"});
  job.limits.rendition_pixels = 2000;
  const std::string text = text_of(job, in, out);
  EXPECT_NE(text.find("IN/a.png -> OUT/a-50.png (50x40)\nIN/a.png -> "), std::string::npos) << text;
  EXPECT_NE(text.find("--max-rendition-pixels"), std::string::npos) << text;
  EXPECT_NE(text.find("\nIN/b.png: decode: the content is neither JPEG nor PNG. Give JPEG or PNG files.\n"),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("\n1 rendition of 2 sources, 2,000 pixels, "), std::string::npos) << text;
}

TEST(DryRun, SaysWhatBecomesOfFilesThatAreThere) {
  const TempFolder in;
  const TempFolder out;
  in.write("a.png", testing::png_bytes({100, 80}, PixelFormat::rgb, 1));
  out.write("a-50.png", "there");
  Job job = testing::make_job(in.path(), out.path(), {"50"});
  const auto line = [&] {
    const std::string text = text_of(job, in, out);
    return text.substr(0, text.find('\n'));
  };
  EXPECT_EQ(line(), "IN/a.png -> OUT/a-50.png (50x40, exists: an error)");
  job.on_exists = OnExists::skip;
  EXPECT_EQ(line(), "IN/a.png -> OUT/a-50.png (50x40, exists: skipped)");
  job.on_exists = OnExists::replace;
  EXPECT_EQ(line(), "IN/a.png -> OUT/a-50.png (50x40, exists: replaced)");
  EXPECT_EQ(testing::read_text(out / "a-50.png"), "there");
}

TEST(DryRun, ShowsNamesThatAreNotUtf8WithoutHarm) {
  const TempFolder in;
  const TempFolder out;
  in.write("m\xff\n.png", testing::png_bytes({10, 8}, PixelFormat::rgb, 1));
  const std::string text = text_of(testing::make_job(in.path(), out.path(), {"100"}), in, out);
  EXPECT_EQ(text.substr(0, text.find('\n')), "IN/m\\xff\\x0a.png -> OUT/m\\xff\\x0a-100.png (10x8)");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 2);
}

}  // namespace
}  // namespace labday
