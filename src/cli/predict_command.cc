// `labday predict RUN`: recorded tasks replayed with other workers, sources or cores.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <charconv>
#include <memory>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/option_checks.h"
#include "cli/outputs.h"
#include "cli/run_argument.h"
#include "lab/prediction.h"
#include "modes/registry.h"
#include "report/prediction_report.h"

namespace labday {
namespace {

struct PredictOptions {
  std::string run;
  std::string workers;
  std::string sources;
  std::string cores;
  std::string bandwidth;
  std::string modes;
  std::string json;
  std::string notebook = std::string(kNotebookFolder);
};

constexpr std::uint64_t kMostSources = 100'000'000;
constexpr int kMostCores = 100'000;

/// Of a text that whole_number() has let through; none where it was not given.
template <class Number>
std::optional<Number> number_from(const std::string& checked) {
  if (checked.empty()) return std::nullopt;
  Number number = 0;
  std::from_chars(checked.data(), checked.data() + checked.size(), number);
  return number;
}

Result<PredictionRequest> request_from(const PredictOptions& options) {
  PredictionRequest request;
  request.workers = number_from<int>(options.workers);
  request.sources = number_from<std::uint64_t>(options.sources);
  request.cores = number_from<int>(options.cores);
  if (const auto megabytes = number_from<std::uint64_t>(options.bandwidth)) {
    request.storage_bytes_a_second = 1e6 * static_cast<double>(*megabytes);
  }
  if (options.modes.empty()) return request;
  const auto specs = ModeSpec::parse_list(options.modes);
  if (!specs) return fail(specs.error());
  for (const ModeSpec& spec : *specs) request.modes.push_back(spec.text);
  return request;
}

int run_prediction(const PredictOptions& options) {
  const Console console(false, options.json);
  const auto checked = check_outputs({{"--json", options.json, Output::Content::json}},
                                     {{run_path(options.run, options.notebook), "the run itself"}});
  if (!checked) return refuse(checked.error());
  const auto request = request_from(options);
  if (!request) return refuse(request.error());
  const auto record = read_bench_run(options.run, options.notebook);
  if (!record) return refuse(record.error());
  auto predictions = predict(*record, *request);
  if (!predictions) {
    if (predictions.error().path.empty()) predictions.error().path = options.run;
    return refuse(predictions.error());
  }
  const bool said = succeeded(console.say(prediction_text(*predictions)));
  const bool written = succeeded(console.json(console.wants_json() ? prediction_json(*predictions) : ""));
  return said && written ? kAllDone : kSomeFailed;
}

}  // namespace

void add_predict_command(CLI::App& app, int& status) {
  const auto options = std::make_shared<PredictOptions>();
  CLI::App* command =
      app.add_subcommand("predict", "Predict times with other workers, sources or cores from a run of bench");
  command
      ->add_option("RUN", options->run,
                   "Number of a run of the notebook, or JSON that `labday bench --json` wrote")
      ->required();
  command
      ->add_option("-j,--workers", options->workers, "Workers, unless a mode sets its own [those of the run]")
      ->check(whole_number(1, kMaxWorkers));
  command->add_option("--sources", options->sources, "Sources like those of the run [as many as it had]")
      ->check(whole_number(1, kMostSources));
  command->add_option("--cores", options->cores, "Cores of the machine [those of the run]")
      ->check(whole_number(1, kMostCores));
  command
      ->add_option("--storage-bandwidth", options->bandwidth,
                   "Megabytes a second that all workers share, reading and writing [no limit]")
      ->check(whole_number(1, 1'000'000'000));
  command->add_option("--modes", options->modes, "Modes, comma-separated [those of the run]")
      ->check(not_empty());
  command->add_option("--json", options->json,
                      "Write the predictions as JSON too; `-` is stdout, and the text goes to stderr");
  command
      ->add_option("--notebook", options->notebook,
                   fmt::format("Folder of the notebook [{}]", kNotebookFolder))
      ->check(not_empty());
  command->footer(
      "Examples:\n"
      "  labday bench photos -j 1 --json run.json && labday predict run.json --workers 2\n"
      "  labday predict run.json --workers 64 --cores 64 --sources 1000000\n"
      "  labday predict run.json --workers 8 --cores 8 --storage-bandwidth 200 --modes threads,async\n"
      "  labday predict 5 --workers 64");
  command->callback([options, &status] { status = run_prediction(*options); });
}

}  // namespace labday
