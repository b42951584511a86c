// `labday resize SOURCE... -o DIR`: make the renditions.
#include <unistd.h>

#include <memory>
#include <utility>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/gather.h"
#include "cli/interrupt.h"
#include "cli/resize_options.h"
#include "cli/resize_run.h"
#include "lab/environment.h"
#include "modes/registry.h"
#include "pipeline/plan.h"
#include "report/dry_run.h"
#include "report/resize_console.h"
#include "report/resize_json.h"

namespace labday {
namespace {

/// What `--mode auto` means: threads, where they can help. Resolved here, so that no mode is special to a
/// layer.
std::string resolve_mode(const std::string& mode, int workers) {
  if (mode != "auto") return mode;
  return workers > 1 ? "threads" : "blocking";
}

int dry_run(const Gathered& gathered, const Result<void>& checked, const Console& console) {
  const bool said = succeeded(console.say(dry_run_text(gathered.job)));
  if (!checked) return refuse(checked.error());
  return said && gathered.complete ? kAllDone : kSomeFailed;
}

/// Leaves the sources of the shard; whether names collide is asked of all of them before.
Result<void> check_and_divide(Job& job, const Shard& shard, ResizeRun& run, bool resume) {
  const OnExists on_exists = job.on_exists;
  if (resume) job.on_exists = OnExists::replace;  // the journal decides what is in the way
  auto checked =
      check_targets(job, whole_sources(job), shard, [&](const std::string& name) { run.visit(name); });
  job.on_exists = on_exists;
  if (checked) std::erase_if(job.sources, [&](const Source& source) { return !shard.has(source.path); });
  return checked;
}

int resize(const ResizeOptions& options) {
  const Interrupt interrupt;
  const Console console(options.job.quiet, options.job.json);
  if (const auto writable = console.check(); !writable) return refuse(writable.error());
  const int workers = options.job.worker_count();
  const auto spec = ModeSpec::parse(resolve_mode(options.mode, workers));
  if (!spec) return refuse(spec.error());
  const auto shard = options.shard_wanted();
  if (!shard) return refuse(shard.error());

  auto made = options.make_job();
  if (!made) return refuse(made.error());
  auto gathered = gather_sources(std::move(*made), options.job);
  if (!gathered) return refuse(gathered.error());
  Job& job = gathered->job;

  StatusLine line(STDERR_FILENO, progress_wanted(options.job.progress_wanted_mode(), STDERR_FILENO));
  ResizeRun run(options, *spec, interrupt.token(), line);
  if (const auto prepared = run.prepare(job.output_folder); !prepared) return refuse(prepared.error());
  const auto checked = check_and_divide(job, *shard, run, options.resume);
  if (options.dry_run && (checked || checked.error().code == ErrorCode::exists)) {
    return dry_run(*gathered, checked, console);
  }
  if (!checked) return refuse(checked.error());

  const auto begin = Clock::now();
  const auto ran = run.execute(job, whole_sources(job), true);
  if (!run.started()) return refuse(ran.error());
  const Nanoseconds wall = Clock::now() - begin;
  line.clear();

  const bool cancelled = interrupt.signal() != 0;
  const ResizeSums& sums = run.sums();
  const ResizeRecord record{job,
                            std::string(labday_version()),
                            spec->text,
                            *sums.grain,
                            *spec->workers(workers),
                            sums.note,
                            wall,
                            sums.totals,
                            cancelled,
                            sums.sources,
                            sums.source_bytes,
                            sums.resumed};
  const bool said = succeeded(console.say(resize_text(record)));
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
