#include "cli/run_argument.h"

#include <charconv>

namespace labday {

std::optional<int> run_number(const std::string& argument) {
  int number = 0;
  const char* const end = argument.data() + argument.size();
  const auto [last, error] = std::from_chars(argument.data(), end, number);
  if (error != std::errc{} || last != end || number < 1) return std::nullopt;
  return number;
}

std::string run_path(const std::string& argument, const std::string& notebook) {
  const std::optional<int> number = run_number(argument);
  if (!number) return argument;
  const Result<Notebook> opened = Notebook::open(notebook);
  return opened ? opened->run_path(*number)
                : argument;  // reading it will say what is wrong with the notebook
}

Result<Recorded> read_run(const std::string& argument, const std::string& notebook) {
  const std::optional<int> number = run_number(argument);
  if (!number) {
    Result<Recorded> recorded = read_recorded(argument);
    if (!recorded) return fail(run_error(std::move(recorded.error())));
    return recorded;
  }
  const Result<Notebook> opened = Notebook::open(notebook);
  if (!opened) return fail(opened.error());
  Result<Run> run = opened->run(*number);
  if (!run) return fail(run.error());
  return std::move(run->recorded);
}

Result<BenchRecord> read_bench_run(const std::string& argument, const std::string& notebook) {
  Result<Recorded> recorded = read_run(argument, notebook);
  if (!recorded) return fail(std::move(recorded.error()));
  if (auto* bench = std::get_if<BenchRecord>(&*recorded)) return std::move(*bench);
  return fail(Stage::plan, ErrorCode::usage, argument, "a sweep keeps no tasks; a run of bench does");
}

Error run_error(Error error) {
  if (error.code == ErrorCode::not_a_file) {
    error.own_remedy = "Name the JSON file that --json wrote, or the number of a run of the notebook";
  }
  return error;
}

}  // namespace labday
