#include "report/wording.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

TEST(Wording, UsesThePluralForAllNumbersButOne) {
  EXPECT_EQ(counted(0, "source"), "0 sources");
  EXPECT_EQ(counted(1, "source"), "1 source");
  EXPECT_EQ(counted(2, "rendition"), "2 renditions");
  EXPECT_EQ(counted(1'234'567, "file"), "1,234,567 files");
}

TEST(Wording, SaysWhatIsWantedOfEverySource) {
  Job job;
  EXPECT_EQ(rendition_list(job), "");
  job.renditions.resize(2);
  job.renditions[0].scale = *Percent::parse("120%");
  job.renditions[1].scale = *Percent::parse("12.5%");
  EXPECT_EQ(rendition_list(job), "120 %, 12.5 % (bicubic, png balanced)");
  for (Rendition& rendition : job.renditions) {
    rendition.filter = Filter::lanczos;
    rendition.level = PngLevel::small;
  }
  job.renditions[0].width = 800;
  job.renditions[1].width = 1600;
  EXPECT_EQ(rendition_list(job), "800 px, 1600 px (lanczos, png small)");
}

}  // namespace
}  // namespace labday
