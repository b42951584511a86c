#include "report/resize_console.h"

#include <gtest/gtest.h>

#include "support/records.h"

namespace labday {
namespace {

using testing::fixed_job;
using testing::fixed_record;

TEST(ResizeText, IsOneLineWhereAllIsDone) {
  const Job job = fixed_job();
  EXPECT_EQ(
      resize_text(fixed_record(job)),
      "20 renditions of 10 sources in 1.25 s: 56.0 MB written, 16.0 renditions and 24.0 MP a second, in "
      "threads:workers=2 mode with 2 workers.\n");
}

TEST(ResizeText, SaysWhatBecameOfTheOtherRenditions) {
  const Job job = fixed_job();
  ResizeRecord record = fixed_record(job);
  record.totals.renditions = {1, 1234, 2, 3};
  record.totals.warnings = 1;
  record.workers = 1;
  EXPECT_EQ(resize_text(record),
            "1 rendition of 10 sources in 1.25 s: 56.0 MB written, 0.8 renditions and 24.0 MP a second, in "
            "threads:workers=2 mode with 1 worker.\n"
            "Of the other renditions: 1,234 there already, 2 failed, 3 not done.\n"
            "1 warning about harmless oddities of sources.\n");
}

TEST(ResizeText, OfAnInterruptedJobSaysHowToGoOn) {
  const Job job = fixed_job();
  ResizeRecord record = fixed_record(job);
  record.totals.renditions = {15, 0, 0, 5};
  record.cancelled = true;
  EXPECT_NE(
      resize_text(record).find("\nOf the other renditions: 5 not done, since it was interrupted (run again "
                               "with --on-exists skip to do them).\n"),
      std::string::npos)
      << resize_text(record);
}

TEST(ResizeText, HasNoRateWhereNothingWasDoneOrNoTimePassed) {
  const Job job = fixed_job();
  ResizeRecord record = fixed_record(job);
  record.totals = {};
  record.totals.renditions.failed = 20;
  EXPECT_EQ(resize_text(record),
            "0 renditions of 10 sources in 1.25 s: 0 B written, in threads:workers=2 mode with 2 workers.\n"
            "Of the other renditions: 20 failed.\n");
  ResizeRecord at_once = fixed_record(job);
  at_once.wall = Nanoseconds(0);
  EXPECT_EQ(
      resize_text(at_once),
      "20 renditions of 10 sources in 0.00 s: 56.0 MB written, in threads:workers=2 mode with 2 workers.\n");
}

TEST(ResizeText, OfAResumedJobSaysWhatWasMadeAgainAndWhy) {
  const Job job = fixed_job();
  ResizeRecord record = fixed_record(job);
  record.totals.renditions = {3, 17, 0, 0};
  record.resumed.emplace();
  record.resumed->at(static_cast<std::size_t>(Judgement::up_to_date)) = 17;
  record.resumed->at(static_cast<std::size_t>(Judgement::source_changed)) = 2;
  record.resumed->at(static_cast<std::size_t>(Judgement::damaged)) = 1;
  const std::string text = resize_text(record);
  EXPECT_NE(
      text.find(
          "Of the other renditions: 17 there already, as they should be.\n"
          "Renditions that were there and had to be made again: 2 whose source has changed, 1 damaged.\n"),
      std::string::npos)
      << text;
}

TEST(ResizeText, GroupsErrorsWhereThereAreSeveral) {
  const Job job = fixed_job();
  ResizeRecord record = fixed_record(job);
  for (const char* path : {"a", "b", "c", "d\n"}) {
    add_to_groups(record.error_groups, {Stage::decode, ErrorCode::truncated, path, "it ends early"});
  }
  record.totals.error_count = 4;
  EXPECT_TRUE(resize_text(record).ends_with("4 errors in stage decode, truncated: a, b, c, …\n"));
  record.error_groups.clear();
  add_to_groups(record.error_groups, {Stage::read, ErrorCode::not_found, "d\n", ""});
  EXPECT_TRUE(resize_text(record).ends_with("1 error in stage read, not_found: d\\x0a\n"));
  record.totals.error_count = 1;
  EXPECT_EQ(resize_text(record).find("not_found"), std::string::npos) << "its own line says it already";
}

}  // namespace
}  // namespace labday
