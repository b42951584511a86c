#include "report/resize_json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <limits>

#include "base/text.h"
#include "report/json_parts.h"
#include "support/records.h"

namespace labday {
namespace {

using testing::fixed_job;
using testing::fixed_record;

TEST(ResizeJson, HoldsEverythingUnderItsSchema) {
  const Job job = fixed_job();
  EXPECT_EQ(resize_json(fixed_record(job)), R"({
  "schema": "labday.resize/1",
  "version": "0.1.0",
  "mode": "threads:workers=2",
  "mode_choice": null,
  "note": "",
  "wall_seconds": 1.25,
  "cancelled": false,
  "renditions": {
    "done": 20,
    "skipped": 0,
    "failed": 0,
    "not_done": 0
  },
  "sources": {
    "done": 10,
    "skipped": 0,
    "failed": 0,
    "not_done": 0
  },
  "warnings": 0,
  "bytes_read": 10000,
  "bytes_written": 56000000,
  "pixels": 30000000,
  "stage_seconds": {
    "read": 0.0,
    "decode": 0.0,
    "resize": 0.0,
    "encode": 2.0,
    "write": 0.0
  },
  "job": {
    "sources": 10,
    "source_bytes": 10000,
    "renditions": [
      {
        "scale_percent": "120.5",
        "filter": "bicubic",
        "png": "balanced"
      },
      {
        "width_px": 800,
        "filter": "lanczos",
        "png": "balanced"
      }
    ],
    "name": "{dir}/{stem}-{percent}.{ext}",
    "orient": "exif",
    "grain": "source",
    "workers": 2
  },
  "output": {
    "path": "out"
  },
  "error_count": 0,
  "errors": []
}
)");
}

TEST(ResizeJson, WritesPathsThatAreNotUtf8LossilyAndExactly) {
  Job job = fixed_job();
  job.output_folder = "out\xff";
  ResizeRecord record = fixed_record(job);
  record.cancelled = true;
  record.totals.renditions = {16, 0, 4, 0};
  record.totals.errors = {{Stage::decode, ErrorCode::corrupt, "photos/m\xfc.jpg", "damaged \xfe"},
                          {Stage::read, ErrorCode::io, "photos/\"\n\t.jpg", "cannot read"},
                          {Stage::plan, ErrorCode::internal, "", "no file is to blame"}};
  record.totals.error_count = 5;
  const std::string text = resize_json(record);
  EXPECT_TRUE(is_utf8(text));
  const auto json = nlohmann::json::parse(text);
  EXPECT_EQ(json.at("cancelled"), true);
  EXPECT_EQ(json.at("output").at("path"), "out\xef\xbf\xbd");
  EXPECT_EQ(json.at("output").at("path_bytes"), "b3V0/w==");
  EXPECT_EQ(json.at("error_count"), 5);
  ASSERT_EQ(json.at("errors").size(), 3U);
  EXPECT_EQ(json.at("errors")[0].dump(),
            "{\"code\":\"corrupt\",\"detail\":\"damaged \xef\xbf\xbd\",\"path\":\"photos/m\xef\xbf\xbd.jpg\","
            "\"path_bytes\":\"cGhvdG9zL238LmpwZw==\",\"stage\":\"decode\"}");
  EXPECT_EQ(json.at("errors")[1].at("path"), "photos/\"\n\t.jpg");
  EXPECT_FALSE(json.at("errors")[1].contains("path_bytes"));
  EXPECT_FALSE(json.at("errors")[2].contains("path"));
}

TEST(JsonParts, ANumberThatIsNotFiniteIsNull) {
  EXPECT_EQ(json_number(1.5).dump(), "1.5");
  EXPECT_TRUE(json_number(std::numeric_limits<double>::infinity()).is_null());
  EXPECT_TRUE(json_number(std::numeric_limits<double>::quiet_NaN()).is_null());
  EXPECT_EQ(json_interval(std::nullopt).dump(), "null");
  EXPECT_EQ(json_interval(Interval{1, std::numeric_limits<double>::infinity()}).dump(), "[1.0,null]");
}

}  // namespace
}  // namespace labday
