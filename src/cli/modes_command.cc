// `labday modes`: what each mode is, its parameters, and whether it can run here.
#include <CLI/CLI.hpp>

#include <memory>

#include "cli/commands.h"
#include "cli/console.h"
#include "cli/outputs.h"
#include "report/modes_text.h"

namespace labday {

void add_modes_command(CLI::App& app, int& status) {
  const auto json = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("modes", "List the execution modes");
  command->add_option("--json", *json, "Write them as JSON too; `-` is stdout, and the text goes to stderr");
  command->footer("Example:\n  labday modes\nA mode and its parameters are given as --mode NAME:KEY=VALUE,…");
  command->callback([json, &status] {
    const Console console(false, *json);
    if (const auto checked = check_outputs({{"--json", *json, Output::Content::json}}); !checked) {
      status = refuse(checked.error());
      return;
    }
    const bool said = succeeded(console.say(modes_text()));
    const bool written = succeeded(console.json(modes_json()));
    status = said && written ? kAllDone : kSomeFailed;
  });
}

}  // namespace labday
