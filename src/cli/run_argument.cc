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
  if (!number) return read_recorded(argument);
  const Result<Notebook> opened = Notebook::open(notebook);
  if (!opened) return fail(opened.error());
  Result<Run> run = opened->run(*number);
  if (!run) return fail(run.error());
  return std::move(run->recorded);
}

}  // namespace labday
