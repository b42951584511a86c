#include "report/record_json.h"

#include <chrono>
#include <limits>

namespace labday {
namespace {

using Microseconds = std::chrono::microseconds;

Json micros(Nanoseconds time) { return std::chrono::round<Microseconds>(time).count(); }
Json micros(const std::optional<Nanoseconds>& time) { return time ? micros(*time) : Json(nullptr); }
Json seconds(Nanoseconds time) { return json_number(to_seconds(time)); }
Json seconds(const std::optional<Nanoseconds>& time) { return time ? seconds(*time) : Json(nullptr); }
Json count(const std::optional<std::uint64_t>& n) { return n ? Json(*n) : Json(nullptr); }

/// The cells of a row, one after the other.
class Cells {
 public:
  explicit Cells(const Json& row) : row_(row) {}
  const Json& next() { return row_.at(next_++); }
  std::int64_t whole() {
    const Json& cell = next();
    if (!cell.is_number_integer()) throw Json::type_error::create(302, "a number is missing in a row", &row_);
    return cell.get<std::int64_t>();
  }
  template <class T>
  T number() {
    const Json& cell = next();
    if (!cell.is_number_integer()) throw Json::type_error::create(302, "a number is missing in a row", &row_);
    const auto value = cell.get<std::int64_t>();
    if (value < 0 || value > std::int64_t{std::numeric_limits<T>::max()}) {
      throw Json::out_of_range::create(401, "a number in a row is out of range", &row_);
    }
    return static_cast<T>(value);
  }
  std::uint64_t count() { return count_from(next()); }
  Nanoseconds micros() {
    const std::int64_t value = whole();
    constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1000;
    if (value < -kMost || value > kMost) {
      throw Json::out_of_range::create(401, "a time in a row is out of range", &row_);
    }
    return Microseconds(value);
  }
  std::optional<Nanoseconds> optional_micros() {
    if (!row_.at(next_).is_null()) return micros();
    ++next_;
    return std::nullopt;
  }
  std::optional<std::uint64_t> optional_count() { return optional_from<std::uint64_t>(next()); }

 private:
  const Json& row_;
  std::size_t next_ = 0;
};

Json stage_cells(Json row, const StageTimes& wall, const StageTimes& cpu) {
  for (const StageTimes* times : {&wall, &cpu}) {
    for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
      row.push_back(micros(times->at(static_cast<std::size_t>(i))));
    }
  }
  return row;
}

Json task_row(const TaskRow& row) {
  const TaskRecord& record = row.record;
  Json cells =
      stage_cells({row.task.source, row.task.first, row.task.last, record.worker, micros(record.queued),
                   micros(record.started), micros(record.ended), micros(record.handing)},
                  row.wall, record.cpu);
  cells.push_back(row.bytes_read);
  cells.push_back(row.bytes_written);
  cells.push_back(record.bytes_handed);
  return cells;
}

TaskRow task_row_from(const Json& json) {
  Cells cells(json);
  TaskRow row;
  row.task.source = cells.number<std::uint32_t>();
  row.task.first = cells.number<std::uint16_t>();
  row.task.last = cells.number<std::uint16_t>();
  TaskRecord& record = row.record;
  record.worker = cells.number<std::int32_t>();
  record.queued = cells.micros();
  record.started = cells.micros();
  record.ended = cells.micros();
  record.handing = cells.micros();
  for (StageTimes* times : {&row.wall, &record.cpu}) {
    for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
      times->at(static_cast<std::size_t>(i)) = cells.micros();
    }
  }
  row.bytes_read = cells.count();
  row.bytes_written = cells.count();
  record.bytes_handed = cells.count();
  return row;
}

Json worker_row(const WorkerRecord& worker) {
  const KernelFigures& kernel = worker.kernel;
  return {worker.worker,
          worker.made,
          micros(worker.making),
          micros(worker.ending),
          micros(kernel.cpu),
          micros(kernel.run_delay),
          micros(kernel.block_delay),
          count(kernel.voluntary_switches),
          count(kernel.involuntary_switches)};
}

WorkerRecord worker_row_from(const Json& json) {
  Cells cells(json);
  WorkerRecord worker;
  worker.worker = cells.number<std::int32_t>();
  worker.made = cells.count();
  worker.making = cells.micros();
  worker.ending = cells.micros();
  worker.kernel.cpu = cells.optional_micros();
  worker.kernel.run_delay = cells.optional_micros();
  worker.kernel.block_delay = cells.optional_micros();
  worker.kernel.voluntary_switches = cells.optional_count();
  worker.kernel.involuntary_switches = cells.optional_count();
  return worker;
}

Json json_kernel(const KernelFigures& kernel) {
  return {{"cpu_seconds", seconds(kernel.cpu)},
          {"run_delay_seconds", seconds(kernel.run_delay)},
          {"block_delay_seconds", seconds(kernel.block_delay)},
          {"voluntary_switches", count(kernel.voluntary_switches)},
          {"involuntary_switches", count(kernel.involuntary_switches)}};
}

std::optional<Nanoseconds> optional_seconds(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(seconds_from(json));
}

KernelFigures kernel_from(const Json& json) {
  return {optional_seconds(json.at("cpu_seconds")), optional_seconds(json.at("run_delay_seconds")),
          optional_seconds(json.at("block_delay_seconds")),
          optional_from<std::uint64_t>(json.at("voluntary_switches")),
          optional_from<std::uint64_t>(json.at("involuntary_switches"))};
}

Json json_times(const StageTimes& times) {
  return json_stages([&](Stage stage) { return to_seconds(times.at(static_cast<std::size_t>(stage))); });
}

