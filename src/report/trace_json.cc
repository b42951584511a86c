#include "report/trace_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/text.h"
#include "report/json_parts.h"
#include "report/lanes.h"
#include "report/wording.h"

namespace labday {
namespace {

/// Whole microseconds: the record is not finer, and so spans that touch stay apart.
std::int64_t micros(Nanoseconds time) {
  return std::chrono::duration_cast<std::chrono::microseconds>(time).count();
}

/// The events of one round.
class RoundEvents {
 public:
  RoundEvents(std::vector<Json>& events, int process) : events_(events), process_(process) {}

  void name_process(const std::string& title) {
    meta("process_name", 0, {{"name", title}});
    meta("process_sort_index", 0, {{"sort_index", process_}});
  }

  /// The thread for the next events.
  void begin_thread(const std::string& title) {
    ++thread_;
    meta("thread_name", thread_, {{"name", title}});
    meta("thread_sort_index", thread_, {{"sort_index", thread_}});
  }

  void complete(std::string_view title, std::string_view category, const Span& span, Json arguments) {
    const std::int64_t begin = micros(span.begin);
    events_.push_back({{"ph", "X"},
                       {"name", title},
                       {"cat", category},
                       {"pid", process_},
                       {"tid", thread_},
                       {"ts", begin},
                       {"dur", std::max(std::int64_t{0}, micros(span.end) - begin)},
                       {"args", std::move(arguments)}});
  }

  void instant(std::string_view title, Nanoseconds at) {
    events_.push_back({{"ph", "i"},
                       {"name", title},
                       {"cat", "round"},
                       {"pid", process_},
                       {"tid", 0},
                       {"ts", micros(at)},
                       {"s", "p"}});
  }

 private:
  void meta(std::string_view what, int thread, Json arguments) {
    events_.push_back(
        {{"ph", "M"}, {"name", what}, {"pid", process_}, {"tid", thread}, {"args", std::move(arguments)}});
  }

  std::vector<Json>& events_;
  int process_;
  int thread_ = 0;
};

Json task_arguments(const TaskRow& row) {
  Json cpu = Json::object();
  for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
    cpu[std::string(name(static_cast<Stage>(i)))] = micros(row.record.cpu.at(static_cast<std::size_t>(i)));
  }
  return {{"source", row.task.source},
          {"first_rendition", row.task.first},
          {"last_rendition", row.task.last - 1},
          {"queued_us", micros(row.record.queued)},
          {"handing_us", micros(row.record.handing)},
          {"cpu_us", std::move(cpu)},
          {"bytes_read", row.bytes_read},
          {"bytes_written", row.bytes_written}};
}

void add_task(RoundEvents& events, const TaskRow& row) {
  events.complete(task_title(row.task), "task", {row.record.started, row.record.ended}, task_arguments(row));
  const auto spans = stage_spans(row);
  for (std::size_t stage = 0; stage < spans.size(); ++stage) {
    if (!spans.at(stage)) continue;
    events.complete(name(static_cast<Stage>(stage)), "stage", *spans.at(stage),
                    {{"recorded_us", micros(row.wall.at(stage))}});
  }
}

void add_waits(RoundEvents& events, const WorkerRecord& worker) {
  const std::vector<IdleSpan> waits = waits_of(worker);
  if (waits.empty()) return;
  events.begin_thread(fmt::format("worker {} waiting", worker.worker + 1));
  for (const IdleSpan& wait : waits) {
    events.complete("waiting", "wait", {wait.begin, wait.end}, {{"waited_us", micros(wait.idle)}});
  }
}

void add_round(RoundEvents events, const std::string& title, const RoundResult& round) {
  const RoundRecord& record = *round.record;
  events.name_process(title);
  for (const Lane& lane : lanes_of(record)) {
    events.begin_thread(lane.title());
    for (const std::size_t task : lane.tasks) add_task(events, record.task_rows[task]);
  }
  for (const WorkerRecord& worker : record.worker_rows) add_waits(events, worker);
  events.instant("no task left to give out", record.given_out);
  events.instant("last file in place", round.wall);
}

bool has_rows(const std::optional<RoundResult>& round) {
  return round && round->record && !round->record->task_rows.empty();
}

template <class T>
bool wanted(const std::vector<T>& list, const T& item) {
  return list.empty() || std::find(list.begin(), list.end(), item) != list.end();
}

std::string number_list(const std::vector<std::size_t>& numbers) {
  std::string list;
  for (const std::size_t number : numbers) list += fmt::format("{}{}", list.empty() ? "" : ", ", number);
  return list;
}

/// An error where the record has no such mode or round.
Result<void> check_wish(const BenchRecord& record, const TraceWish& wish) {
  const auto refused = [](std::string detail) {
    return fail(Stage::plan, ErrorCode::usage, "", std::move(detail));
  };
  const auto& modes = record.result.modes;
  for (const std::string& mode : wish.modes) {
    const auto is_it = [&](const ModeRounds& rounds) { return rounds.mode == mode; };
    if (std::none_of(modes.begin(), modes.end(), is_it)) {
      return refused(fmt::format("the run has no mode {}", printable(mode)));
    }
  }
  const std::size_t begun = modes.empty() ? 0 : modes.front().rounds.size();
  for (const int round : wish.rounds) {
    if (round < 1 || static_cast<std::size_t>(round) > begun) {
      return refused(fmt::format("the run has no round {}: it has {}", round, counted(begun, "round")));
    }
  }
  return {};
}

/// An event a line: a trace of megabytes can be looked at, and compared, with what works on lines.
std::string to_lines(const std::vector<Json>& events, const Json& other) {
  std::string text = "{\"displayTimeUnit\":\"ms\",\"otherData\":" + other.dump() + ",\n\"traceEvents\":[\n";
  for (std::size_t i = 0; i < events.size(); ++i) {
    text += events[i].dump(-1, ' ', false, Json::error_handler_t::replace);
    text += i + 1 < events.size() ? ",\n" : "\n";
  }
  return text + "]}\n";
}

}  // namespace

Result<Trace> trace_json(const BenchRecord& record, const TraceWish& wish) {
  if (auto checked = check_wish(record, wish); !checked) return fail(checked.error());
  Trace trace;
  std::vector<Json> events;
  int process = 0;
  for (const ModeRounds& mode : record.result.modes) {
    if (!wanted(wish.modes, mode.mode)) continue;
    const std::string label = printable(mode.mode);
    std::vector<std::size_t> without;
    for (std::size_t i = 0; i < mode.rounds.size(); ++i) {
      if (!wanted(wish.rounds, static_cast<int>(i + 1))) continue;
      if (!has_rows(mode.rounds[i])) {
        without.push_back(i + 1);
        continue;
      }
      const std::string title = fmt::format("{}, round {}", label, i + 1);
      if (const std::string some = left_out_of(*mode.rounds[i]->record); !some.empty()) {
        trace.left_out.push_back(fmt::format("{}: {}.", title, some));
      }
      add_round(RoundEvents(events, ++process), title, *mode.rounds[i]);
    }
    if (!without.empty()) {
      trace.left_out.push_back(fmt::format("{}: of {} {} the run holds no tasks.", label,
                                           without.size() == 1 ? "round" : "rounds", number_list(without)));
    }
  }
  if (process == 0) {
    return fail(
        Stage::plan, ErrorCode::usage, "",
        "the run holds no tasks of these rounds: it was made with --no-records, or its modes disagreed");
  }
  trace.json = to_lines(events, {{"labday", record.result.environment.version},
                                 {"baseline", lossy_utf8(record.plan.baseline)}});
  return trace;
}

}  // namespace labday
