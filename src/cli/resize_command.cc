// `labday resize SOURCE... -o DIR`: make the renditions.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <memory>
#include <optional>
#include <utility>

#include "base/function_ref.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/gather.h"
#include "cli/history_file.h"
#include "cli/interrupt.h"
#include "cli/outputs.h"
#include "cli/resize_options.h"
#include "cli/resize_run.h"
#include "lab/environment.h"
#include "modes/registry.h"
#include "pipeline/manifest_parts.h"
#include "pipeline/plan.h"
#include "report/dry_run.h"
#include "report/event_log.h"
#include "report/mode_choice_text.h"
#include "report/progress.h"
#include "report/resize_console.h"
#include "report/resize_json.h"

namespace labday {
namespace {

struct ResolvedMode {
  std::string spec;
  std::string why;  // empty where the user named the mode
};

/// What `--mode auto` means: what was fastest in an experiment like this job, on this machine; else threads,
/// where they can help; where tasks are to be ended that take too long, of the modes that can. Resolved here,
/// so that no mode is special to a layer.
ResolvedMode choose_mode(const Job& job, Grain grain, int workers, bool no_history) {
  const bool confined = job.sandbox == Sandbox::required;
  const bool ends_tasks = job.limits.task_milliseconds != 0;
  const std::string rule = confined || ends_tasks ? "multiprocessing-pool"
                           : workers > 1          ? "threads"
                                                  : "blocking";
  const auto usable = [&](const std::string& text) {
    const auto spec = ModeSpec::parse(text);
    if (!spec || !spec->info->unavailable().empty() || !check_sandbox(*spec, job.sandbox)) return false;
    if (ends_tasks && !spec->info->ends_tasks) return false;
    const auto own = spec->workers(workers);
    return own && *own <= workers;
  };
  const auto path = history_path(no_history);
  const auto choice = choose_mode(recall(path), this_machine(), facts_of(job, grain, workers), rule, usable);
  const std::string spec = choice ? choice->mode : rule;
  return {spec, mode_choice_text(spec, choice, workers, path.has_value())};
}

/// Leaves the sources of the shard; whether names collide is asked of all of them before.
Result<void> check_and_divide(Job& job, const Shard& shard, bool resume,
                              FunctionRef<void(const std::string& name)> on_target) {
  const OnExists on_exists = job.on_exists;
  if (resume) job.on_exists = OnExists::replace;  // the journal decides what is in the way
  auto checked = check_targets(job, whole_sources(job), shard, on_target);
  job.on_exists = on_exists;
  if (checked) std::erase_if(job.sources, [&](const Source& source) { return !shard.has(source.path); });
  return checked;
}

/// Where everything that a run needs is at hand.
class ResizeCommand {
 public:
  explicit ResizeCommand(const ResizeOptions& options)
      : options_(options),
        console_(options.job.quiet, options.job.json, options.log_json == "-"),
        workers_(options.job.worker_count()),
        line_(STDERR_FILENO, progress_wanted(options.job.progress_wanted_mode(), STDERR_FILENO)),
        renditions_kept_(options.outputs()) {}

  int execute() {
    if (auto opened = open(); !opened) return refuse(opened.error());
    auto made = options_.make_job();
    if (!made) return refuse(made.error());
    run_.emplace(options_, spec_, interrupt_.token(), line_, events_, failed_);
    if (auto prepared = run_->prepare(made->output_folder); !prepared) return refuse(prepared.error());
    return options_.manifest.empty() ? resize_arguments(std::move(*made)) : resize_manifest(std::move(*made));
  }

