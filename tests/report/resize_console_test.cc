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

}  // namespace
}  // namespace labday
