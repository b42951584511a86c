// `labday resize SOURCE... -o DIR`: make the renditions.
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <unordered_set>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/gather.h"
#include "cli/history_file.h"
#include "cli/interrupt.h"
#include "cli/job_options.h"
#include "cli/option_checks.h"
#include "lab/environment.h"
#include "modes/registry.h"
#include "pipeline/plan.h"
#include "pipeline/posix_io.h"
#include "pipeline/totals.h"
#include "report/dry_run.h"
#include "report/mode_choice_text.h"
#include "report/progress.h"
#include "report/resize_console.h"
#include "report/resize_json.h"

namespace labday {
namespace {

struct ResizeOptions {
  JobOptions job;
  std::string output;
  std::string mode;
  std::string on_exists;
  bool dry_run = false;
};

/// Adds up the results, shows errors as they come, and moves the progress line.
class ResizeSink final : public ResultSink {
 public:
  ResizeSink(const Job& job, StatusLine& line)
      : totals_(job.sources.size()), progress_(job, line), line_(line) {}

  void deliver(TaskResult result) override {
    for (const Error& error : result.errors) {
      // At grain `rendition` every task of a bad source says the same; once is enough.
      const bool of_the_source = error.stage == Stage::read || error.stage == Stage::decode;
      if (of_the_source && !bad_sources_.insert(result.task.source).second) continue;
      line_.message(to_line(error));
    }
    totals_.add(result);
    progress_.add(result);
  }

  [[nodiscard]] JobTotals totals() const { return totals_.totals(); }

 private:
  TotalsCollector totals_;
  JobProgress progress_;
  StatusLine& line_;
  std::unordered_set<std::uint32_t> bad_sources_;
};

struct ResolvedMode {
  std::string spec;
  std::string why;  // empty where the user named the mode
};

/// What `--mode auto` means: what was fastest in an experiment like this job, on this machine; else threads,
/// where they can help. Resolved here, so that no mode is special to a layer.
ResolvedMode choose_mode(const Job& job, Grain grain, int workers, bool no_history) {
  const std::string rule = workers > 1 ? "threads" : "blocking";
  const auto usable = [&](const std::string& text) {
    const auto spec = ModeSpec::parse(text);
    if (!spec || !spec->info->unavailable().empty()) return false;
    const auto own = spec->workers(workers);
    return own && *own <= workers;
  };
  const auto path = history_path(no_history);
  const auto choice = choose_mode(recall(path), this_machine(), facts_of(job, grain, workers), rule, usable);
  const std::string spec = choice ? choice->mode : rule;
  return {spec, mode_choice_text(spec, choice, workers, path.has_value())};
}

OnExists on_exists_from(const std::string& text) {
  return text == "skip" ? OnExists::skip : text == "replace" ? OnExists::replace : OnExists::error;
}

int resize(const ResizeOptions& options) {
  const Interrupt interrupt;
  const Console console(options.job.quiet, options.job.json);
  if (const auto writable = console.check(); !writable) return refuse(writable.error());
  const int workers = options.job.worker_count();
  // A mode that does not exist is said before anything else is looked at.
  const bool chosen = options.mode == "auto";
  if (const auto known = ModeSpec::parse(options.mode); !chosen && !known) return refuse(known.error());

  auto gathered = gather_job(options.job, options.output, on_exists_from(options.on_exists));
  if (!gathered) return refuse(gathered.error());
  const Job& job = gathered->job;

  const auto checked = check_targets(job);
  if (!checked && !(options.dry_run && checked.error().code == ErrorCode::exists)) {
    return refuse(checked.error());
  }
  if (options.dry_run) {
    const bool said = succeeded(console.say(dry_run_text(job)));
    if (!checked) return refuse(checked.error());
    return said && gathered->complete ? kAllDone : kSomeFailed;
  }
  if (!options.job.no_space_check) {
    if (const auto enough = check_space(job, job.output_folder); !enough) return refuse(enough.error());
  }
  const auto io = PosixIo::open(job.output_folder);
  if (!io) return refuse(io.error());
  const Grain grain = resolve_grain(job, options.job.grain_wanted(), workers);
  const ResolvedMode resolved =
      chosen ? choose_mode(job, grain, workers, options.job.no_history) : ResolvedMode{options.mode, ""};
  const auto spec = ModeSpec::parse(resolved.spec);
  if (!spec) return refuse(spec.error());
  auto mode = make_mode(*spec, job, **io, workers);
  if (!mode) return refuse(mode.error());
  const auto tasks = plan_tasks(job, grain, workers);

  // From here on things are written: an interruption ends with what is done, whole, in place.
  const bool announced = succeeded(console.say(resolved.why));
  StatusLine line(STDERR_FILENO, progress_wanted(options.job.progress_wanted_mode(), STDERR_FILENO));
  ResizeSink sink(job, line);
  const auto begin = Clock::now();
  if (const auto started = (*mode)->start(); !started) return refuse(started.error());
  const auto ran = (*mode)->run(tasks, sink, interrupt.token());
  const std::string note = (*mode)->note();
  mode->reset();
  const Nanoseconds wall = Clock::now() - begin;
  line.clear();

  const bool cancelled = interrupt.signal() != 0;
  const ResizeRecord record{job,           std::string(labday_version()),
                            spec->text,    resolved.why,
                            grain,         *spec->workers(workers),
                            note,          wall,
                            sink.totals(), cancelled};
  const bool said = succeeded(console.say(resize_text(record))) && announced;
  const bool written = succeeded(console.json(console.wants_json() ? resize_json(record) : ""));
  const bool worked = succeeded(ran);
  if (cancelled) return kSignalled + interrupt.signal();
  const bool all = said && written && worked && gathered->complete && record.totals.renditions.failed == 0;
  return all ? kAllDone : kSomeFailed;
}

}  // namespace

void add_resize_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<ResizeOptions>();
  CLI::App* command = app.add_subcommand("resize", "Make the renditions of images");
  options->job.add_to(*command, "auto");
  command->add_option("-o,--output", options->output, "Folder for the renditions")
      ->required()
      ->check(not_empty());
  command->add_option("--mode", options->mode, "Mode spec, see `labday modes`; auto chooses for this machine")
      ->check(not_empty())
      ->default_val("auto");
  command->add_option("--on-exists", options->on_exists, "What to do where a rendition is there already")
      ->check(CLI::IsMember({"error", "skip", "replace"}))
      ->default_val("error");
  command->add_flag("--dry-run", options->dry_run, "Only say what would be written");
  command->footer(
      "Examples:\n"
      "  labday resize photos -o out\n"
      "  labday resize photos -o out --width 400,800 --png small\n"
      "  labday resize 'photos/*.jpg' @more.txt -o out --name '{dir}/{stem} ({percent:.1f}%).{ext}'\n"
      "  labday resize photos -o out --on-exists skip       go on where an interrupted run stopped");
  command->callback([options, &status] { status = resize(*options); });
}

}  // namespace labday
