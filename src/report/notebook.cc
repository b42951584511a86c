#include "report/notebook.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include "pipeline/posix_io.h"
#include "pipeline/temporaries.h"
#include "report/bench_schema.h"
#include "report/environment_json.h"
#include "report/json_head.h"
#include "report/sweep_json.h"
#include "report/text_file.h"

namespace labday {
namespace {
namespace fs = std::filesystem;

constexpr std::int64_t kMostNoteBytes = std::int64_t{16} << 20;

// The page is made anew anyway; half of a run and half of another would be neither.
constexpr const char* kGitAttributes = "NOTEBOOK.md merge=union\nruns/* -merge\n";

/// Takes a decimal number, that may begin with zeros, off the front of `text`.
std::optional<int> take_number(std::string_view& text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || number <= 0 || number > kMostRuns) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::string digits(int number) { return fmt::format("{:04}", number); }

void read_bench(const Json& json, RunSummary& summary) {
  std::map<std::string, int> places;
  for (const Json& place : json.at("ranking")) {
    for (const Json& mode : place.at("modes")) {
      places[mode.get<std::string>()] = whole_from(place.at("place"), 1, kMostRuns);
    }
  }
  for (const auto& [mode, seconds] : json.at("summary").items()) {
    const auto place = places.find(mode);
    summary.means.push_back(
        {mode, seconds.get<double>(), place != places.end() ? std::optional(place->second) : std::nullopt});
  }
}

void read_summary(const Json& json, RunSummary& summary) {
  const auto schema = json.at("schema").get<std::string>();
  if (schema != kBenchSchema && schema != kSweepSchema) {
    refuse_json(json, fmt::format("the schema is {}, which is none of labday's", schema));
  }
  summary.kind = schema == kBenchSchema ? RunKind::bench : RunKind::sweep;
  if (json.contains("notebook")) summary.header = run_header_from_json(json.at("notebook"));
  summary.state = run_state(named<Ended>(json.at("ended"), kEndedCount), summary.header);
  if (summary.kind == RunKind::bench) read_bench(json, summary);
  summary.git = git_from_json(json.at("environment").at("git"));
  summary.sources = count_from(json.at("job").at("sources"));
}

Error no_run(int number, const std::string& path) {
  return {Stage::plan, ErrorCode::usage, path,
          fmt::format("the notebook has no run {}; `labday notebook` lists them", number)};
}

std::string without_line_feeds(std::string text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

}  // namespace

struct Notebook::Files {
  std::set<int> runs;
  std::map<int, std::set<int>> notes;  // by run
  int last = 0;                        // the highest number that anything has
};

std::string_view name(RunState state) {
  constexpr std::array<std::string_view, 4> kNames{"finished", "going on", "interrupted", "disagreement"};
  return kNames.at(static_cast<std::size_t>(state));
}

RunState run_state(Ended ended, const RunHeader& header) {
  if (ended == Ended::disagreement) return RunState::disagreement;
  if (ended == Ended::cancelled) return RunState::interrupted;
  if (ended != Ended::not_yet) return RunState::finished;
  const std::optional<WriterId> writer = WriterId::parse(header.writer);
  return writer && life_of(*writer, Reach::machines) == Life::alive ? RunState::going_on
                                                                    : RunState::interrupted;
}

std::string run_title(const RunSummary& summary) {
  const std::string text = fmt::format("Run {}", summary.number);
  return summary.header.title.empty() ? text : text + " - " + summary.header.title;
}

std::vector<std::string> RunSummary::notes() const {
  std::vector<std::string> notes;
  if (!header.note.empty()) notes.push_back(header.note);
  notes.insert(notes.end(), added_notes.begin(), added_notes.end());
  return notes;
}

RunSummary read_run_summary(const std::string& path) {
  RunSummary summary;
  summary.path = path;
  const auto damaged = [&](Error error) {
    RunSummary blank;
    blank.path = path;
    blank.damage = std::move(error);
    return blank;
  };
  const Result<Json> json = read_json_head(path, {kBenchSummaryEnd, kSweepSummaryEnd});
  if (!json) return damaged(json.error());
  try {
    const std::string schema = json->value("schema", "");
    const bool read = schema == kBenchSchema || schema == kSweepSchema;
    if (!read && schema.starts_with("labday.")) return damaged(schema_error(schema, path));
    read_summary(*json, summary);
  } catch (const Json::exception& error) {
    return damaged({Stage::plan, ErrorCode::corrupt, path,
                    fmt::format("this run was changed or damaged: {}", json_reason(error))});
  }
  return summary;
}

Result<Notebook> Notebook::open(const std::string& folder) {
  std::error_code error;
  if (fs::is_directory(folder + "/runs", error)) return Notebook(folder);
  return fail(Stage::plan, ErrorCode::not_found, folder,
              "there is no notebook: `labday bench --title TITLE` begins one");
}

Result<Notebook> Notebook::create(const std::string& folder) {
  Notebook notebook(folder);
  std::error_code error;
  fs::create_directories(notebook.runs_folder(), error);
  if (error) {
    return fail(system_error(Stage::plan, error.value(), folder, "cannot make the folder of the notebook"));
  }
  if (::access(notebook.runs_folder().c_str(), W_OK | X_OK) != 0) {
    return fail(system_error(Stage::plan, errno, notebook.runs_folder(), "cannot add a run"));
  }
  // What is there may be the user's.
  const std::string attributes = folder + "/.gitattributes";
  if (fs::exists(fs::symlink_status(attributes, error))) return notebook;
  const Result<void> created = create_file(attributes, kGitAttributes);
  if (!created && created.error().code != ErrorCode::exists) return fail(created.error());
  return notebook;
}

std::string Notebook::run_path(int number) const {
  return fmt::format("{}/{}.json", runs_folder(), digits(number));
}

std::string Notebook::note_path(int number, int note) const {
  return fmt::format("{}/{}-note-{}.md", runs_folder(), digits(number), note);
}

Result<Notebook::Files> Notebook::files() const {
  Files files;
  std::error_code error;
  for (fs::directory_iterator entry(runs_folder(), error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string name = entry->path().filename().string();
    std::string_view rest = name;
    const std::optional<int> number = take_number(rest);
    if (!number) continue;
    const std::optional<int> note = take(rest, "-note-") ? take_number(rest) : std::nullopt;
    // What is called in another way was not written by labday: `5.json`, `0005.json~`.
    if (name == digits(*number) + ".json") {
      files.runs.insert(*number);
    } else if (note && name == fmt::format("{}-note-{}.md", digits(*number), *note)) {
      files.notes[*number].insert(*note);
    } else {
      continue;
    }
    files.last = std::max(files.last, *number);
  }
  if (error) return fail(system_error(Stage::plan, error.value(), runs_folder(), "list the runs"));
  return files;
}

std::vector<std::string> Notebook::read_notes(int number, const Files& files) const {
  std::vector<std::string> texts;
  const auto notes = files.notes.find(number);
  if (notes == files.notes.end()) return texts;
  for (const int note : notes->second) {
    const Result<Bytes> text = read_whole_file(note_path(number, note), kMostNoteBytes);
    texts.push_back(text ? without_line_feeds({reinterpret_cast<const char*>(text->data()), text->size()})
                         : fmt::format("A note that cannot be read: {}", to_line(text.error())));
  }
  return texts;
}

Result<std::vector<RunSummary>> Notebook::list() const {
  const Result<Files> found = files();
  if (!found) return fail(found.error());
  std::vector<RunSummary> list;
  for (const int number : found->runs) {
    RunSummary summary = read_run_summary(run_path(number));
    // Removed since the folder was read.
    if (summary.damage && summary.damage->code == ErrorCode::not_found) continue;
    summary.number = number;
    summary.added_notes = read_notes(number, *found);
    list.push_back(std::move(summary));
  }
  return list;
}

Result<Run> Notebook::run(int number) const {
  const std::string path = run_path(number);
  Result<Recorded> recorded = read_recorded(path);
  if (!recorded) {
    if (recorded.error().code == ErrorCode::not_found) {
      return fail(no_run(number, path));
    }
    return fail(std::move(recorded.error()));
  }
  RunSummary summary = read_run_summary(path);
  if (summary.damage) return fail(*summary.damage);
  summary.number = number;
  const Result<Files> found = files();
  if (!found) return fail(found.error());
  summary.added_notes = read_notes(number, *found);
  return Run{std::move(summary), std::move(*recorded)};
}

Result<int> Notebook::add_run(const std::string& text) const {
  const Result<Files> found = files();
  if (!found) return fail(found.error());
  for (int number = found->last + 1; number <= kMostRuns; ++number) {
    const Result<void> created = create_file(run_path(number), text);
    if (created) return number;
    if (created.error().code != ErrorCode::exists) return fail(created.error());
  }
  return fail(Stage::write, ErrorCode::over_limit, folder_, "the notebook is full");
}

Result<void> Notebook::add_note(int number, const std::string& text) const {
  const Result<Files> found = files();
  if (!found) return fail(found.error());
  if (!found->runs.contains(number)) {
    return fail(no_run(number, run_path(number)));
  }
  const auto notes = found->notes.find(number);
  int note = notes == found->notes.end() ? 1 : *notes->second.rbegin() + 1;
  for (; note <= kMostRuns; ++note) {
    Result<void> created = create_file(note_path(number, note), without_line_feeds(text) + "\n");
    if (created || created.error().code != ErrorCode::exists) return created;
  }
  return fail(Stage::write, ErrorCode::over_limit, folder_, "the run has too many notes");
}

}  // namespace labday
