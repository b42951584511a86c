#include "pipeline/job_wire.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

Job example() {
  Job job;
  Source source;
  source.path = "photos/\xff/a\n.jpg";
  source.file_bytes = 1ULL << 40;
  source.dir_begin = 7;
  source.dir_length = 1;
  job.sources = {source, source};
  Rendition rendition;
  rendition.scale = *Percent::parse("12.5");
  rendition.filter = Filter::lanczos;
  rendition.level = PngLevel::small;
  job.renditions = {rendition, rendition, rendition};
  job.renditions[1].width = 800;
  job.output_folder = "out";
  job.name = *NameTemplate::parse("{stem} ({percent:.1f}%).{ext}");
  job.on_exists = OnExists::replace;
  job.apply_orientation = false;
  job.limits.decode.jpeg_scans = 7;
  job.limits.rendition_pixels = 123;
  job.limits.memory_bytes = 456;
  job.sandbox = Sandbox::required;
  return job;
}

TEST(JobWire, AJobComesBackAsItWas) {
  const Job job = example();
  const auto back = job_from_wire(to_wire(job));
  ASSERT_TRUE(back);
  EXPECT_TRUE(*back == job);
  EXPECT_TRUE(*job_from_wire(to_wire(Job{})) == Job{});
}

TEST(Job, WithoutItsSourcesKeepsEverythingElse) {
  Job expected = example();
  expected.sources.clear();
  EXPECT_TRUE(without_sources(example()) == expected);
}

TEST(JobWire, EveryShorterOneIsRefused) {
  const Bytes wire = to_wire(example());
  for (std::size_t n = 0; n < wire.size(); ++n) EXPECT_FALSE(job_from_wire(ByteView(wire).first(n))) << n;
}

TEST(JobWire, ALongerOneIsRefused) {
  Bytes wire = to_wire(example());
  wire.push_back(0);
  EXPECT_FALSE(job_from_wire(wire));
}

// Whatever a byte is changed to, the answer is an error or another job, never a crash or a huge allocation.
TEST(JobWire, DamageIsRefusedOrMakesAnotherValidJob) {
  const Bytes wire = to_wire(example());
  for (std::size_t i = 0; i < wire.size(); ++i) {
    for (const int value : {0, 1, 0x7f, 0x80, 0xff}) {
      Bytes damaged = wire;
      damaged[i] = static_cast<std::uint8_t>(value);
      const auto back = job_from_wire(damaged);
      if (!back) continue;
      for (const Source& s : back->sources) EXPECT_LE(s.dir().size(), s.path.size());
      EXPECT_EQ(back->renditions.size(), 3U);
    }
  }
}

}  // namespace
}  // namespace labday