void read_times(const Json& json, StageTimes& times) {
  for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
    times.at(static_cast<std::size_t>(i)) = seconds_from(json.at(std::string(name(static_cast<Stage>(i)))));
  }
}

void put_rows(Json& json, const RoundRecord& record) {
  Json& tasks = json["task_rows"] = Json::array();
  for (const TaskRow& row : record.task_rows) tasks.push_back(task_row(row));
  Json& workers = json["worker_rows"] = Json::array();
  Json& waits = json["idle_rows"] = Json::array();
  for (const WorkerRecord& worker : record.worker_rows) {
    workers.push_back(worker_row(worker));
    if (!worker.idle) continue;
    for (const IdleSpan& span : *worker.idle) {
      waits.push_back({worker.worker, micros(span.begin), micros(span.end), micros(span.idle)});
    }
  }
}

void read_rows(const Json& json, RoundRecord& record) {
  for (const Json& row : json.at("task_rows")) record.task_rows.push_back(task_row_from(row));
  for (const Json& row : json.at("worker_rows")) {
    record.worker_rows.push_back(worker_row_from(row));
    if (record.floating) record.worker_rows.back().idle.emplace();
  }
  for (const Json& row : json.at("idle_rows")) {
    Cells cells(row);
    const auto worker = cells.number<std::int32_t>();
    auto& workers = record.worker_rows;
    if (static_cast<std::size_t>(worker) >= workers.size() ||
        !workers[static_cast<std::size_t>(worker)].idle) {
      throw Json::out_of_range::create(401, "a wait is of no worker that could have it", &row);
    }
    const Nanoseconds begin = cells.micros();
    const Nanoseconds end = cells.micros();
    workers[static_cast<std::size_t>(worker)].idle->push_back({begin, end, cells.micros()});
  }
}

}  // namespace

Json json_round_record(const RoundRecord& record) {
  Json json{{"tasks", record.tasks},
            {"given_out_seconds", seconds(record.given_out)},
            {"stage_wall_seconds", json_times(record.wall)},
            {"stage_cpu_seconds", json_times(record.cpu)},
            {"in_tasks_seconds", seconds(record.in_tasks)},
            {"longest_task_seconds", seconds(record.longest_task)},
            {"handing_seconds", seconds(record.handing)},
            {"bytes_read", record.bytes_read},
            {"bytes_written", record.bytes_written},
            {"bytes_handed", record.bytes_handed},
            {"workers_used", record.workers_used},
            {"floating", record.floating},
            {"idle_before_seconds", seconds(record.idle_before)},
            {"idle_after_seconds", seconds(record.idle_after)},
            {"all_idle_after_seconds", seconds(record.all_idle_after)},
            {"made", record.made},
            {"making_seconds", seconds(record.making)},
            {"ending_seconds", seconds(record.ending)},
            {"workers", json_kernel(record.workers)},
            {"helpers", json_kernel(record.helpers)},
            {"machine_busy_seconds", seconds(record.machine_busy)},
            {"stolen_seconds", seconds(record.stolen)},
            {"row_stands_for", record.row_stands_for}};
  put_rows(json, record);
  return json;
}

Json json_record_columns() {
  Json tasks{"source", "first", "last", "worker", "queued_us", "started_us", "ended_us", "handing_us"};
  for (const char* what : {"wall", "cpu"}) {
    for (int i = static_cast<int>(Stage::read); i < kStageCount; ++i) {
      tasks.push_back(std::string(name(static_cast<Stage>(i))) + "_" + what + "_us");
    }
  }
  for (const char* what : {"bytes_read", "bytes_written", "bytes_handed"}) tasks.push_back(what);
  return {{"task_rows", std::move(tasks)},
          {"worker_rows",
           {"worker", "made", "making_us", "ending_us", "cpu_us", "run_delay_us", "block_delay_us",
            "voluntary_switches", "involuntary_switches"}},
          {"idle_rows", {"worker", "begin_us", "end_us", "idle_us"}}};
}

RoundRecord round_record_from_json(const Json& json) {
  RoundRecord record;
  record.tasks = count_from(json.at("tasks"));
  record.given_out = seconds_from(json.at("given_out_seconds"));
  read_times(json.at("stage_wall_seconds"), record.wall);
  read_times(json.at("stage_cpu_seconds"), record.cpu);
  record.in_tasks = seconds_from(json.at("in_tasks_seconds"));
  record.longest_task = seconds_from(json.at("longest_task_seconds"));
  record.handing = seconds_from(json.at("handing_seconds"));
  record.bytes_read = count_from(json.at("bytes_read"));
  record.bytes_written = count_from(json.at("bytes_written"));
  record.bytes_handed = count_from(json.at("bytes_handed"));
  record.workers_used = count_from(json.at("workers_used"));
  record.floating = json.at("floating").get<bool>();
  record.idle_before = seconds_from(json.at("idle_before_seconds"));
  record.idle_after = seconds_from(json.at("idle_after_seconds"));
  record.all_idle_after = seconds_from(json.at("all_idle_after_seconds"));
  record.made = count_from(json.at("made"));
  record.making = seconds_from(json.at("making_seconds"));
  record.ending = seconds_from(json.at("ending_seconds"));
  record.workers = kernel_from(json.at("workers"));
  record.helpers = kernel_from(json.at("helpers"));
  record.machine_busy = optional_seconds(json.at("machine_busy_seconds"));
  record.stolen = optional_seconds(json.at("stolen_seconds"));
  record.row_stands_for = count_from(json.at("row_stands_for"));
  read_rows(json, record);
  return record;
}

}  // namespace labday
