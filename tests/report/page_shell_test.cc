#include "report/page_shell.h"

#include <gtest/gtest.h>

#include <string>

namespace labday {
namespace {

bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

TEST(PageShell, AllowsNothingButItsOwnScript) {
  const PageShell shell = page_shell();
  if (!shell.is_there()) GTEST_SKIP() << "SKIPPED: this labday has no page: " << shell.missing;
  EXPECT_TRUE(has(shell.before, "Content-Security-Policy"));
  EXPECT_TRUE(has(shell.before, "default-src 'none'"));
  EXPECT_TRUE(has(shell.before, "script-src 'sha256-"));
  EXPECT_FALSE(has(shell.before, "unsafe-eval"));
  for (const std::string_view part : {shell.before, shell.after}) {
    EXPECT_FALSE(has(part, "<script src")) << "everything is in the file";
    EXPECT_FALSE(has(part, "<link"));
  }
  EXPECT_TRUE(shell.before.ends_with("<script type=\"application/json\" id=\"data\">"));
  EXPECT_TRUE(shell.after.starts_with("</script>"));
  EXPECT_LT(shell.before.size() + shell.after.size(), 1'000'000U) << "of the 2 MB of a page";
}

TEST(PageShell, SaysWhoseSoftwareItHolds) {
  const PageShell shell = page_shell();
  if (!shell.is_there()) GTEST_SKIP() << "SKIPPED: this labday has no page: " << shell.missing;
  for (const char* package : {"vega ", "vega-lite ", "d3-scale ", "vega-interpreter "})
    EXPECT_TRUE(has(shell.before, package)) << package;
  EXPECT_TRUE(has(shell.before, "Redistributions in binary form"));
}

}  // namespace
}  // namespace labday
