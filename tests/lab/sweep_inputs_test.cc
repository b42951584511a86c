#include "lab/sweep_inputs.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "image/codec.h"
#include "image/samples.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "pipeline/probe_source.h"
#include "support/pictures.h"

namespace labday {
namespace {

using testing::TempFolder;
namespace fs = std::filesystem;

class SweepInputsTest : public ::testing::Test {
 protected:
  SweepInputsTest() {
    photos_.write("a.png", testing::png_bytes({40, 20}, PixelFormat::rgba, 1));
    const Bytes jpeg = encode_jpeg(draw_sample(1, 0, {60, 30}).view(), 90);
    photos_.write("trip/b.jpg", {reinterpret_cast<const char*>(jpeg.data()), jpeg.size()});
    photos_.write("c.jpg", "no picture");
    plan_.job = testing::make_job(photos_.path().string(), "", {"100"});
    plan_.sources = {0.3, 1, 3};
    plan_.sizes = {0.5, 1, 2};
    plan_.modes = {{"base", false}};
    plan_.baseline = "base";
  }

  std::vector<Source> make(std::size_t sources, std::size_t size) {
    Result<std::vector<Source>> made = inputs_.make({sources, size}, cancel_);
    EXPECT_TRUE(made.has_value()) << (made ? "" : to_line(made.error()));
    return made.value_or(std::vector<Source>());
  }

  TempFolder photos_;
  TempFolder folder_;
  SweepPlan plan_;
  CancelToken cancel_;
  SweepInputs inputs_{plan_, folder_.path().string()};
};

TEST_F(SweepInputsTest, AreTheUsersOwnFilesAtFullSize) {
  const std::vector<Source> sources = make(1, 1);
  ASSERT_EQ(sources.size(), 3U);
  for (std::size_t i = 0; i < sources.size(); ++i) {
    EXPECT_TRUE(fs::equivalent(sources[i].path, plan_.job.sources[i].path));
    EXPECT_EQ(sources[i].file_bytes, plan_.job.sources[i].file_bytes);
    EXPECT_EQ(sources[i].dir(), plan_.job.sources[i].dir());
  }
}

TEST_F(SweepInputsTest, RepeatedOnesHaveNamesOfTheirOwn) {
  const std::vector<Source> sources = make(2, 1);
  ASSERT_EQ(sources.size(), 9U);
  std::set<std::string> names;
  for (const Source& source : sources)
    names.insert(std::string(source.dir()) + "/" + std::string(source.file_name()));
  EXPECT_EQ(names.size(), 9U);
  Job job = plan_.job;
  job.sources = sources;
  job.output_folder = folder_ / "out";
  EXPECT_TRUE(check_targets(job).has_value());
}

TEST_F(SweepInputsTest, ResampledOnesHaveTheSizeAskedForAndTheFormatOfTheSource) {
  for (const auto& [size, factor] : {std::pair<std::size_t, double>{0, 0.5}, {2, 2}}) {
    const std::vector<Source> sources = make(1, size);
    ASSERT_EQ(sources.size(), 3U);
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const auto was = probe_source(plan_.job, plan_.job.sources[i]);
      const auto is = probe_source(plan_.job, sources[i]);
      ASSERT_EQ(was.has_value(), is.has_value()) << sources[i].path;
      if (!was) continue;
      EXPECT_EQ(is->size, resampled_size(was->size, factor));
      EXPECT_EQ(is->format, was->format);
      const Bytes bytes = read_whole_file(sources[i].path, 1 << 20).value();
      const Bytes original = read_whole_file(plan_.job.sources[i].path, 1 << 20).value();
      EXPECT_EQ(find_codec(bytes), find_codec(original));
      EXPECT_EQ(sources[i].file_bytes, bytes.size());
      EXPECT_TRUE(decode(bytes, {}).has_value());
    }
  }
}

TEST_F(SweepInputsTest, ResamplesASourceOnceForAllNumbersOfThem) {
  const std::vector<Source> one = make(1, 0);
  const std::vector<Source> three = make(2, 0);
  EXPECT_TRUE(fs::equivalent(one[0].path, three[0].path));
  EXPECT_TRUE(fs::equivalent(one[0].path, three[3].path));
}

TEST_F(SweepInputsTest, LinkABadSourceAsItIsAtEverySize) {
  const std::vector<Source> sources = make(1, 2);
  int bad = 0;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    if (plan_.job.sources[i].file_name() != "c.jpg") continue;
    EXPECT_TRUE(fs::equivalent(sources[i].path, plan_.job.sources[i].path));
    ++bad;
  }
  EXPECT_EQ(bad, 1);
}

TEST_F(SweepInputsTest, RefuseASizeAtWhichASourceWouldBeOverItsLimit) {
  plan_.job.limits.decode.source_pixels = 60 * 30;
  const auto made = inputs_.make({1, 2}, cancel_);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::over_limit);
  EXPECT_NE(made.error().detail.find("--max-pixels"), std::string::npos);
}

TEST_F(SweepInputsTest, StopWhenTheyAreToldTo) {
  cancel_.request();
  const auto made = inputs_.make({1, 0}, cancel_);
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code, ErrorCode::cancelled);
}

TEST_F(SweepInputsTest, TakeNoMoreSpaceThanIsEstimated) {
  plan_.job.sources.pop_back();
  const SweepGrid grid(plan_);
  const SweepSpace space = estimate_sweep_space(plan_, grid);
  ASSERT_EQ(space.job_pixels.size(), grid.jobs().size());
  EXPECT_NEAR(space.job_pixels[grid.job(2, 1)] / space.job_pixels[grid.job(1, 1)], 3, 1e-9);
  EXPECT_NEAR(space.job_pixels[grid.job(1, 2)] / space.job_pixels[grid.job(1, 1)], 4, 1e-9);
  for (const SweepJob& job : grid.jobs()) ASSERT_TRUE(inputs_.make(job, cancel_).has_value());
  std::uint64_t bytes = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder_.path())) {
    if (entry.is_regular_file() && !entry.is_symlink()) bytes += entry.file_size();
  }
  EXPECT_GT(bytes, 0U);
  EXPECT_LE(bytes, space.inputs_bytes);
  EXPECT_GT(space.round_bytes, 0U);
}

TEST_F(SweepInputsTest, TheHashFollowsFromNamesAndContents) {
  const std::string hash = hash_sources(plan_.job).value();
  EXPECT_EQ(hash.size(), 32U);
  EXPECT_EQ(hash_sources(plan_.job).value(), hash);
  Job fewer = plan_.job;
  fewer.sources.pop_back();
  EXPECT_NE(hash_sources(fewer).value(), hash);
  photos_.write("c.jpg", "no_picture");
  EXPECT_NE(hash_sources(plan_.job).value(), hash);
  fs::remove(plan_.job.sources[0].path);
  EXPECT_FALSE(hash_sources(plan_.job).has_value());
}

}  // namespace
}  // namespace labday