 private:
  Result<void> open() {
    std::vector<Input> inputs;
    if (!options_.manifest.empty()) inputs.push_back({options_.manifest, "the manifest"});
    if (auto checked = check_outputs(options_.outputs(), inputs); !checked) return checked;
    // A mode that does not exist is said before anything else is looked at.
    if (options_.mode != "auto") {
      auto spec = ModeSpec::parse(options_.mode);
      if (!spec) return fail(std::move(spec.error()));
      if (auto able = take_mode(std::move(*spec)); !able) return able;
    }
    auto shard = options_.shard_wanted();
    if (!shard) return fail(std::move(shard.error()));
    shard_ = *shard;
    return {};
  }

  Result<void> take_mode(ModeSpec spec) {
    spec_ = std::move(spec);
    const Sandbox sandbox = options_.job.sandbox_wanted();
    if (auto able = check_sandbox(spec_, sandbox); !able) return able;
    if (options_.task_timeout == 0 || spec_.info->ends_tasks) return {};
    return fail(Stage::plan, ErrorCode::usage, {},
                fmt::format("{} mode cannot end a task: use --task-timeout with a mode of processes, such as "
                            "multiprocessing-pool",
                            spec_.info->name));
  }

  /// Where the mode is still to be chosen: for a job like this one.
  Result<void> choose_for(const Job& job) {
    if (options_.mode != "auto") return {};
    const Grain grain = resolve_grain(job, options_.job.grain_wanted(), workers_);
    ResolvedMode resolved = choose_mode(job, grain, workers_, options_.job.no_history);
    auto spec = ModeSpec::parse(resolved.spec);
    if (!spec) return fail(std::move(spec.error()));
    choice_ = std::move(resolved.why);
    if (auto able = take_mode(std::move(*spec)); !able) return able;
    announced_ = succeeded(console_.say(choice_));
    return {};
  }

  Result<void> open_outputs() {
    if (!options_.log_json.empty()) {
      auto events = EventLog::open(options_.log_json);
      if (!events) return fail(std::move(events.error()));
      events_ = std::move(*events);
    }
    if (options_.failed_list.empty()) return {};
    auto list = FailedList::open(options_.failed_list);
    if (!list) return fail(std::move(list.error()));
    failed_ = std::move(*list);
    return {};
  }

  void tell_start(const Job& job, std::uint64_t sources) {
    events_.job_start(job, {labday_version(), spec_.text, *spec_.workers(workers_), sources, options_.shard,
                            options_.resume, job.journalling == Journalling::durable});
  }

  void visit(const std::string& rendition_name) {
    run_->visit(rendition_name);
    renditions_kept_.visit(rendition_name);
  }

  int resize_arguments(Job wanted) {
    auto gathered = gather_sources(std::move(wanted), options_.job, options_.outputs());
    if (!gathered) return refuse(gathered.error());
    Job& job = gathered->job;
    const auto checked =
        check_and_divide(job, shard_, options_.resume, [&](const std::string& name) { visit(name); });
    if (!renditions_kept_.result()) return refuse(renditions_kept_.result().error());
    if (options_.dry_run && (checked || checked.error().code == ErrorCode::exists)) {
      const Result<void> said = say_dry_run(job, whole_sources(job));
      if (!checked) return refuse(checked.error());
      return succeeded(said) && gathered->complete ? kAllDone : kSomeFailed;
    }
    if (!checked) return refuse(checked.error());
    if (const auto chosen = choose_for(job); !chosen) return refuse(chosen.error());
    if (const auto opened = open_outputs(); !opened) return refuse(opened.error());
    tell_start(job, job.sources.size());
    const Result<void> ran = run_->execute(job, whole_sources(job), true);
    return conclude(job, ran, gathered->complete);
  }

  Result<void> say_dry_run(Job& job, const std::vector<Task>& slices) {
    if (options_.checksum) hash_contents(job);
    return console_.say(dry_run_text(job, slices, run_->index(), options_.resume_rules()));
  }

