#include "report/scaling_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string number(double value, std::string_view format, double unit) {
  return std::isfinite(value) ? fmt::format(fmt::runtime(format), value * unit) : "∞";
}

/// `3.2 (2.9 – 3.5)`
std::string with_interval(const Estimate& estimate, std::string_view format, double unit = 1) {
  std::string text = number(estimate.value, format, unit);
  if (estimate.interval) {
    text += fmt::format(" ({} – {})", number(estimate.interval->low, format, unit),
                        number(estimate.interval->high, format, unit));
  }
  return text;
}

}  // namespace

TableCells scaling_cells(const SweepRecord& record, const SweepSummary& summary) {
  const SweepGrid grid(record.plan);
  TableCells cells{{{"mode", Align::left},
                    {"sources", Align::right},
                    {"size", Align::right},
                    {"serial %", Align::left},
                    {"speed-up at most", Align::left},
                    {"contention %", Align::left},
                    {"coherency %", Align::left},
                    {"fastest with", Align::right},
                    {"misfit %", Align::right}},
                   {}};
  for (const SweepScaling& scaling : summary.scalings) {
    const ScalingLaws& laws = scaling.laws;
    std::vector<std::string> row{printable(scaling.mode),
                                 with_commas(record.result.jobs[scaling.job].sources),
                                 fmt::format("{:g}x", record.plan.sizes[grid.jobs()[scaling.job].size])};
    if (laws.amdahl) {
      row.push_back(with_interval(laws.amdahl->serial_share, "{:.1f}", 100));
      row.push_back(with_interval(laws.amdahl->most_speedup(), "{:.1f}"));
    } else {
      row.insert(row.end(), 2, "–");
    }
    if (laws.universal) {
      row.push_back(with_interval(laws.universal->contention, "{:.1f}", 100));
      row.push_back(with_interval(laws.universal->coherency, "{:.2f}", 100));
      row.push_back(laws.universal->fastest ? fmt::format("{:.1f}", *laws.universal->fastest) : "–");
      row.push_back(fmt::format("{:.1f}", 100 * laws.universal->misfit_share));
    } else {
      row.insert(row.end(), 3, "–");
      if (laws.amdahl) row.back() = fmt::format("{:.1f}", 100 * laws.amdahl->misfit_share);
    }
    cells.rows.push_back(std::move(row));
  }
  return cells;
}

std::string scaling_limits_text(const SweepRecord& record, const SweepSummary& summary) {
  std::string text;
  const auto is_short = [](const SweepScaling& scaling) { return !scaling.laws.universal; };
  if (std::any_of(summary.scalings.begin(), summary.scalings.end(), is_short)) {
    text += fmt::format(
        "Too few points: Amdahl's law needs {} counts of workers, the Universal Scalability Law {}.\n",
        kCountsForAmdahl, kCountsForUniversal);
  }
  const int cores = record.result.environment.cpu.cores();
  if (record.plan.workers.back() > cores) {
    text += fmt::format(
        "There are {} here, and the laws know of no such limit: what they say holds for up to {} at best.\n",
        counted(static_cast<std::uint64_t>(cores), "core"),
        counted(static_cast<std::uint64_t>(cores), "worker"));
  }
  return text;
}

std::string scaling_text(const SweepRecord& record, const SweepSummary& summary) {
  if (summary.scalings.empty()) return "";
  return "How the modes scale with their workers, by Amdahl's law (serial share) and the Universal "
         "Scalability "
         "Law (contention, coherency):\n" +
         table(scaling_cells(record, summary)) + scaling_limits_text(record, summary);
}

}  // namespace labday
