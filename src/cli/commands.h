// One function a command: adds it to the command line; its callback does the work and sets the exit status.
#pragma once

namespace CLI {
class App;
}

namespace labday {

/// `status` is set when the command was given and has run; it outlives `app`, as what the commands keep does.
void add_resize_command(CLI::App& app, int& status);
void add_bench_command(CLI::App& app, int& status);
void add_predict_command(CLI::App& app, int& status);
void add_sweep_command(CLI::App& app, int& status);
void add_report_command(CLI::App& app, int& status);
void add_trace_command(CLI::App& app, int& status);
void add_notebook_command(CLI::App& app, int& status);
void add_modes_command(CLI::App& app, int& status);
void add_samples_command(CLI::App& app, int& status);

}  // namespace labday
