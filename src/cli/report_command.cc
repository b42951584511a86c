// `labday report RUN...`: runs as one HTML file.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/option_checks.h"
#include "cli/outputs.h"
#include "cli/run_argument.h"
#include "report/page_inputs.h"
#include "report/wording.h"

namespace labday {
namespace {

struct ReportOptions {
  std::vector<std::string> runs;
  std::string output;
  std::string notebook = std::string(kNotebookFolder);
};

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
  std::vector<Input> read;
  for (const std::string& argument : options.runs) {
    read.push_back({run_path(argument, options.notebook), "the run itself"});
  }
  const auto checked = check_outputs({{"-o", options.output, Output::Content::page}}, read);
  if (!checked) return refuse(checked.error());
  std::vector<int> numbers;
  std::vector<std::string> files;
  for (const std::string& argument : options.runs) {
    if (const auto number = run_number(argument)) {
      numbers.push_back(*number);
    } else {
      files.push_back(argument);
    }
  }
  const Result<PageInputs> inputs = page_inputs(options.notebook, std::move(numbers), files);
  if (!inputs) return refuse(run_error(inputs.error()));
  const Result<PageContent> content = page_of(inputs->runs, inputs->history);
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
                   "The file to write; a page that is there is replaced; `-` is stdout")
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
