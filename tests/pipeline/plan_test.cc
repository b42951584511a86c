#include "pipeline/plan.h"

#include <gtest/gtest.h>

#include "support/pictures.h"

namespace labday {
namespace {

using testing::TempFolder;

Job job_of(std::vector<std::string> paths, int renditions = 2) {
  Job job;
  for (std::string& path : paths) {
    Source source;
    source.path = std::move(path);
    job.sources.push_back(std::move(source));
  }
  for (int i = 0; i < renditions; ++i) {
    Rendition rendition;
    rendition.scale = {100 + 20 * i, 0};
    job.renditions.push_back(rendition);
  }
  job.output_folder = "/nowhere";
  return job;
}

TEST(Plan, CutsBySourceOrByRendition) {
  const Job job = job_of({"a.jpg", "b.jpg"});
  EXPECT_EQ(plan_tasks(job, Grain::source, 1), (std::vector<Task>{{0, 0, 2}, {1, 0, 2}}));
  EXPECT_EQ(plan_tasks(job, Grain::rendition, 1),
            (std::vector<Task>{{0, 0, 1}, {0, 1, 2}, {1, 0, 1}, {1, 1, 2}}));
}

TEST(Plan, AutoIsByRenditionWhereThereAreFewerSourcesThanWorkers) {
  const Job job = job_of({"a.jpg", "b.jpg"});
  EXPECT_EQ(resolve_grain(job, Grain::automatic, 2), Grain::source);
  EXPECT_EQ(resolve_grain(job, Grain::automatic, 3), Grain::rendition);
  EXPECT_EQ(resolve_grain(job, Grain::source, 3), Grain::source);
}

TEST(Plan, TheLargestTaskComesFirst) {
  Job job = job_of({"a", "b", "c"});
  job.sources[0].file_bytes = 10;
  job.sources[1].file_bytes = 30;
  job.sources[2].file_bytes = 10;
  EXPECT_EQ(largest_first(job, plan_tasks(job, Grain::source, 1)), (std::vector<std::uint32_t>{1, 0, 2}));
  const std::vector<Task> uneven{{0, 0, 1}, {2, 0, 2}};
  EXPECT_EQ(largest_first(job, uneven), (std::vector<std::uint32_t>{1, 0}));
}

TEST(Plan, CostsUnder300BytesASource) {
  EXPECT_LT(sizeof(Source) + sizeof(Task) + 100 /* of path */ + 8, 300U);
}

TEST(CheckTargets, TwoSourcesThatWouldWriteOneNameAreBothNamed) {
  const auto checked = check_targets(job_of({"x/a.jpg", "y/b.jpg", "z/a.png"}));
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, ErrorCode::collision);
  EXPECT_NE(checked.error().detail.find("x/a.jpg"), std::string::npos);
  EXPECT_NE(checked.error().detail.find("z/a.png"), std::string::npos);
}

TEST(CheckTargets, ARenditionWantedTwiceCollidesWithItself) {
  Job job = job_of({"a.jpg"});
  job.renditions[1] = job.renditions[0];
  EXPECT_EQ(check_targets(job).error().code, ErrorCode::collision);
}

TEST(CheckTargets, NamesThatDifferByCaseCollideWhereTheFileSystemFoldsIt) {
  const Job job = job_of({"x/Strand.jpg", "y/b.jpg", "z/STRAND.png"});
  const auto checked = [&](NameFolding folding) {
    return check_targets(
        job, whole_sources(job), {}, [](const std::string&) {}, folding);
  };
  EXPECT_TRUE(checked(NameFolding::exact));
  const auto folded = checked(NameFolding::cases);
  ASSERT_FALSE(folded);
  EXPECT_EQ(folded.error().code, ErrorCode::collision);
  for (const char* part : {"x/Strand.jpg", "z/STRAND.png", "folds case"}) {
    EXPECT_NE(folded.error().detail.find(part), std::string::npos) << folded.error().detail;
  }
}

TEST(CheckTargets, AnExistingTargetIsAnErrorOnlyWhereTheJobSaysSo) {
  const TempFolder out;
  out.write("a-120.png", "there");
  Job job = job_of({"a.jpg"});
  job.output_folder = out.path();
  EXPECT_EQ(check_targets(job).error().code, ErrorCode::exists);
  job.on_exists = OnExists::skip;
  EXPECT_TRUE(check_targets(job));
  job.on_exists = OnExists::replace;
  EXPECT_TRUE(check_targets(job));
}

TEST(CheckTargets, NamesThatNeedTheSizeReadTheHeaderAndPassOverBadOnes) {
  const TempFolder in;
  in.write("a.png", testing::png_bytes({30, 20}, PixelFormat::rgb, 1));
  in.write("b.png", "bad");
  Job job = testing::make_job(in.path(), "/nowhere", {"100", "101"});
  job.name = *NameTemplate::parse("{stem}-{width}.{ext}");
  const auto checked = check_targets(job);
  ASSERT_FALSE(checked);  // both are 30 wide
  EXPECT_EQ(checked.error().path, "a-30.png");
  job.renditions.pop_back();
  EXPECT_TRUE(check_targets(job));
}

TEST(EstimateSpace, FollowsFromTheHeaders) {
  const TempFolder in;
  for (int i = 0; i < 3; ++i) {
    in.write(std::to_string(i) + ".png", testing::png_bytes({100, 80}, PixelFormat::rgb, 1));
  }
  in.write("x.png", "bad");
  const SpaceEstimate estimate = estimate_space(testing::make_job(in.path(), "/nowhere", {"100", "200"}));
  EXPECT_EQ(estimate.sampled, 4U);
  EXPECT_EQ(estimate.renditions, 6U);
  EXPECT_EQ(estimate.pixels, 3U * (100 * 80 + 200 * 160));
  EXPECT_GE(estimate.bytes, estimate.pixels * 3 / 2);
  EXPECT_LE(estimate.bytes, estimate.pixels * 3 / 2 + 6 * 4096);
}

TEST(FreeSpace, IsThatOfTheNearestFolderThatExists) {
  const TempFolder folder;
  EXPECT_EQ(free_space(folder / "not/yet/there").has_value(), true);
  EXPECT_GT(*free_space(folder / "not/yet/there"), 0U);
}

TEST(ResampledSize, RoundsBothSidesAndIsNeverNothing) {
  EXPECT_EQ(resampled_size({1200, 801}, 0.5), (Size{600, 401}));
  EXPECT_EQ(resampled_size({3, 1000}, 0.1), (Size{1, 100}));
  EXPECT_EQ(resampled_size({1'000'000, 2}, 1'000'000), (Size{2'147'483'647, 2'000'000}));
}

TEST(EstimateSpace, GrowsWithTheAreaOfTheSources) {
  const testing::TempFolder folder;
  testing::write_pictures(folder, 3);
  const Job job = testing::make_job(folder.path().string(), "", {"100"});
  const SpaceEstimate once = estimate_space(job);
  EXPECT_EQ(estimate_space(job, 2).pixels, 4 * once.pixels);
  EXPECT_EQ(estimate_space(job, 2).renditions, once.renditions);
}

}  // namespace
}  // namespace labday
