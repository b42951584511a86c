// `--title`, `--note`, `--notebook`: a bench or a sweep becomes a run of a notebook, and is kept there while
// it goes on.
#pragma once

#include <optional>
#include <string>

#include "base/result.h"
#include "cli/saver.h"
#include "report/notebook.h"

namespace CLI {
class App;
}

namespace labday {

struct NotebookOptions {
  std::string title;
  std::string note;
  std::string folder;

  /// Where the notebook is, or would be.
  [[nodiscard]] std::string folder_or_usual() const;
  /// Was any of the flags given?
  [[nodiscard]] bool wanted() const { return !title.empty() || !note.empty() || !folder.empty(); }
  /// Adds the flags to a command; `this` must outlive it.
  void add_to(CLI::App& command);
};

/// The run of one command, if it is to be one. Its number is taken when its first round has ended, so that
/// what never began leaves nothing behind.
class RunKeeper {
 public:
  RunKeeper() : saver_([this](const std::string& text) { return write(text); }, kFreeSaving) {}
  RunKeeper(const RunKeeper&) = delete;
  RunKeeper& operator=(const RunKeeper&) = delete;

  /// Makes the notebook, where any of the flags was given. An error where no run could be added to it.
  [[nodiscard]] Result<void> open(const NotebookOptions& options);

  /// While the experiment goes on: `make_text(const RunHeader*)` is the run's JSON.
  template <class MakeText>
  void save(MakeText make_text) {
    if (notebook_) saver_.save([&] { return make_text(&header_); });
  }

  /// The last word on it, and the notebook's page made anew. Says on `console` which run it is. False where
  /// one of that failed, which was said.
  template <class MakeText>
  [[nodiscard]] bool finish(MakeText make_text, const Console& console) {
    if (!notebook_) return true;
    header_.writer.clear();
    return put_down(make_text(&header_), console);
  }

 private:
  /// Enough for every round of most experiments.
  static constexpr Nanoseconds kFreeSaving = std::chrono::seconds(30);

  [[nodiscard]] Result<void> write(const std::string& text);
  [[nodiscard]] bool put_down(const std::string& text, const Console& console);

  std::optional<Notebook> notebook_;
  RunHeader header_;
  std::optional<int> number_;
  Saver saver_;
};

}  // namespace labday
