// `labday trace RUN`: the tasks of a run's rounds, for Perfetto and chrome://tracing.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/option_checks.h"
#include "cli/outputs.h"
#include "cli/run_argument.h"
#include "modes/registry.h"
#include "report/trace_json.h"

namespace labday {
namespace {

struct TraceOptions {
  std::string run;
  std::string output;
  std::string notebook = std::string(kNotebookFolder);
  std::string modes;
  std::vector<std::string> rounds;
};

constexpr int kMostRounds = 1'000'000;

Result<TraceWish> wish_from(const TraceOptions& options) {
  TraceWish wish;
  for (const std::string& round : options.rounds)
    wish.rounds.push_back(std::stoi(round));  // which is checked
  if (options.modes.empty()) return wish;
  const auto specs = ModeSpec::parse_list(options.modes);
  if (!specs) return fail(specs.error());
  for (const ModeSpec& spec : *specs) wish.modes.push_back(spec.text);
  return wish;
}

int trace(const TraceOptions& options) {
  const Console console(false, options.output);
  const auto checked = check_outputs({{"-o", options.output, Output::Content::json}},
                                     {{run_path(options.run, options.notebook), "the run itself"}});
  if (!checked) return refuse(checked.error());
  const auto wish = wish_from(options);
  if (!wish) return refuse(wish.error());
  const auto bench = read_bench_run(options.run, options.notebook);
  if (!bench) return refuse(bench.error());
  auto trace = trace_json(*bench, *wish);
  if (!trace) {
    trace.error().path = options.run;
    return refuse(trace.error());
  }
  if (!succeeded(console.json(trace->json))) return kSomeFailed;
  std::string text = fmt::format("{}: {}. Open it in Perfetto or chrome://tracing.\n",
                                 printable(options.output), human_bytes(trace->json.size()));
  for (const std::string& sentence : trace->left_out) text += sentence + "\n";
  return succeeded(console.say(text)) ? kAllDone : kSomeFailed;
}

}  // namespace

void add_trace_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<TraceOptions>();
  CLI::App* command = app.add_subcommand(
      "trace", "Show what every worker did in a run of bench, as a trace for Perfetto and chrome://tracing");
  command
      ->add_option("RUN", options->run,
                   "Number of a run of the notebook, or JSON that `labday bench --json` wrote")
      ->required();
  command
      ->add_option("-o,--output", options->output,
                   "The file to write; JSON that is there is replaced; `-` is stdout")
      ->required()
      ->check(not_empty());
  command->add_option("--modes", options->modes, "Modes, comma-separated [all]")->check(not_empty());
  command
      ->add_option("--rounds", options->rounds, "Rounds, comma-separated, from 1 [all whose tasks were kept]")
      ->delimiter(',')
      ->check(whole_number(1, kMostRounds));
  command
      ->add_option("--notebook", options->notebook,
                   fmt::format("Folder of the notebook [{}]", kNotebookFolder))
      ->check(not_empty());
  command->footer(
      "Examples:\n"
      "  labday bench photos --json run.json && labday trace run.json -o trace.json\n"
      "  labday trace run.json -o trace.json --modes threads,async --rounds 1\n"
      "  labday trace 5 -o trace.json");
  command->callback([options, &status] { status = trace(*options); });
}

}  // namespace labday
