// `labday report RUN...`: runs as one HTML file.
#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/option_checks.h"
#include "cli/run_argument.h"
#include "report/page_runs.h"
#include "report/wording.h"

namespace labday {
namespace {

struct ReportOptions {
  std::vector<std::string> runs;
  std::string output;
  std::string notebook = std::string(kNotebookFolder);
};

/// The runs of a page and their history, before any of them is read as a whole.
struct Wanted {
  std::vector<RunOfPage> runs;
  std::vector<HistoryRun> history;
};

/// All runs of the notebook: those that were not asked for can be switched to.
Result<void> add_notebook(const ReportOptions& options, Wanted& wanted) {
  const Result<Notebook> notebook = Notebook::open(options.notebook);
  if (!notebook) return fail(notebook.error());
  const Result<std::vector<RunSummary>> list = notebook->list();
  if (!list) return fail(list.error());
  std::vector<int> missing;
  for (const std::string& argument : options.runs) {
    if (const auto number = run_number(argument)) missing.push_back(*number);
  }
  for (const RunSummary& run : *list) {
    const bool asked_for = std::erase(missing, run.number) > 0;
    RunOfPage& page = wanted.runs.emplace_back();
    page.heading = {run_title(run), run.notes()};
    page.wanted = asked_for;
    page.read = [argument = std::to_string(run.number), folder = options.notebook] {
      return read_run(argument, folder);
    };
    HistoryRun history{run_title(run), run.number, run.sources, {}};
    for (const ModeMean& mode : run.means) history.modes.push_back({mode.mode, mode.mean_seconds});
    if (!history.modes.empty()) wanted.history.push_back(std::move(history));
  }
  if (missing.empty()) return {};
  const Result<Run> none = notebook->run(missing.front());  // which says why
  return none ? Result<void>() : fail(none.error());
}

/// Runs that files hold; as they may be large, each is read once.
Result<void> add_files(const ReportOptions& options, Wanted& wanted) {
  int number = 0;
  for (const std::string& argument : options.runs) {
    if (run_number(argument)) continue;
    Result<Recorded> recorded = read_recorded(argument);
    if (!recorded) return fail(recorded.error());
    HistoryRun history{argument, ++number, 0, history_points(*recorded)};
    if (const auto* bench = std::get_if<BenchRecord>(&*recorded)) history.sources = bench->sources;
    if (!history.modes.empty()) wanted.history.push_back(std::move(history));
    RunOfPage& page = wanted.runs.emplace_back();
    page.heading.label = argument;
    page.wanted = true;
    page.read = [kept = std::make_shared<Recorded>(std::move(*recorded))]() -> Result<Recorded> {
      return *kept;
    };
  }
  return {};
}

int report(const ReportOptions& options) {
  const PageShell shell = page_shell();
  if (!shell.is_there()) {
    complain(
        fmt::format("labday: there is no page for a report: {}. Install npm (Debian: apt-get install nodejs "
                    "npm), configure and "
                    "build labday again. Meanwhile `labday trace` and the JSON show the same run.\n",
                    shell.missing));
    return kNothingStarted;
  }
  const Console console(false, options.output);
  if (const auto writable = console.check(); !writable) return refuse(writable.error());
  for (const std::string& argument : options.runs) {
    if (const auto other = check_not_input(options.output, argument); !other) return refuse(other.error());
  }
  Wanted wanted;
  const auto is_number = [](const std::string& argument) { return run_number(argument).has_value(); };
  const bool numbers = std::any_of(options.runs.begin(), options.runs.end(), is_number);
  if (numbers) {
    if (const auto added = add_notebook(options, wanted); !added) return refuse(added.error());
  }
  // A history is of one notebook, or of the files: their numbers would mean nothing beside the notebook's.
  Wanted files;
  if (const auto added = add_files(options, files); !added) return refuse(added.error());
  std::move(files.runs.begin(), files.runs.end(), std::back_inserter(wanted.runs));
  if (!numbers) wanted.history = std::move(files.history);

  const Result<PageContent> content = page_of(wanted.runs, wanted.history);
  if (!content) return refuse(content.error());
  const std::string html = page_html(shell, *content);
  if (!succeeded(console.json(html))) return kSomeFailed;
  std::string text = fmt::format("{}: {}, {}.\n", printable(options.output),
                                 counted(content->runs.size(), "run"), human_bytes(html.size()));
  for (const std::string& note : content->notes) text += note + "\n";
  return succeeded(console.say(text)) ? kAllDone : kSomeFailed;
}

}  // namespace

void add_report_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<ReportOptions>();
  CLI::App* command =
      app.add_subcommand("report", "Show runs of bench and sweep as one HTML file that needs no network");
  command
      ->add_option(
          "RUN", options->runs,
          "Number of a run of the notebook, whose other runs can be switched to, or JSON that --json wrote")
      ->required();
  command
      ->add_option("-o,--output", options->output,
                   "The file to write, replaced if it is there; `-` is stdout")
      ->required()
      ->check(not_empty());
  command
      ->add_option("--notebook", options->notebook,
                   fmt::format("Folder of the notebook [{}]", kNotebookFolder))
      ->check(not_empty());
  command->footer(
      "Examples:\n"
      "  labday bench photos --json run.json && labday report run.json -o report.html\n"
      "  labday report before.json after.json -o report.html\n"
      "  labday report 5 -o report.html");
  command->callback([options, &status] { status = report(*options); });
}

}  // namespace labday
