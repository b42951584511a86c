// The page of `labday report`: one file of HTML that opens without a network.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "report/json_parts.h"
#include "report/page_shell.h"

namespace labday {

struct PageContent {
  std::vector<Json> runs;          // run_page() of each; one at least
  std::size_t shown = 0;           // of them, when the page is opened
  std::vector<Json> common;        // section()s behind those of every run
  std::vector<std::string> notes;  // above all runs: what was left out
};

/// `shell` must be there. Nothing in the data can end the script element that holds it, or be taken for
/// markup.
[[nodiscard]] std::string page_html(const PageShell& shell, const PageContent& content);

/// By how much a run or a section makes the page larger, in bytes.
[[nodiscard]] std::size_t page_bytes(const Json& part);

/// What the runs may take together: with what draws them the page stays below 2 MB.
inline constexpr std::size_t kMostRunBytes = 1'000'000;

}  // namespace labday
