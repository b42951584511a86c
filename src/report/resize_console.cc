#include "report/resize_console.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

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
  add(renditions.skipped, record.resumed ? "there already, as they should be" : "there already");
  add(renditions.failed, "failed");
  add(renditions.not_done,
      !record.cancelled ? "not done"
      : record.job.journalling == Journalling::off
          ? "not done, since it was interrupted (run again with --on-exists skip to do them)"
          : "not done, since it was interrupted (run again with --resume to do them)");
  return text;
}

/// What a second run made again and why; empty where it is a first one.
std::string again(const JudgementCounts& found) {
  static constexpr std::array<std::pair<Judgement, std::string_view>, 4> kReasons{{
      {Judgement::unfinished, "not known to be finished"},
      {Judgement::source_changed, "whose source has changed"},
      {Judgement::spec_changed, "made with other settings or by another encoder"},
      {Judgement::damaged, "damaged"},
  }};
  std::string text;
  for (const auto& [judgement, reason] : kReasons) {
    const std::uint64_t n = found.at(static_cast<std::size_t>(judgement));
    if (n > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", with_commas(n), reason);
  }
  return text;
}

/// A line for each kind of error, where there is more than one error.
std::string grouped(const ResizeRecord& record) {
  if (record.totals.error_count < 2) return {};
  std::string text;
  for (const auto& [kind, group] : record.error_groups) {
    text += fmt::format("{} in stage {}, {}: ", counted(group.count, "error"), name(kind.first),
                        name(kind.second));
    for (std::size_t i = 0; i < group.examples.size(); ++i) {
      text += (i == 0 ? "" : ", ") + printable(group.examples[i]);
    }
    text += group.count > group.examples.size() ? ", …\n" : "\n";
  }
  return text;
}

}  // namespace

std::string resize_text(const ResizeRecord& record) {
  const JobTotals& totals = record.totals;
  const double seconds = to_seconds(record.wall);
  std::string text =
      fmt::format("{} of {} in {:.2f} s: {} written", counted(totals.renditions.done, "rendition"),
                  counted(record.sources, "source"), seconds, human_bytes(totals.bytes_written));
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
  if (record.resumed) {
    const std::string reasons = again(*record.resumed);
    if (!reasons.empty()) text += "Renditions that were there and had to be made again: " + reasons + ".\n";
  }
  if (totals.warnings > 0) {
    text += fmt::format("{} about harmless oddities of sources.\n", counted(totals.warnings, "warning"));
  }
  return text + grouped(record);
}

std::string damaged_journal_text(const std::string& path) {
  return fmt::format(
      "{}: warning: it is damaged, or no journal; what it records was used as far as it is whole. Look at "
      "the "
      "disk, and keep nothing else under this name.",
      printable(path));
}

}  // namespace labday
