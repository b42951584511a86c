// `labday sweep SOURCE...`: bench over numbers of sources, sizes and counts of workers.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <memory>

#include "base/cpu_budget.h"
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
#include "cli/sweep_options.h"
#include "lab/sweep_record.h"
#include "modes/registry.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "report/progress.h"
#include "report/sweep_console.h"
#include "report/sweep_json.h"
#include "report/sweep_progress.h"

namespace labday {
namespace {

struct SweepCommandOptions {
  JobOptions job;
  ExperimentOptions experiment;
  SweepOptions sweep;
  NotebookOptions notebook;
  std::string scratch;
};

constexpr std::int64_t kMostJsonBytes = std::int64_t{1} << 30;

Result<SweepPlan> make_plan(const SweepCommandOptions& options, Job job) {
  ExperimentPlan experiment;
  if (const auto applied = options.experiment.apply_to(experiment); !applied) return fail(applied.error());
  SweepPlan plan;
  plan.job = std::move(job);
  plan.baseline = experiment.baseline;
  plan.rounds = experiment.rounds;
  plan.seed = experiment.seed;
  plan.max_time = experiment.max_time;
  plan.grain = options.job.grain_wanted();
  for (const std::string& text : experiment.modes) {
    const auto spec = ModeSpec::parse(text);
    if (!spec) return fail(spec.error());
    plan.modes.push_back({text, spec->takes_workers()});
  }
  if (const auto axes = options.sweep.apply_to(plan, cpu_budget().cores()); !axes) return fail(axes.error());
  if (const auto checked = check_sweep(plan); !checked) return fail(checked.error());
  // Sources are numbered, so only the renditions of one can have the same name.
  Job one = plan.job;
  one.sources.resize(1);
  one.output_folder = "/dev/null/nothing";
  if (const auto checked = check_targets(one); !checked) return fail(checked.error());
  return plan;
}

/// The sweep that the JSON file holds; none where there is no such file, or it is empty.
Result<std::optional<SweepRecord>> read_saved(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0 || status.st_size == 0) return std::optional<SweepRecord>();
  const Result<Bytes> bytes = read_whole_file(path, kMostJsonBytes);
  if (!bytes) return fail(bytes.error());
  Result<SweepRecord> record =
      sweep_record_from_json({reinterpret_cast<const char*>(bytes->data()), bytes->size()}, path);
  if (!record) {
    record.error().detail += "; --fresh replaces it, and another --json leaves it alone";
    return fail(std::move(record.error()));
  }
  return std::optional<SweepRecord>(std::move(*record));
}

/// Takes up what an earlier call saved; false where there was nothing.
Result<bool> take_up(const SweepCommandOptions& options, SweepPlan& plan, SweepRecord& record) {
  const std::string& path = options.job.json;
  Result<std::optional<SweepRecord>> saved = read_saved(path);
  if (!saved) return fail(std::move(saved.error()));
  if (!*saved) return false;
  SweepRecord& before = **saved;
  const auto refused = [&](std::string why) {
    return fail(Stage::plan, ErrorCode::usage, path, std::move(why));
  };
  std::vector<std::string> obstacles = obstacles_to_resume(before, record);
  if (!options.experiment.seed.empty() && plan.seed != before.plan.seed) {
    obstacles.push_back(fmt::format("--seed: now {}, before {}", plan.seed, before.plan.seed));
  }
  if (!obstacles.empty()) {
    std::string why = "it holds another sweep, which is kept (";
    for (const std::string& obstacle : obstacles) why += (why.back() == '(' ? "" : "; ") + obstacle;
    return refused(why + "); --fresh replaces it, and another --json leaves it alone");
  }
  for (const std::string& folder : before.scratch_folders) {
    if (Scratch::remove_left_behind(folder) == Scratch::Left::in_use) {
      return refused("another labday is at work on this sweep");
    }
  }
  plan.seed = before.plan.seed;
  record.plan.seed = before.plan.seed;
  record.result = std::move(before.result);
  return true;
}

/// Plays what is left. An exit status where it could not begin, or broke.
std::optional<int> play(const SweepCommandOptions& options, const SweepPlan& plan, const Console& console,
                        const Interrupt& interrupt, const std::string& parent, RunKeeper& run,
                        SweepRecord& record) {
  const SweepSpace space = estimate_sweep_space(plan, SweepGrid(plan));
  const std::uint64_t needed = options.job.no_space_check ? 0 : space.inputs_bytes + space.round_bytes;
  auto for_inputs = Scratch::create(parent, needed);
  if (!for_inputs) return refuse(for_inputs.error());
  auto for_rounds = Scratch::create(parent, 0);
  if (!for_rounds) return refuse(for_rounds.error());
  for (const Scratch* scratch : {&*for_inputs, &*for_rounds}) {
    record.scratch_folders.push_back(std::filesystem::absolute(scratch->folder()).string());
  }

  StatusLine line(STDERR_FILENO, progress_wanted(options.job.progress_wanted_mode(), STDERR_FILENO));
  Saver saver([&](const std::string& text) { return console.json(text); });
  SweepHooks hooks;
  hooks.estimated = [&](const SweepEstimate& estimate) {
    line.clear();
    std::ignore = succeeded(console.say(sweep_estimate_text(plan, estimate)));
  };
  hooks.round_begins = [&](const SweepPosition& position) {
    line.show(progress_line(plan, position, plan.job.sources.size()), Clock::now());
  };
  hooks.round_ended = [&](const SweepResult& so_far) {
    const auto text = [&](const RunHeader* header) {
      record.result = so_far;
      return sweep_json(record, header);
    };
    if (console.keeps_json()) saver.save([&] { return text(nullptr); });
    if (!so_far.order.empty()) run.save(text);
  };
  SweepInputs inputs(plan, for_inputs->folder());
  ChildRoundRunner runner;
  SweepResult so_far = record.result;
  auto result = run_sweep(plan, std::move(so_far), inputs, runner, *for_rounds, hooks, interrupt.token());
  line.clear();
  record.scratch_folders.clear();
  if (!result) {
    print_error(result.error());
    return interrupt.signal() != 0 ? kSignalled + interrupt.signal() : static_cast<int>(kSomeFailed);
  }
  record.result = std::move(*result);
  return std::nullopt;
}

int sweep(const SweepCommandOptions& options) {
  const Interrupt interrupt;
  const Console console(options.job.quiet, options.job.json);
  const std::vector<Output> outputs{{"--json", options.job.json, Output::Content::json}};
  if (const auto checked = check_outputs(outputs); !checked) return refuse(checked.error());
  auto made = options.job.make_job();
  if (!made) return refuse(made.error());
  auto gathered = gather_sources(std::move(*made), options.job, outputs);
  if (!gathered) return refuse(gathered.error());
  auto plan = make_plan(options, std::move(gathered->job));
  if (!plan) return refuse(plan.error());

  const std::string parent = options.scratch.empty() ? default_scratch_parent() : options.scratch;
  const bool keeps = console.keeps_json();
  Result<std::string> hash = keeps ? hash_sources(plan->job) : std::string();
  if (!hash) return refuse(hash.error());
  SweepRecord record = sweep_record(*plan, std::move(*hash));
  record.result.environment = read_environment(parent, options.notebook.folder_or_usual());
  bool resumed = false;
  if (keeps && !options.sweep.fresh) {
    const Result<bool> taken = take_up(options, *plan, record);
    if (!taken) return refuse(taken.error());
    resumed = *taken;
  }
  const bool left = !resumed || !complete_as_it_is(record);
  RunKeeper run;
  if (left) {
    if (const auto opened = run.open(options.notebook); !opened) return refuse(opened.error());
  }
  if (resumed) {
    if (!succeeded(console.say(sweep_resumed_text(record, options.job.json)))) return kSomeFailed;
  }
  if (left) {
    if (resumed) ++record.result.sessions;
    if (const auto status = play(options, *plan, console, interrupt, parent, run, record)) return *status;
  }

  complain(sweep_problems(record));
  const bool said = succeeded(console.say(sweep_text(record, console.canvas())));
  const bool written = succeeded(console.json(console.wants_json() ? sweep_json(record) : ""));
  const bool kept = record.result.order.empty() ||
                    run.finish([&](const RunHeader* header) { return sweep_json(record, header); }, console);
  if (!left && options.notebook.wanted()) {
    complain("Nothing was left to measure, so no run is added to the notebook.\n");
  }
  remember(history_path(options.job.no_history), history_of(*plan, record.result, unix_now()));
  if (interrupt.signal() != 0) {
    if (keeps) complain("The same command goes on where this one stopped.\n");
    return kSignalled + interrupt.signal();
  }
  if (record.result.disagreement) return kModesDisagree;
  const bool sources_failed =
      std::any_of(record.result.jobs.begin(), record.result.jobs.end(),
                  [](const SweepJobRecord& job) { return job.reference.renditions.failed > 0; });
  const bool all = said && written && kept && gathered->complete && record.result.complete() &&
                   record.result.failures.empty() && !sources_failed;
  return all ? kAllDone : kSomeFailed;
}

}  // namespace

void add_sweep_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<SweepCommandOptions>();
  CLI::App* command = app.add_subcommand(
      "sweep", "bench over numbers of sources, sizes and counts of workers: where does it change?");
  options->job.add_to(*command, "source", JobOptions::Workers::none);
  options->sweep.add_to(*command);
  options->experiment.add_to_sweep(*command);
  options->notebook.add_to(*command);
  command->add_option("--scratch", options->scratch, "Folder to write to; emptied at the end [$TMPDIR]")
      ->check(not_empty());
  command->footer(
      "Examples:\n"
      "  labday sweep photos                               every mode, with 1, 2, 4 … workers\n"
      "  labday sweep photos --sources 0.1x,1x,10x --modes blocking,threads,multiprocessing\n"
      "  labday sweep photos --size 0.5x,1x,2x --workers 1,2,4 --rounds 3 --json sweep.json\n"
      "With --json FILE a sweep that was killed goes on where it was: give the same command again.");
  command->callback([options, &status] { status = sweep(*options); });
}

}  // namespace labday
