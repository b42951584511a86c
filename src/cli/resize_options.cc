#include "cli/resize_options.h"

#include <CLI/CLI.hpp>

#include <cmath>

#include "cli/failed_list.h"
#include "cli/option_checks.h"

namespace labday {
namespace {

tl::unexpected<Error> usage(std::string detail) {
  return fail(Stage::plan, ErrorCode::usage, {}, std::move(detail));
}

OnExists on_exists_from(const std::string& text) {
  return text == "skip" ? OnExists::skip : text == "replace" ? OnExists::replace : OnExists::error;
}

}  // namespace

void ResizeOptions::add_to(CLI::App& command) {
  job.add_to(command, "auto");
  job.let_sandbox_be_required(command);
  command.get_option("SOURCE")->required(false);
  command.add_option("-o,--output", output, "Folder for the renditions")->required()->check(not_empty());
  command.add_option("--mode", mode, "Mode spec, see `labday modes`; auto chooses for this machine")
      ->check(not_empty())
      ->default_val("auto");
  command.add_option("--on-exists", on_exists, "What to do where a rendition is there already")
      ->check(CLI::IsMember({"error", "skip", "replace"}))
      ->default_val("error");
  command.add_flag("--dry-run", dry_run, "Only say what would be written");
  command.add_option("--failed-list", failed_list, "Write the sources that failed there, as a manifest")
      ->check(not_empty());
  command.add_option("--log-json", log_json, "Append one JSON event a line there; `-` is stdout")
      ->check(not_empty());
  command
      .add_option("--task-timeout", task_timeout,
                  "Seconds after which a task is given up, its worker process being killed")
      ->check(CLI::Range(0.001, 1e9));

  constexpr const char* kGroup = "Large jobs";
  auto* const resuming =
      command.add_flag("--resume", resume, "Keep a journal, and do only what it does not know as done")
          ->group(kGroup);
  command.add_flag("--verify", verify, "Read what is there and make again what is damaged")
      ->needs(resuming)
      ->group(kGroup);
  command.add_flag("--checksum", checksum, "Know sources by their content, not by path and time")
      ->needs(resuming)
      ->group(kGroup);
  command.add_flag("--retry-failed", retry_failed, "Try sources in quarantine once more")
      ->needs(resuming)
      ->group(kGroup);
  command.add_flag("--durable", durable, "Record as done only what a power cut cannot undo")->group(kGroup);
  command.add_option("--shard", shard, "Do one part of the job, such as 2/4")
      ->check(not_empty())
      ->group(kGroup);
  auto* const manifest_option =
      command
          .add_option("--manifest", manifest,
                      "Take the sources from this file, or `-` for stdin: a path or a JSON object a line")
          ->check(not_empty())
          ->group(kGroup);
  command
      .add_option("--manifest-root", manifest_root,
                  "Folder that its paths are below; {dir} is what follows it")
      ->needs(manifest_option)
      ->check(not_empty())
      ->group(kGroup);
}

Result<Job> ResizeOptions::make_job() const {
  if (job.sources.empty() == manifest.empty()) {
    return usage(manifest.empty() ? "there is no SOURCE: name files or folders, or give a --manifest"
                                  : "give SOURCEs or a --manifest, not both");
  }
  if (log_json == "-" && job.json == "-") return usage("--json and --log-json cannot both be stdout");
  auto made = job.make_job();
  if (!made) return made;
  made->output_folder = output;
  made->on_exists = on_exists_from(on_exists);
  made->limits.task_milliseconds = std::llround(task_timeout * 1000);
  if (resume) made->journalling = Journalling::on;
  if (durable) made->journalling = Journalling::durable;
  return made;
}

std::vector<Output> ResizeOptions::outputs() const {
  using Content = Output::Content;
  std::vector<Output> outputs{{"-o", output, Content::folder},
                              {"--json", job.json, Content::json},
                              {"--log-json", log_json, Content::lines},
                              {"--failed-list", failed_list, Content::lines}};
  const std::string partial = failed_list.empty() ? "" : FailedList::partial(failed_list);
  if (partial != failed_list) outputs.push_back({"--failed-list", partial, Content::lines});
  return outputs;
}

Result<Shard> ResizeOptions::shard_wanted() const {
  return shard.empty() ? Result<Shard>(Shard{}) : Shard::parse(shard);
}

}  // namespace labday
