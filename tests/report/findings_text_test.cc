#include "report/findings_text.h"

#include <gtest/gtest.h>

namespace labday {
namespace {

ModeDiagnosis diagnosis(const std::string& mode) {
  ModeDiagnosis one{mode, 3, {}, {}};
  one.accounting.worker_seconds = 6;
  one.accounting.useful[static_cast<std::size_t>(Stage::encode)] = 2.94;
  one.accounting.unexplained = 0.06;
  return one;
}

TEST(FindingsText, ShowsWhereTheSecondsWentAndALineForEachFinding) {
  ModeDiagnosis each = diagnosis("each");
  each.accounting.lost[static_cast<std::size_t>(Cause::joins)] = 3;
  each.findings = {{"each", Cause::joins, 3, 0.5, "of 2 workers 1 had a task"}};
  ModeDiagnosis other = diagnosis("other");
  other.accounting.useful[static_cast<std::size_t>(Stage::encode)] = 5.88;
  other.accounting.lost[static_cast<std::size_t>(Cause::transfer)] = 0.06;
  EXPECT_EQ(
      findings_text({each, other}),
      "of the workers' time  worker s  working  serialised by joins  transfer  unexplained\n"
      "each                      6.00     49 %                 50 %       0 %          1 %\n"
      "other                     6.00     98 %                  0 %       1 %          1 %\n"
      "\n"
      "each: serialised by joins, 3.00 s (50 % of its workers' time): of 2 workers 1 had a task. Start as "
      "many workers as there are cores before you wait for the first of them.\n");
}

TEST(FindingsText, SaysWhereThereIsNone) {
  EXPECT_TRUE(findings_text({diagnosis("some")})
                  .ends_with("\nNo findings: no mode lost 5 % of its workers' time to any cause.\n"));
  EXPECT_EQ(findings_text({}), "") << "no records";
}

}  // namespace
}  // namespace labday