  int resize_manifest(Job prototype) {
    auto reader =
        ManifestReader::open(options_.manifest, {options_.manifest_root, prototype.renditions.front()});
    if (!reader) return refuse(reader.error());
    ManifestParts parts(std::move(*reader), prototype, shard_);
    // With --resume the journal decides what is in the way, part by part.
    const bool refuse_existing = prototype.on_exists == OnExists::error && !options_.resume;
    const auto size =
        parts.check(refuse_existing && !options_.dry_run, [&](const std::string& name) { visit(name); });
    if (!renditions_kept_.result()) return refuse(renditions_kept_.result().error());
    if (!size) return refuse(size.error());
    auto part = parts.next();
    if (!part) return refuse(part.error());
    if (!options_.dry_run) {
      if (const auto chosen = choose_for(*part ? (*part)->job : prototype); !chosen)
        return refuse(chosen.error());
      if (const auto opened = open_outputs(); !opened) return refuse(opened.error());
      tell_start(prototype, size->sources);
    }
    Result<void> ran;
    for (; ran && !interrupt_.token().requested(); part = parts.next()) {
      if (!part) {
        ran = fail(std::move(part.error()));
      } else if (!*part) {
        break;
      } else {
        ran = options_.dry_run ? say_dry_run((*part)->job, (*part)->slices)
                               : run_->execute((*part)->job, (*part)->slices, false, (*part)->owned);
      }
    }
    if (options_.dry_run) return succeeded(ran) ? kAllDone : kSomeFailed;
    return conclude(prototype, ran, true);
  }

  int conclude(const Job& job, const Result<void>& ran, bool complete) {
    line_.clear();
    const bool cancelled = interrupt_.signal() != 0;
    if (!run_->started() && !ran) {
      failed_.abandon();
      return refuse(ran.error());
    }
    const ResizeSums& sums = run_->sums();
    const ResizeRecord record{job,
                              std::string(labday_version()),
                              spec_.text,
                              choice_,
                              sums.grain.value_or(Grain::source),
                              *spec_.workers(workers_),
                              sums.note,
                              Clock::now() - begin_,
                              sums.totals,
                              cancelled,
                              sums.sources,
                              sums.source_bytes,
                              sums.error_groups,
                              sums.resumed};
    bool all = complete && announced_ && record.totals.renditions.failed == 0;
    for (const Result<void>& step :
         {console_.say(resize_text(record)), console_.json(console_.wants_json() ? resize_json(record) : ""),
          ran, failed_.finish()}) {
      if (!succeeded(step)) all = false;
    }
    const int status = cancelled ? kSignalled + interrupt_.signal() : all ? kAllDone : kSomeFailed;
    if (cancelled) events_.interrupted(interrupt_.signal());
    events_.job_end(record, status);
    return !succeeded(events_.status()) && status == kAllDone ? kSomeFailed : status;
  }

  const Interrupt interrupt_;
  const ResizeOptions& options_;
  const Console console_;
  const int workers_;
  const Clock::time_point begin_ = Clock::now();
  StatusLine line_;
  EventLog events_;
  FailedList failed_;
  RenditionsKept renditions_kept_;
  ModeSpec spec_;
  bool announced_ = true;
  std::string choice_;  // how the mode was chosen; empty where the user named it
  Shard shard_;
  std::optional<ResizeRun> run_;
};

int resize(const ResizeOptions& options) { return ResizeCommand(options).execute(); }

}  // namespace

void add_resize_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<ResizeOptions>();
  CLI::App* command = app.add_subcommand("resize", "Make the renditions of images");
  options->add_to(*command);
  command->footer(
      "Examples:\n"
      "  labday resize photos -o out\n"
      "  labday resize photos -o out --width 400,800 --png small\n"
      "  labday resize 'photos/*.jpg' @more.txt -o out --name '{dir}/{stem} ({percent:.1f}%).{ext}'\n"
      "  labday resize photos -o out --resume               the same again finishes what was interrupted\n"
      "  labday resize --manifest list.txt -o out --resume --shard 2/4");
  command->callback([options, &status] { status = resize(*options); });
}

}  // namespace labday
