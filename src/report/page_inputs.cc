#include "report/page_inputs.h"

#include <fmt/format.h>

#include <iterator>
#include <memory>
#include <utility>

#include "report/bench_schema.h"
#include "report/json_head.h"
#include "report/notebook.h"
#include "report/wording.h"

namespace labday {
namespace {

std::string label_of(const RunSummary& run) {
  const std::string number = fmt::format("Run {}", run.number);
  return run.header.title.empty() ? number : fmt::format("{} - {}", number, run.header.title);
}

/// `bench of 2026-05-12 14:03, interrupted`. Only a notebook tells when a run was made, and by whom.
std::string about(const RunSummary& run, Ended ended) {
  const bool dated = run.header.unix_time > 0;
  std::string text(name(run.kind));
  if (dated) text += fmt::format(" of {}", date_text(run.header.unix_time));
  if (!dated && ended == Ended::not_yet) return text + ", unfinished";
  return run.state == RunState::finished ? text : fmt::format("{}, {}", text, name(run.state));
}

/// All that tells the job of a run from others; empty where the file cannot be read.
std::string job_in(const std::string& path) {
  const Result<Json> head = read_json_head(path, {kBenchSummaryEnd});
  return head && head->contains("job") ? head->at("job").dump() : std::string();
}

Result<void> add_notebook(const std::string& folder, std::vector<int> missing, PageInputs& inputs) {
  const Result<Notebook> notebook = Notebook::open(folder);
  if (!notebook) return fail(notebook.error());
  const Result<std::vector<RunSummary>> list = notebook->list();
  if (!list) return fail(list.error());
  for (const RunSummary& run : *list) {
    RunOfPage& page = inputs.runs.emplace_back();
    page.heading = {label_of(run), about(run, Ended::rounds), run.notes()};
    page.wanted = std::erase(missing, run.number) > 0;
    page.read = [number = run.number, from = *notebook]() -> Result<Recorded> {
      Result<Run> whole = from.run(number);
      if (!whole) return fail(std::move(whole.error()));
      return std::move(whole->recorded);
    };
    if (run.means.empty()) continue;
    HistoryRun& history = inputs.history.emplace_back();
    history = {label_of(run), run.number, run.sources, job_in(run.path), {}};
    for (const ModeMean& mode : run.means) history.modes.push_back({mode.mode, mode.mean_seconds});
  }
  if (missing.empty()) return {};
  const Result<Run> none = notebook->run(missing.front());  // which says why
  return none ? Result<void>() : fail(none.error());
}

Result<void> add_files(const std::vector<std::string>& files, PageInputs& inputs) {
  int number = 0;
  for (const std::string& file : files) {
    Result<Recorded> recorded = read_recorded(file);
    if (!recorded) return fail(recorded.error());
    ++number;
    if (std::vector<HistoryPoint> points = history_points(*recorded); !points.empty()) {
      const BenchRecord& bench = std::get<BenchRecord>(*recorded);
      const Json job =
          json_job(bench.plan.job, bench.sources, bench.source_bytes, bench.plan.grain, bench.plan.workers);
      inputs.history.push_back({file, number, bench.sources, job.dump(), std::move(points)});
    }
    RunOfPage& page = inputs.runs.emplace_back();
    page.heading = {file, about(read_run_summary(file), ended_of(*recorded)), {}};
    page.wanted = true;
    page.read = [kept = std::make_shared<Recorded>(std::move(*recorded))]() -> Result<Recorded> {
      return *kept;
    };
  }
  return {};
}

}  // namespace

Result<PageInputs> page_inputs(const std::string& notebook, std::vector<int> numbers,
                               const std::vector<std::string>& files) {
  PageInputs inputs;
  const bool numbered = !numbers.empty();
  if (numbered) {
    if (auto added = add_notebook(notebook, std::move(numbers), inputs); !added) return fail(added.error());
  }
  PageInputs of_files;
  if (auto added = add_files(files, of_files); !added) return fail(added.error());
  std::move(of_files.runs.begin(), of_files.runs.end(), std::back_inserter(inputs.runs));
  // A history is of one notebook, or of the files: their numbers would mean nothing beside the notebook's.
  if (!numbered) inputs.history = std::move(of_files.history);
  return inputs;
}

}  // namespace labday
