#include "report/event_log.h"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <time.h>

#include <cerrno>
#include <utility>

#include "base/text.h"

namespace labday {
namespace {

/// `2026-01-31T23:59:59.123Z`
std::string now_text() {
  timespec now{};
  ::clock_gettime(CLOCK_REALTIME, &now);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(now.tv_sec), now.tv_nsec / 1'000'000);
}

std::string_view event_of(const TaskResult& result) {
  if (result.failed > 0) return "task_failed";
  if (result.not_done > 0) return "task_not_done";
  return result.done > 0 ? "task_done" : "task_skipped";
}

Json json_renditions(const Job& job, const Task& task) {
  Json names = Json::array();
  for (std::size_t i = task.first; i < task.last; ++i) {
    const Rendition& rendition = job.renditions[i];
    names.push_back(rendition.width > 0 ? std::to_string(rendition.width) + " px"
                                        : rendition.scale.text() + " %");
  }
  return names;
}

}  // namespace

Result<EventLog> EventLog::open(const std::string& path) {
  EventLog log;
  log.path_ = path == "-" ? "stdout" : path;
  log.file_ = UniqueFd(path == "-" ? ::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                                   : ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
  if (!log.file_) return fail(system_error(Stage::plan, errno, log.path_, "cannot write the log there"));
  return log;
}

void EventLog::write(std::string_view event, const Json& json) {
  if (!file_ || !status_) return;
  Json line{{"event", event}, {"time", now_text()}};
  line.update(json);
  std::string text = line.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  for (std::string_view rest = text; !rest.empty();) {
    const ssize_t wrote = ::write(file_.get(), rest.data(), rest.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) {
      status_ = fail(system_error(Stage::write, wrote < 0 ? errno : EIO, path_, "cannot write the log"));
      return;
    }
    rest.remove_prefix(static_cast<std::size_t>(wrote));
  }
}

void EventLog::job_start(const Job& job, const JobStart& start) {
  Json output = Json::object();
  put_path(output, job.output_folder);
  write("job_start", {{"schema", "labday.log/1"},
                      {"version", start.version},
                      {"mode", lossy_utf8(start.mode)},
                      {"workers", start.workers},
                      {"sources", start.sources},
                      {"shard", start.shard.empty() ? Json(nullptr) : Json(start.shard)},
                      {"resume", start.resume},
                      {"durable", start.durable},
                      {"output", std::move(output)}});
}

void EventLog::task(const Job& job, const TaskResult& result) {
  if (!file_) return;
  Json json = Json::object();
  put_path(json, job.sources[result.task.source].path);
  json["renditions"] = json_renditions(job, result.task);
  json["counts"] = json_counts({result.done, result.skipped, result.failed, result.not_done});
  json["bytes_read"] = result.bytes_read;
  json["bytes_written"] = result.bytes_written;
  json["stage_seconds"] = json_stages(
      [&](Stage stage) { return to_seconds(result.stage_times.at(static_cast<std::size_t>(stage))); });
  if (!result.errors.empty()) {
    Json& errors = json["errors"] = Json::array();
    for (const Error& error : result.errors) errors.push_back(json_error(error));
  }
  write(event_of(result), json);
}

void EventLog::worker_lost(const Job& job, const WorkerLoss& loss) {
  Json json{{"pid", loss.pid}, {"how", lossy_utf8(loss.how)}, {"timed_out", loss.timed_out}};
  if (loss.source) {
    put_path(json, job.sources[*loss.source].path);
    json["retried"] = loss.retried;
  }
  write("worker_lost", json);
}

void EventLog::interrupted(int signal) { write("interrupted", {{"signal", signal}}); }

void EventLog::job_end(const ResizeRecord& record, int exit_status) {
  const JobTotals& totals = record.totals;
  Json json{{"exit_status", exit_status},
            {"wall_seconds", json_number(to_seconds(record.wall))},
            {"cancelled", record.cancelled},
            {"renditions", json_counts(totals.renditions)},
            {"sources", json_counts(totals.sources)},
            {"warnings", totals.warnings},
            {"bytes_read", totals.bytes_read},
            {"bytes_written", totals.bytes_written},
            {"error_groups", json_groups(record.error_groups)}};
  if (record.resumed) json["resumed"] = json_judgements(*record.resumed);
  write("job_end", json);
}

}  // namespace labday
