#include "report/run_comparison_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "report/table.h"
#include "report/wording.h"

namespace labday {
namespace {

std::vector<EnvironmentDifference> job_differences(const Run& first, const Run& second) {
  if (const auto* a = std::get_if<BenchRecord>(&first.recorded)) {
    if (const auto* b = std::get_if<BenchRecord>(&second.recorded)) return job_differences(*a, *b);
  } else if (const auto* b = std::get_if<SweepRecord>(&second.recorded)) {
    return job_differences(std::get<SweepRecord>(first.recorded), *b);
  }
  return {};
}

std::string title_of(const Run& run) {
  const RunSummary& summary = run.summary;
  std::string text = printable(run_title(summary));
  text += fmt::format(" ({}, {}", name(summary.kind), date_text(summary.header.unix_time));
  if (summary.state != RunState::finished) text += fmt::format(", {}", name(summary.state));
  return text + ")";
}

std::string ratio_text(const Ratio& ratio) {
  std::string text = fmt::format("{:.3f}", ratio.value);
  if (ratio.interval && !tells_something(ratio)) return text + " (too few rounds to know)";
  if (ratio.interval) text += fmt::format(" ({:.3f} – {:.3f})", ratio.interval->low, ratio.interval->high);
  return text;
}

std::string_view verdict_text(Verdict verdict) {
  return verdict == Verdict::none      ? "no change shown"
         : verdict == Verdict::unknown ? "too few rounds"
                                       : name(verdict);
}

std::string against_text(const ModeChange& mode) {
  if (!mode.against_baseline) return "–";
  return fmt::format("{}, {}", ratio_text(*mode.against_baseline),
                     verdict_text(mode.verdict_against_baseline));
}

std::string seconds_text(double seconds) { return fmt::format("{:.{}f}", seconds, seconds < 1 ? 4 : 2); }

std::string changes_table(const RunComparison& comparison, int first, int second,
                          const std::string& baseline) {
  const bool points = comparison.points.size() > 1;
  std::vector<Column> columns;
  if (points) columns = {{"sources", Align::right}, {"size", Align::right}, {"workers", Align::right}};
  columns.push_back({"mode", Align::left});
  columns.push_back({fmt::format("run {}, s", first), Align::right});
  columns.push_back({fmt::format("run {}, s", second), Align::right});
  columns.push_back({fmt::format("{} / {} (95 %)", second, first), Align::left});
  columns.push_back({"change", Align::left});
  columns.push_back({fmt::format("of the ratio to {}", printable(baseline)), Align::left});
  std::vector<std::vector<std::string>> rows;
  for (const PointChange& point : comparison.points) {
    for (const ModeChange& mode : point.modes) {
      std::vector<std::string> row;
      if (points) {
        const bool begins = &mode == &point.modes.front();
        row = {begins ? with_commas(point.at.sources) : "", begins ? fmt::format("{:g}x", point.at.size) : "",
               begins ? std::to_string(point.at.workers) : ""};
      }
      row.insert(row.end(),
                 {printable(mode.mode), seconds_text(mode.first_seconds), seconds_text(mode.second_seconds),
                  ratio_text(mode.seconds), std::string(verdict_text(mode.verdict)), against_text(mode)});
      rows.push_back(std::move(row));
    }
  }
  return table(columns, rows);
}

std::string noise_text(const RunComparison& comparison) {
  double most = 0;
  bool known = false;
  for (const PointChange& point : comparison.points) {
    known = known || point.noise_floor_share.has_value();
    most = std::max(most, point.noise_floor_share.value_or(0));
  }
  if (!known) return "The noise floor of neither run is known.\n";
  if (most > kWidestShare) return "The noise floor of these runs: too few rounds to know.\n";
  return fmt::format(
      "A change smaller than the noise floor of either run ({}{:.1f} %) is called none; so is one that could "
      "be "
      "chance.\n",
      comparison.points.size() > 1 ? "up to " : "", 100 * most);
}

std::string list_of(const std::vector<std::string>& modes) {
  std::string list;
  for (const std::string& mode : modes) list += (list.empty() ? "" : ", ") + printable(mode);
  return list;
}

std::string commit_text(const GitState& git) {
  std::string text = git.commit ? git.commit->substr(0, 12) : "none";
  if (git.dirty) text += " with changes";
  return git.branch ? fmt::format("{} ({})", printable(text), printable(*git.branch)) : printable(text);
}

/// What is known of the code.
struct Code {
  bool known = true;
  bool differs = false;
  std::string text;
};

Code code_of(const Run& first, const Run& second) {
  Code code;
  const auto& a = first.summary.git;
  const auto& b = second.summary.git;
  if (!a || !b) {
    code.known = false;
    code.text = "Commit: not known of both runs.\n";
  } else if (!a->commit && !b->commit) {
    code.known = false;
    code.text = "Commit: none yet in either run.\n";
  } else if (a->commit != b->commit) {
    code.differs = true;
    code.text = fmt::format("Commit: {} → {}.\n", commit_text(*a), commit_text(*b));
  } else if (a->dirty || b->dirty) {
    code.known = false;
    code.text = fmt::format("Commit: {} in both runs, but with changes that were not committed.\n",
                            printable(a->commit->substr(0, 12)));
  } else {
    code.text = fmt::format("Commit: {} in both runs.\n", commit_text(*a));
  }
  const std::string& before = environment_of(first.recorded).version;
  const std::string& after = environment_of(second.recorded).version;
  if (before != after) {
    code.differs = true;
    code.text += fmt::format("labday: {} → {}.\n", printable(before), printable(after));
  }
  const auto* bench_a = std::get_if<BenchRecord>(&first.recorded);
  const auto* bench_b = std::get_if<BenchRecord>(&second.recorded);
  if (bench_a != nullptr && bench_b != nullptr && bench_a->result.hash != bench_b->result.hash) {
    // Of another job other files are expected.
    code.differs = code.differs || job_differences(first, second).empty();
    code.text += fmt::format("Files: XXH3 {} → {}: what is written is not the same.\n",
                             printable(bench_a->result.hash), printable(bench_b->result.hash));
  }
  return code;
}

std::string load_text(const Environment& environment) {
  const LoadBetween between = load_between(environment.before, environment.after);
  std::string text;
  const auto add = [&](const std::optional<double>& share, std::string_view what) {
    if (share) text += fmt::format("{}{} {:.1f} %", text.empty() ? "" : ", ", what, 100 * *share);
  };
  add(between.busy, "busy");
  add(between.stolen, "stolen");
  add(between.cpu_pressure, "waited for a processor");
  return text.empty() ? "not known" : text;
}

std::string machine_text(const Run& first, const Run& second) {
  const Environment& a = environment_of(first.recorded);
  const Environment& b = environment_of(second.recorded);
  std::string text;
  for (const EnvironmentDifference& difference : comparable(a, b)) {
    text += fmt::format("Machine: {}: {} → {}.\n", difference.what, printable(difference.first),
                        printable(difference.second));
  }
  if (text.empty())
    text = "Machine: the same processor, cores, kernel, compiler, libraries and file system.\n";
  return text + fmt::format("Meanwhile: {} → {}.\n", load_text(a), load_text(b));
}

/// Was it the commit or the machine?
std::string conclusion(Pattern pattern, const Code& code, bool same_machine, const std::string& baseline) {
  const std::string_view either =
      code.differs ? "a commit that changes what all modes do would look so, too; the same commit again tells"
      : code.known ? "the commit is the same, so it was the machine"
                   : "without two commits to compare, code that all modes share is not ruled out";
  const std::string_view apart =
      code.differs ? (same_machine ? "the code differs and the machine does not: it was the code"
                                   : "code and machine both differ")
      : code.known ? "yet the commit is the same, so look at what else ran meanwhile"
                   : "whether the code differs is not known";
  switch (pattern) {
    case Pattern::unknown:
      return "Too few rounds to tell: two a mode and more are needed in both runs.\n";
    case Pattern::none:
      return "No mode changed by more than noise.\n";
    case Pattern::alike:
      return fmt::format(
          "What changed did so in one direction, and no mode changed against {}: so does a faster or slower "
          "machine; {}.\n",
          baseline, either);
    case Pattern::baseline:
      return fmt::format(
          "{} itself changed, and not all others like it, so the speed of the machine does not explain all "
          "of "
          "it; {}.\n",
          baseline, apart);
    case Pattern::single:
      return fmt::format(
          "Modes changed against {}, of which no change was shown, so it was not the speed of the machine; "
          "{}.\n",
          baseline, apart);
    case Pattern::mixed:
      return "Modes changed, but no change against a baseline that both runs have was shown: whether it was "
             "the code or the machine is not known.\n";
  }
  return "";
}

/// What stands in the place of a conclusion where the disturbance of a run explains all that changed, and
/// behind it otherwise.
std::string disturbance_text(const Disturbance& disturbance, int first, int second) {
  const int run = disturbance.in_second ? second : first;
  const int other = disturbance.in_second ? first : second;
  const double share = disturbance.in_second ? disturbance.second_share : disturbance.first_share;
  const double other_share = disturbance.in_second ? disturbance.first_share : disturbance.second_share;
  const std::string what =
      disturbance.mode.empty()
          ? fmt::format("for {:.0f} % of the time something waited for one, and for {:.0f} % in run {}",
                        100 * share, 100 * other_share, other)
          : fmt::format("{} lost {:.0f} % of its workers' time to them, and {:.0f} % in run {}",
                        printable(disturbance.mode), 100 * share, 100 * other_share, other);
  if (!disturbance.unexplained.empty()) {
    return fmt::format(
        "Other programs had cores during run {} ({}), which does not explain the change of {}.\n", run, what,
        list_of(disturbance.unexplained));
  }
  return fmt::format(
      "Other programs had cores during run {} ({}), which slows modes down unlike one another: that is the "
      "machine. Measure again on a quiet one before the code is blamed.\n",
      run, what);
}

std::string baseline_of(const Run& run) {
  return std::visit([](const auto& record) { return record.plan.baseline; }, run.recorded);
}

}  // namespace

std::vector<std::string> obstacles_to_compare(const Run& first, const Run& second) {
  std::vector<std::string> obstacles;
  std::vector<EnvironmentDifference> differences =
      comparable(environment_of(first.recorded), environment_of(second.recorded));
  const auto jobs = job_differences(first, second);
  differences.insert(differences.end(), jobs.begin(), jobs.end());
  for (const EnvironmentDifference& difference : differences) {
    obstacles.push_back(fmt::format("{}: {} in run {}, {} in run {}", difference.what,
                                    printable(difference.first), first.summary.number,
                                    printable(difference.second), second.summary.number));
  }
  return obstacles;
}

Result<std::string> run_comparison_text(const Run& first, const Run& second) {
  const auto refused = [&](std::string why) {
    return fail(Stage::plan, ErrorCode::usage, second.summary.path, std::move(why));
  };
  if (first.recorded.index() != second.recorded.index()) {
    return refused(fmt::format("this is a {}, and run {} is a {}", name(second.summary.kind),
                               first.summary.number, name(first.summary.kind)));
  }
  RunComparison comparison;
  if (const auto* a = std::get_if<BenchRecord>(&first.recorded)) {
    comparison = compare_runs(*a, std::get<BenchRecord>(second.recorded));
  } else {
    comparison = compare_runs(std::get<SweepRecord>(first.recorded), std::get<SweepRecord>(second.recorded));
  }
  const bool any = std::any_of(comparison.points.begin(), comparison.points.end(),
                               [](const PointChange& point) { return !point.modes.empty(); });
  if (!any) return refused(fmt::format("it has no mode in common with run {}", first.summary.number));

  const std::string baseline = baseline_of(first);
  std::string text = fmt::format("{}\n{}\n\n", title_of(first), title_of(second));
  text += changes_table(comparison, first.summary.number, second.summary.number, baseline) + "\n";
  text += noise_text(comparison);
  if (!comparison.only_first.empty()) {
    text += fmt::format("Only in run {}: {}.\n", first.summary.number, list_of(comparison.only_first));
  }
  if (!comparison.only_second.empty()) {
    text += fmt::format("Only in run {}: {}.\n", second.summary.number, list_of(comparison.only_second));
  }
  const Code code = code_of(first, second);
  const std::vector<EnvironmentDifference> jobs = job_differences(first, second);
  for (const EnvironmentDifference& difference : jobs) {
    text += fmt::format("Job: {}: {} → {}.\n", difference.what, printable(difference.first),
                        printable(difference.second));
  }
  const bool same_machine =
      comparable(environment_of(first.recorded), environment_of(second.recorded)).empty();
  text += code.text + machine_text(first, second) + "\n";
  if (!jobs.empty()) return text + "The jobs differ, so neither code nor machine is to be judged by this.\n";
  const bool changed = comparison.pattern != Pattern::none && comparison.pattern != Pattern::unknown;
  std::string disturbed;
  if (changed && comparison.disturbance) {
    disturbed = disturbance_text(*comparison.disturbance, first.summary.number, second.summary.number);
    if (comparison.disturbance->unexplained.empty()) return text + disturbed;
  }
  return text + conclusion(comparison.pattern, code, same_machine, printable(baseline)) + disturbed;
}

}  // namespace labday
