#include "report/resize_console.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/wording.h"

namespace labday {
namespace {

/// ` 3 skipped, 2 failed`…: what was not done, and why; empty where all was.
std::string remainder(const ResizeRecord& record) {
  const Counts& renditions = record.totals.renditions;
  std::string text;
  const auto add = [&](std::uint64_t n, std::string_view what) {
    if (n == 0) return;
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", with_commas(n), what);
  };
  add(renditions.skipped, "there already");
  add(renditions.failed, "failed");
  add(renditions.not_done,
      record.cancelled ? "not done, since it was interrupted (run again with --on-exists skip to do them)"
                       : "not done");
  return text;
}

}  // namespace

std::string resize_text(const ResizeRecord& record) {
  const JobTotals& totals = record.totals;
  const double seconds = to_seconds(record.wall);
  std::string text =
      fmt::format("{} of {} in {:.2f} s: {} written", counted(totals.renditions.done, "rendition"),
                  counted(record.job.sources.size(), "source"), seconds, human_bytes(totals.bytes_written));
  if (seconds > 0 && totals.renditions.done > 0) {
    text += fmt::format(", {:.1f} renditions and {:.1f} MP a second",
                        static_cast<double>(totals.renditions.done) / seconds,
                        static_cast<double>(totals.pixels) / 1e6 / seconds);
  }
  text += fmt::format(", in {} mode with {}{}.\n", printable(record.mode),
                      counted(static_cast<std::uint64_t>(record.workers), "worker"),
                      record.note.empty() ? "" : ", " + printable(record.note));
  const std::string rest = remainder(record);
  if (!rest.empty()) text += "Of the other renditions: " + rest + ".\n";
  if (totals.warnings > 0) {
    text += fmt::format("{} about harmless oddities of sources.\n", counted(totals.warnings, "warning"));
  }
  return text;
}

}  // namespace labday
