// The command line. `labday resize` → resize_command.cc, and so on; what is done is done in the layers below.
#include <CLI/CLI.hpp>

#include <cstdio>
#include <exception>
#include <string>

#include "base/memory_reserve.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/exit_status.h"
#include "lab/environment.h"
#include "lab/round.h"
#include "modes/worker.h"
#include "transport/worker_process.h"

namespace {

int run(int argc, char** argv) {
  CLI::App app{
      "Resizes folders of images into several renditions each, in any of several execution modes; proves\n"
      "that all modes wrote the same files, and measures which is fastest on this machine."};
  app.name("labday");
  app.set_version_flag("--version", "labday " + std::string(labday::labday_version()));
  app.footer(
      "Examples:\n"
      "  labday samples -o photos                     ten photo-like JPEGs to try things on\n"
      "  labday resize photos -o out                  five PNGs of each, 120 % to 200 %\n"
      "  labday resize photos -o out --width 800,1600 two widths instead\n"
      "  labday bench photos --rounds 5               which mode is fastest here?\n"
      "  labday sweep photos --sources 0.1x,1x,10x    and with fewer or more of them?\n"
      "  labday report run.json -o report.html        what bench or sweep saved, as pictures\n"
      "  labday bench photos --title Averages         the same as a numbered run of the notebook\n"
      "\n"
      "Exit status: 0 all done, 1 some failed and the rest is done, 2 nothing was started, 3 modes "
      "disagreed\n"
      "on the files, 130 and 143 interrupted.  `labday COMMAND --help` says more.");
  app.require_subcommand(1);
  int status = labday::kAllDone;
  labday::add_resize_command(app, status);
  labday::add_bench_command(app, status);
  labday::add_predict_command(app, status);
  labday::add_sweep_command(app, status);
  labday::add_report_command(app, status);
  labday::add_trace_command(app, status);
  labday::add_notebook_command(app, status);
  labday::add_modes_command(app, status);
  labday::add_samples_command(app, status);
  if (argc == 1) {
    std::fputs(app.help().c_str(), stderr);
    return labday::kNothingStarted;
  }
  for (const CLI::App* command :
       app.get_subcommands([&](CLI::App* it) { return it->get_name() == argv[1]; })) {
    labday::speak_for(command->get_name());
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const bool asked =
        error.get_exit_code() == static_cast<int>(CLI::ExitCodes::Success);  // --help, --version
    app.exit(error);
    return asked ? labday::kAllDone : labday::kNothingStarted;
  }
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  labday::keep_memory_reserve();
  if (argc == 2 && argv[1] == labday::kRoundChildArgument)
    return labday::run_round_child(labday::kRoundSocket);
  if (argc == 2 && argv[1] == labday::kWorkerArgument) return labday::serve_as_worker(labday::kWorkerSocket);
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "labday: %s\n", error.what());
    return labday::kNothingStarted;
  }
}
