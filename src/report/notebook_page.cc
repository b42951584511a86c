#include "report/notebook_page.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>

#include <cerrno>
#include <map>
#include <utility>

#include "base/text.h"
#include "base/unique_fd.h"
#include "lab/comparisons.h"
#include "lab/findings.h"
#include "report/bench_schema.h"
#include "report/failed_sources.h"
#include "report/findings_text.h"
#include "report/json_head.h"
#include "report/note_text.h"
#include "report/sweep_json.h"
#include "report/text_file.h"
#include "report/wording.h"

namespace labday {
namespace {

constexpr std::string_view kTitle =
    "Lab notebook\n"
    "============\n"
    "\n"
    "<!-- labday makes this page anew from runs/; `labday notebook note N TEXT` adds to it. -->\n";

/// `1. threads, async; 3. blocking`; empty where nothing is known of the noise.
std::string ranking_text(const std::map<int, std::vector<std::string>>& places) {
  std::string text;
  for (const auto& [place, modes] : places) {
    text += fmt::format("{}{}.", text.empty() ? "" : "; ", place);
    const char* separator = " ";
    for (const std::string& mode : modes) {
      text += separator + markdown_escaped(mode);
      separator = ", ";
    }
  }
  return text;
}

std::map<int, std::vector<std::string>> places_of(const Json& modes) {
  std::map<int, std::vector<std::string>> places;
  for (const auto& [mode, figures] : modes.items()) {
    if (!figures.at("place").is_null()) places[figures.at("place").get<int>()].push_back(mode);
  }
  return places;
}

std::string noise_text(const Json& share) {
  if (share.is_null()) return "not known";
  if (share.get<double>() > kWidestShare) return "not known: too few rounds";
  return fmt::format("{:.1f} %", 100 * share.get<double>());
}

std::string findings(const Json& json) {
  std::string list;
  for (const Json& item : json.at("findings")) {
    const Finding finding{markdown_escaped(item.at("mode").get<std::string>()),
                          named<Cause>(item.at("name"), kCauseCount), item.at("seconds").get<double>(),
                          item.at("share").get<double>(), item.at("evidence").get<std::string>()};
    list += " - " + finding_line(finding);
  }
  return list.empty() ? "" : "\n## Findings\n" + list;
}

std::string bench_page(const Json& json, const RunSummary& summary) {
  std::string lines;
  std::map<int, std::vector<std::string>> places;
  for (const ModeMean& mean : summary.means) {
    lines += took_line(mean.mode, mean.mean_seconds);
    if (mean.place) places[*mean.place].push_back(mean.mode);
  }
  std::string text;
  if (!lines.empty()) text += "\n```\n" + lines + "```\n";
  if (!places.empty()) {
    const Json& floor = json.at("noise_floor");
    text += fmt::format("\nRanking: {}. Noise floor {}.\n", ranking_text(places),
                        noise_text(floor.is_null() ? floor : floor.at("share")));
  }
  return text + findings(json);
}

/// `20 sources at 2x, 4 workers`
std::string point_text(const Json& point) {
  return fmt::format("{} at {:g}x, {}", counted(count_from(point.at("sources")), "source"),
                     point.at("size_factor").get<double>(),
                     counted(count_from(point.at("workers")), "worker"));
}

std::string crossovers(const Json& json) {
  std::string list;
  for (const Json& crossover : json.at("crossovers")) {
    const Json& interval = crossover.at("at_interval");
    list += fmt::format(
        " - along {}, {} overtakes {} at about {:.3g} (95 % {:.3g} – {:.3g}), between {} and {}{}\n",
        crossover.at("axis").get<std::string>(), markdown_escaped(crossover.at("faster").get<std::string>()),
        markdown_escaped(crossover.at("overtaken").get<std::string>()), crossover.at("at").get<double>(),
        interval.at(0).get<double>(), interval.at(1).get<double>(), point_text(crossover.at("before")),
        point_text(crossover.at("after")),
        crossover.at("beyond_noise").get<bool>() ? "" : "; on one side the two cannot be told apart");
  }
  return list.empty() ? "" : "\nWhere modes change places:\n" + list;
}

std::string sweep_page(const Json& json) {
  std::string lines;
  std::string rankings;
  for (const Json& point : json.at("points")) {
    lines += (lines.empty() ? "" : "\n") + point_text(point) + "\n";
    for (const auto& [mode, figures] : point.at("modes").items()) {
      lines += took_line(mode, figures.at("mean_seconds").get<double>());
    }
    const auto places = places_of(point.at("modes"));
    if (places.empty()) continue;
    rankings += fmt::format(" - {}: {}. Noise floor {}.\n", point_text(point), ranking_text(places),
                            noise_text(point.at("noise_floor_share")));
  }
  std::string text;
  if (!lines.empty()) text += "\n```\n" + lines + "```\n";
  if (!rankings.empty()) text += "\nRanking:\n" + rankings;
  return text + crossovers(json);
}

/// What is on the page of a run; of a sweep that was killed it has to be computed first.
Result<Json> page_json(const RunSummary& summary) {
  Result<Json> head = read_json_head(summary.path, {kBenchPageEnd, kSweepPageEnd});
  const bool computed = summary.kind == RunKind::bench || summary.state != RunState::interrupted || !head ||
                        (head->contains("points") && !head->at("points").empty());
  if (computed) return head;
  Result<Recorded> recorded = read_recorded(summary.path);
  if (!recorded) return fail(std::move(recorded.error()));
  auto& record = std::get<SweepRecord>(*recorded);
  record.result.ended = Ended::cancelled;
  return Json::parse(sweep_json(record));
}

std::string heading(const RunSummary& summary) { return "# " + markdown_escaped(run_title(summary)) + "\n"; }

void add_errors(const Json& json, std::vector<Error>& errors) {
  for (const Json& error : json.at("errors")) errors.push_back(error_from_json(error));
}

/// Of the sources that could not be read or decoded, and others that failed.
std::string failed_sources(const Json& json, const RunSummary& summary) {
  std::vector<Error> errors;
  if (summary.kind == RunKind::sweep) {
    for (const Json& job : json.at("jobs")) add_errors(job, errors);
    errors = one_a_path(std::move(errors));
    return failed_sources_text(errors.size(), summary.sources, errors);
  }
  add_errors(json, errors);
  return failed_sources_text(counts_from_json(json.at("sources")).failed, summary.sources, errors);
}

std::string facts(const Json& json, const RunSummary& summary) {
  std::string text;
  if (summary.git) {
    if (summary.git->branch) text += fmt::format(" - branch {}\n", markdown_escaped(*summary.git->branch));
    if (summary.git->commit) {
      text += fmt::format(" - commit {}{}\n", printable(*summary.git->commit),
                          summary.git->dirty ? ", with changes that were not committed" : "");
    }
  }
  const Json& machine = json.at("environment");
  const Json& processor = machine.at("cpu_model");
  text += fmt::format(
      " - {}, {}, {}, labday {}\n", name(summary.kind), date_text(summary.header.unix_time),
      processor.is_null() ? "processor not known" : markdown_escaped(processor.get<std::string>()),
      markdown_escaped(machine.at("version").get<std::string>()));
  if (const std::string failed = failed_sources(json, summary); !failed.empty()) {
    text += " - " + markdown_escaped(failed) + "\n";
  }
  if (summary.state != RunState::finished) {
    text += fmt::format(" - {}\n", summary.state == RunState::disagreement
                                       ? "the modes disagree: no time is shown"
                                       : std::string(name(summary.state)));
  }
  return text;
}

std::string notes(const RunSummary& summary) {
  const std::vector<std::string> all = summary.notes();
  if (all.empty()) return "";
  std::string text;
  for (const std::string& note : all) text += (text.empty() ? "\n## Notes\n" : "\n") + markdown_note(note);
  return text;
}

std::string damaged_page(const RunSummary& summary, const Error& damage) {
  return heading(summary) + "\nThis run cannot be read: " + markdown_escaped(to_line(damage)) + "\n" +
         notes(summary);
}

/// Sets `damage` where the run cannot be read after all.
std::string page_of(const RunSummary& summary, std::optional<Error>& damage) {
  damage = summary.damage;
  if (!damage) {
    const Result<Json> json = page_json(summary);
    try {
      if (json) {
        return heading(summary) + facts(*json, summary) +
               (summary.kind == RunKind::bench ? bench_page(*json, summary) : sweep_page(*json)) +
               notes(summary);
      }
      damage = json.error();
    } catch (const Json::exception& error) {
      damage = Error{Stage::plan, ErrorCode::corrupt, summary.path,
                     fmt::format("this run was changed or damaged: {}", json_reason(error))};
    }
  }
  return damaged_page(summary, *damage);
}

}  // namespace

Result<PageOutcome> write_notebook_page(const Notebook& notebook) {
  // Who comes later waits, and then lists all that the one before has listed. Where there are no such locks,
  // the page is whole all the same, and may lack a run until the next time.
  const UniqueFd lock(::open(notebook.folder().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  while (lock && ::flock(lock.get(), LOCK_EX) != 0 && errno == EINTR) {
  }
  const Result<std::vector<RunSummary>> runs = notebook.list();
  if (!runs) return fail(runs.error());
  PageOutcome outcome;
  std::string text(kTitle);
  for (const RunSummary& summary : *runs) {
    std::optional<Error> damage;
    text += "\n" + page_of(summary, damage);
    ++outcome.runs;
    if (damage) outcome.damaged.push_back(*damage);
  }
  if (const Result<void> written = replace_file(notebook.page_path(), text); !written) {
    return fail(written.error());
  }
  return outcome;
}

}  // namespace labday
