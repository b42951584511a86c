#include "cli/notebook_options.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "cli/history_file.h"
#include "cli/option_checks.h"
#include "pipeline/temporaries.h"
#include "report/notebook_page.h"
#include "report/text_file.h"

namespace labday {

void NotebookOptions::add_to(CLI::App& command) {
  constexpr const char* kGroup = "Notebook";
  command.add_option("--title", title, "Keep this as a numbered run of the notebook, with this title")
      ->check(not_empty())
      ->group(kGroup);
  command.add_option("--note", note, "The same, with a note (Markdown)")->check(not_empty())->group(kGroup);
  command
      .add_option("--notebook", folder,
                  fmt::format("The same; the folder of the notebook [{}]", kNotebookFolder))
      ->check(not_empty())
      ->group(kGroup);
}

std::string NotebookOptions::folder_or_usual() const {
  return folder.empty() ? std::string(kNotebookFolder) : folder;
}

Result<void> RunKeeper::open(const NotebookOptions& options) {
  if (!options.wanted()) return {};
  if (options.title.find_first_of("\n\r") != std::string::npos) {
    return fail(Stage::plan, ErrorCode::usage, {}, "--title has one line; --note may have more");
  }
  Result<Notebook> notebook = Notebook::create(options.folder_or_usual());
  if (!notebook) return fail(std::move(notebook.error()));
  notebook_ = std::move(*notebook);
  header_ = {options.title, options.note, unix_now(), this_writer().text()};
  return {};
}

Result<void> RunKeeper::write(const std::string& text) {
  if (number_) return replace_file(notebook_->run_path(*number_), text);
  const Result<int> number = notebook_->add_run(text);
  if (!number) return fail(number.error());
  number_ = *number;
  return {};
}

bool RunKeeper::put_down(const std::string& text, const Console& console) {
  if (!succeeded(write(text))) return false;
  const Result<PageOutcome> page = write_notebook_page(*notebook_);
  if (!page) {
    print_error(page.error());
    return false;
  }
  for (const Error& damage : page->damaged) print_error(damage);
  return succeeded(console.say(fmt::format("Run {} of {} ({}).\n", *number_, printable(notebook_->folder()),
                                           printable(notebook_->run_path(*number_)))));
}

}  // namespace labday
