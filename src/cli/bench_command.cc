// `labday bench SOURCE...`: every mode, several rounds, one verdict.
#include <CLI/CLI.hpp>
#include <unistd.h>

#include <memory>

#include "base/clock.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/experiment_options.h"
#include "cli/gather.h"
#include "cli/history_file.h"
#include "cli/interrupt.h"
#include "cli/job_options.h"
#include "cli/notebook_options.h"
#include "cli/option_checks.h"
#include "cli/outputs.h"
#include "cli/saver.h"
#include "lab/experiment.h"
#include "pipeline/plan.h"
#include "report/bench_console.h"
#include "report/bench_json.h"
#include "report/progress.h"

namespace labday {
namespace {

struct BenchOptions {
  JobOptions job;
  ExperimentOptions experiment;
  NotebookOptions notebook;
  std::string scratch;
  bool no_records = false;
};

int bench(const BenchOptions& options) {
  const Interrupt interrupt;
  const Console console(options.job.quiet, options.job.json);
  const std::vector<Output> outputs{{"--json", options.job.json, Output::Content::json}};
  if (const auto checked = check_outputs(outputs); !checked) return refuse(checked.error());
  ExperimentPlan plan;
  if (const auto applied = options.experiment.apply_to(plan); !applied) return refuse(applied.error());
  auto job = options.job.make_job();
  if (!job) return refuse(job.error());
  auto gathered = gather_sources(std::move(*job), options.job, outputs);
  if (!gathered) return refuse(gathered.error());
  plan.job = std::move(gathered->job);
  plan.workers = options.job.worker_count();
  plan.records = !options.no_records;
  plan.grain = resolve_grain(plan.job, options.job.grain_wanted(), plan.workers);

  const std::string parent = options.scratch.empty() ? default_scratch_parent() : options.scratch;
  const std::uint64_t needed = options.job.no_space_check ? 0 : estimate_space(plan.job).bytes;
  auto scratch = Scratch::create(parent, needed);
  if (!scratch) return refuse(scratch.error());
  plan.job.output_folder = scratch->folder();
  if (const auto checked = check_targets(plan.job); !checked) return refuse(checked.error());

  plan.notebook = options.notebook.folder_or_usual();
  RunKeeper run;
  if (const auto opened = run.open(options.notebook); !opened) return refuse(opened.error());
  StatusLine line(STDERR_FILENO, progress_wanted(options.job.progress_wanted_mode(), STDERR_FILENO));
  Saver saver([&](const std::string& text) { return console.json(text); });
  ExperimentHooks hooks;
  hooks.round_begins = [&](const RoundPosition& position) {
    line.show(progress_line(position), Clock::now());
  };
  hooks.round_ended = [&](const ExperimentResult& so_far) {
    if (console.keeps_json()) saver.save([&] { return bench_json(plan, so_far); });
    run.save([&](const RunHeader* header) { return bench_json(bench_record(plan, so_far), header); });
  };
  ChildRoundRunner runner;
  const auto result = run_experiment(plan, runner, *scratch, hooks, interrupt.token());
  line.clear();
  if (!result) {
    print_error(result.error());
    return interrupt.signal() != 0 ? kSignalled + interrupt.signal() : kSomeFailed;
  }

  complain(bench_problems(*result));
  const bool said = succeeded(console.say(bench_text(plan, *result, console.canvas())));
  const bool written = succeeded(console.json(console.wants_json() ? bench_json(plan, *result) : ""));
  const bool kept =
      result->order.empty() ||
      run.finish([&](const RunHeader* header) { return bench_json(bench_record(plan, *result), header); },
                 console);
  remember(history_path(options.job.no_history), history_of(plan, *result, unix_now()));
  if (interrupt.signal() != 0) return kSignalled + interrupt.signal();
  if (result->disagreement) return kModesDisagree;
  const bool all = said && written && kept && gathered->complete && result->failures.empty() &&
                   result->reference.renditions.failed == 0;
  return all ? kAllDone : kSomeFailed;
}

}  // namespace

void add_bench_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<BenchOptions>();
  CLI::App* command =
      app.add_subcommand("bench", "Time every mode on a job, and prove that all wrote the same files");
  options->job.add_to(*command, "source");
  options->experiment.add_to(*command);
  options->notebook.add_to(*command);
  command->add_option("--scratch", options->scratch, "Folder to write to; emptied after each round [$TMPDIR]")
      ->check(not_empty());
  command->add_flag("--no-records", options->no_records,
                    "Measure times alone: no findings, and nothing for `labday predict`");
  command->footer(
      "Examples:\n"
      "  labday bench photos\n"
      "  labday bench photos --modes blocking,threads:workers=4 --rounds 5 --json bench.json\n"
      "  labday bench photos --rounds auto --precision 1% --max-time 30m\n"
      "  labday bench photos --scratch /mnt/slow-disk --png fast\n"
      "  labday bench photos --title Averages --note 'After the refactoring' && labday notebook list");
  command->callback([options, &status] { status = bench(*options); });
}

}  // namespace labday
