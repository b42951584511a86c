#include "cli/run_argument.h"

#include <charconv>
#include <filesystem>

namespace labday {

std::optional<int> run_number(const std::string& argument) {
  int number = 0;
  const char* const end = argument.data() + argument.size();
  const auto [last, error] = std::from_chars(argument.data(), end, number);
  if (error != std::errc{} || last != end || number < 1) return std::nullopt;
  return number;
}

Result<void> check_not_input(const std::string& file, const std::string& argument,
                             const std::string& notebook) {
  std::string input = argument;
  if (const std::optional<int> number = run_number(argument)) {
    const Result<Notebook> opened = Notebook::open(notebook);
    if (!opened) return {};  // which reading it will say
    input = opened->run_path(*number);
  }
  std::error_code unknown;
  if (!std::filesystem::equivalent(file, input, unknown)) return {};
  return fail(Stage::plan, ErrorCode::usage, file, "this is the run itself, which would be lost");
}

Result<Recorded> read_run(const std::string& argument, const std::string& notebook) {
  const std::optional<int> number = run_number(argument);
  if (!number) return read_recorded(argument);
  const Result<Notebook> opened = Notebook::open(notebook);
  if (!opened) return fail(opened.error());
  Result<Run> run = opened->run(*number);
  if (!run) return fail(run.error());
  return std::move(run->recorded);
}

}  // namespace labday
