#include "report/notebook_console.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/bench_console.h"
#include "report/failed_sources.h"
#include "report/note_text.h"
#include "report/sweep_console.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string commit_text(const std::optional<GitState>& git) {
  constexpr std::size_t kDigits = 9;
  if (!git || !git->commit) return "–";
  return printable(git->commit->substr(0, kDigits)) + (git->dirty ? "+" : "");
}

/// `threads 0.92 s`, with the number of those that share its place; not known where no mode has a place.
std::string fastest_text(const RunSummary& run) {
  if (run.means.empty()) return "–";
  const ModeMean* fastest = nullptr;
  int first = 0;
  for (const ModeMean& mean : run.means) {
    if (mean.place != 1) continue;
    ++first;
    if (fastest == nullptr || mean.mean_seconds < fastest->mean_seconds) fastest = &mean;
  }
  if (fastest == nullptr) return "not known";
  std::string text = fmt::format("{} {:.2f} s", printable(fastest->mode), fastest->mean_seconds);
  if (first > 1) text += fmt::format(", with {} other{}", first - 1, first == 2 ? "" : "s");
  return text;
}

std::string outcome_text(const RunSummary& run) {
  if (run.state == RunState::disagreement) return "the modes disagree";
  std::string text = run.kind == RunKind::bench ? fastest_text(run) : "–";
  if (run.state != RunState::finished) text += fmt::format(" ({})", name(run.state));
  return text;
}

}  // namespace

std::string notebook_list_text(const std::vector<RunSummary>& runs) {
  if (runs.empty()) return "The notebook has no runs yet.\n";
  const std::vector<Column> columns{
      {"run", Align::right},   {"begun", Align::left},   {"kind", Align::left},   {"sources", Align::right},
      {"commit", Align::left}, {"fastest", Align::left}, {"notes", Align::right}, {"title", Align::left}};
  std::vector<std::vector<std::string>> rows;
  for (const RunSummary& run : runs) {
    std::vector<std::string> row{std::to_string(run.number), "–", "–", "–", "–", "damaged", "–", "–"};
    if (!run.damage) {
      const std::size_t notes = run.notes().size();
      row = {row[0],
             date_text(run.header.unix_time),
             std::string(name(run.kind)),
             with_commas(run.sources),
             commit_text(run.git),
             outcome_text(run),
             notes == 0 ? "" : std::to_string(notes),
             printable(run.header.title)};
    }
    rows.push_back(std::move(row));
  }
  return table(columns, rows);
}

std::string run_text(const Run& run, const Canvas& canvas) {
  const RunSummary& summary = run.summary;
  std::string text = printable(run_title(summary));
  text += fmt::format("\n{} of {}{}\n\n", name(summary.kind), date_text(summary.header.unix_time),
                      summary.state == RunState::finished ? "" : fmt::format(", {}", name(summary.state)));
  if (const std::string failed = failed_sources_text(run.recorded); !failed.empty()) text += failed + "\n";
  if (const auto* bench = std::get_if<BenchRecord>(&run.recorded)) {
    text += bench_text(*bench, canvas);
  } else {
    text += sweep_text(std::get<SweepRecord>(run.recorded), canvas);
  }
  for (const std::string& note : summary.notes()) text += "\nNote: " + printable_lines(note);
  return text;
}

}  // namespace labday
