// `labday notebook [list|show N|note N TEXT|compare A B|render]`: the runs that bench and sweep were told to
// keep.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/option_checks.h"
#include "cli/run_argument.h"
#include "report/notebook.h"
#include "report/notebook_console.h"
#include "report/notebook_page.h"
#include "report/run_comparison_text.h"
#include "report/wording.h"

namespace labday {
namespace {

struct NotebookCommandOptions {
  std::string folder{kNotebookFolder};
  std::string run;
  std::string other;
  std::string text;
  bool force = false;
};

/// A damaged run is no reason to keep the others back: it is named, and the exit status says so.
ExitStatus after(bool said, const std::vector<Error>& damaged) {
  for (const Error& error : damaged) print_error(error);
  return said && damaged.empty() ? kAllDone : kSomeFailed;
}

int list(const Notebook& notebook) {
  const Result<std::vector<RunSummary>> runs = notebook.list();
  if (!runs) return refuse(runs.error());
  std::vector<Error> damaged;
  for (const RunSummary& run : *runs) {
    if (run.damage) damaged.push_back(*run.damage);
  }
  return after(succeeded(Console(false, {}).say(notebook_list_text(*runs))), damaged);
}

int show(const Notebook& notebook, int number) {
  const Result<Run> run = notebook.run(number);
  if (!run) return refuse(run.error());
  const Console console(false, {});
  return succeeded(console.say(run_text(*run, console.canvas()))) ? kAllDone : kSomeFailed;
}

int render(const Notebook& notebook) {
  const Result<PageOutcome> page = write_notebook_page(notebook);
  if (!page) {
    print_error(page.error());
    return kSomeFailed;
  }
  const std::size_t damaged = page->damaged.size();
  const auto text = fmt::format("{} with {}{}.\n", printable(notebook.page_path()),
                                counted(static_cast<std::uint64_t>(page->runs), "run"),
                                damaged == 0      ? ""
                                : page->runs == 1 ? ", which is damaged"
                                                  : fmt::format(", {} of them damaged", damaged));
  return after(succeeded(Console(false, {}).say(text)), page->damaged);
}

int note(const Notebook& notebook, int number, const std::string& text) {
  const Result<void> added = notebook.add_note(number, text);
  return added ? render(notebook) : refuse(added.error());
}

int compare(const Notebook& notebook, int first_number, int second_number, bool force) {
  const Result<Run> first = notebook.run(first_number);
  if (!first) return refuse(first.error());
  const Result<Run> second = notebook.run(second_number);
  if (!second) return refuse(second.error());
  if (const auto obstacles = obstacles_to_compare(*first, *second); !obstacles.empty() && !force) {
    std::string why;
    for (const std::string& obstacle : obstacles) why += (why.empty() ? "" : "; ") + obstacle;
    return refuse(
        {Stage::plan, ErrorCode::usage, second->summary.path,
         fmt::format("its seconds are not to be compared with those of run {} ({}); --force shows them "
                     "beside one another all the same",
                     first_number, why)});
  }
  const Result<std::string> text = run_comparison_text(*first, *second);
  if (!text) return refuse(text.error());
  return succeeded(Console(false, {}).say(*text)) ? kAllDone : kSomeFailed;
}

}  // namespace

void add_notebook_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<NotebookCommandOptions>();
  CLI::App* command =
      app.add_subcommand("notebook", "The runs that `bench --title` and `sweep --title` kept");
  const auto notebook_option = [options](CLI::App* to) {
    to->add_option("--notebook", options->folder, "The folder of the notebook")
        ->check(not_empty())
        ->capture_default_str();
  };
  notebook_option(command);
  command->require_subcommand(0, 1);
  // The subcommands take it over when they are added.
  command->footer(
      "Examples:\n"
      "  labday bench photos --title Averages && labday notebook\n"
      "  labday notebook note 5 'Removed the print statements'\n"
      "  labday notebook compare 4 5\n"
      "Exit status 1: a run is damaged; the others are there. docs/notebook.md says more.");
  const auto run_option = [](CLI::App* to, const char* name, std::string& value, const char* help) {
    to->add_option(name, value, help)->required()->check(whole_number(1, kMostRuns));
  };
  // Opens the notebook and does the work.
  const auto on = [options, &status, notebook_option](CLI::App* subcommand, auto work) {
    notebook_option(subcommand);  // it may stand behind the subcommand, too
    subcommand->callback([options, &status, work] {
      const Result<Notebook> notebook = Notebook::open(options->folder);
      status = notebook ? work(*notebook) : static_cast<int>(refuse(notebook.error()));
    });
  };

  CLI::App* lists = command->add_subcommand("list", "A line a run; also without a subcommand");
  on(lists, [](const Notebook& notebook) { return list(notebook); });
  CLI::App* shows = command->add_subcommand("show", "All that a run printed, and its notes");
  run_option(shows, "N", options->run, "Its number");
  on(shows, [options](const Notebook& notebook) { return show(notebook, *run_number(options->run)); });
  CLI::App* notes = command->add_subcommand("note", "Add a note to a run");
  run_option(notes, "N", options->run, "Its number");
  notes->add_option("TEXT", options->text, "The note; Markdown")->required()->check(not_empty());
  on(notes, [options](const Notebook& notebook) {
    return note(notebook, *run_number(options->run), options->text);
  });
  CLI::App* compares = command->add_subcommand(
      "compare", "Which modes changed between two runs, by how much, and is it real?");
  run_option(compares, "A", options->run, "The run before");
  run_option(compares, "B", options->other, "The run after");
  compares->add_flag("--force", options->force, "Also where the machine or the job is another");
  on(compares, [options](const Notebook& notebook) {
    return compare(notebook, *run_number(options->run), *run_number(options->other), options->force);
  });
  CLI::App* renders = command->add_subcommand("render", "Make NOTEBOOK.md anew");
  on(renders, [](const Notebook& notebook) { return render(notebook); });

  command->callback([options, &status, command] {
    if (!command->get_subcommands().empty()) return;
    const Result<Notebook> notebook = Notebook::open(options->folder);
    status = notebook ? list(*notebook) : static_cast<int>(refuse(notebook.error()));
  });
}

}  // namespace labday
