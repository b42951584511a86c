#include "report/failed_sources.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

Error of(const std::string& path) { return {Stage::decode, ErrorCode::truncated, path, "it ends early"}; }

TEST(FailedSources, AreCountedAndNamedEachOnce) {
  EXPECT_EQ(failed_sources_text(0, 8, {}), "");
  EXPECT_EQ(failed_sources_text(2, 8, {of("b.jpg"), of("a\xff.jpg"), of("b.jpg")}),
            "2 of 8 sources failed: a\\xff.jpg, b.jpg.");
}

TEST(FailedSources, AreNotNamedWhereTheFaultWasNotTheirs) {
  EXPECT_EQ(failed_sources_text(1, 8, {{Stage::write, ErrorCode::no_space, "out/a.png", "full"}}),
            "1 of 8 sources failed.");
}

TEST(FailedSources, AreCountedOnlyWhereThereAreMany) {
  std::vector<Error> errors;
  for (char letter = 'a'; letter <= 'z'; ++letter) errors.push_back(of(std::string(1, letter)));
  EXPECT_EQ(failed_sources_text(26, 1000, errors),
            "26 of 1,000 sources failed: a, b, c, d, e, f, g, h, i, j and 16 more.");
}

}  // namespace
}  // namespace labday
