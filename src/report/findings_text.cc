#include "report/findings_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "report/table.h"

namespace labday {
namespace {

constexpr double kLeastShown = 0.01;

std::string share_text(double seconds, const Accounting& of) {
  if (of.worker_seconds <= 0) return "–";
  return fmt::format("{:.0f} %", std::max(0.0, 100 * seconds / of.worker_seconds));
}

bool is_shown(Cause cause, const std::vector<ModeDiagnosis>& modes) {
  return std::any_of(modes.begin(), modes.end(), [&](const ModeDiagnosis& mode) {
    return mode.accounting.lost_to(cause) >= kLeastShown * mode.accounting.worker_seconds;
  });
}

std::string accounting_table(const std::vector<ModeDiagnosis>& modes) {
  std::vector<Column> columns{
      {"of the workers' time", Align::left}, {"worker s", Align::right}, {"working", Align::right}};
  std::vector<Cause> causes;
  for (int i = 0; i < kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    if (!is_shown(cause, modes)) continue;
    causes.push_back(cause);
    columns.push_back({std::string(title(cause)), Align::right});
  }
  columns.push_back({"unexplained", Align::right});
  std::vector<std::vector<std::string>> rows;
  for (const ModeDiagnosis& mode : modes) {
    const Accounting& all = mode.accounting;
    std::vector<std::string> row{printable(mode.mode), fmt::format("{:.2f}", all.worker_seconds),
                                 share_text(all.useful_seconds(), all)};
    for (const Cause cause : causes) row.push_back(share_text(all.lost_to(cause), all));
    row.push_back(share_text(all.unexplained, all));
    rows.push_back(std::move(row));
  }
  return table(columns, rows);
}

}  // namespace

std::string finding_line(const Finding& finding) {
  return fmt::format("{}: {}, {:.2f} s ({:.0f} % of its workers' time): {}. {}\n", printable(finding.mode),
                     title(finding.cause), finding.seconds, 100 * finding.share, finding.evidence,
                     remedy(finding.cause));
}

std::string findings_text(const std::vector<ModeDiagnosis>& modes) {
  if (modes.empty()) return "";
  std::string lines;
  for (const ModeDiagnosis& mode : modes) {
    for (const Finding& finding : mode.findings) lines += finding_line(finding);
  }
  if (lines.empty()) {
    lines = fmt::format("No findings: no mode lost {:.0f} % of its workers' time to any cause.\n",
                        100 * kLeastShare);
  }
  return accounting_table(modes) + "\n" + lines;
}

}  // namespace labday
