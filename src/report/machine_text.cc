#include "report/machine_text.h"

#include <fmt/format.h>

#include <vector>

#include "base/text.h"

namespace labday {
namespace {

/// Parts that are there, and the names of those that are not.
class Facts {
 public:
  void add(bool available, std::string_view name, const std::string& text) {
    std::string& list = available ? facts_ : missing_;
    const std::string_view separator = available ? "; " : ", ";
    if (!list.empty()) list += separator;
    list += available ? text : std::string(name);
  }

  void share(const std::optional<double>& value, std::string_view name, std::string_view format) {
    add(value.has_value(), name, value ? fmt::format(fmt::runtime(format), 100 * *value) : "");
  }

  [[nodiscard]] std::string text(std::string_view title) const {
    std::string text;
    if (!facts_.empty()) text += fmt::format("{}: {}.\n", title, facts_);
    if (!missing_.empty()) text += fmt::format("{}, not available here: {}.\n", title, missing_);
    return text;
  }

 private:
  std::string facts_;
  std::string missing_;
};

std::string git_text(const GitState& git) {
  return fmt::format("git {} {}{}", printable(git.branch.value_or("without a branch")),
                     git.commit ? printable(git.commit->substr(0, 12)) : "without a commit",
                     git.dirty ? " with uncommitted changes" : "");
}

}  // namespace

std::string machine_text(const Environment& environment) {
  Facts machine;
  machine.add(environment.cpu_model.has_value(), "processor", printable(environment.cpu_model.value_or("")));
  machine.add(!environment.simd.empty(), "SIMD target", printable(environment.simd));
  machine.add(environment.kernel.has_value(), "kernel", printable(environment.kernel.value_or("")));
  const BuildFacts& build = environment.build;
  machine.add(!build.compiler.empty(), "compiler", printable(build.compiler) + " " + printable(build.flags));
  machine.add(environment.git.has_value(), "git state of this folder",
              environment.git ? git_text(*environment.git) : "");

  Facts noise;
  const auto& before = environment.before.load;
  const auto& after = environment.after.load;
  noise.add(
      before && after, "load",
      before && after ? fmt::format("load {:.2f} before, {:.2f} after", (*before)[0], (*after)[0]) : "");
  const LoadBetween between = load_between(environment.before, environment.after);
  noise.share(between.busy, "busy time", "processors busy {:.0f} % of the time");
  noise.share(between.stolen, "stolen time", "stolen by other guests {:.1f} %");
  noise.share(between.cpu_pressure, "CPU pressure", "tasks waited for a processor {:.0f} %");
  noise.share(between.io_pressure, "I/O pressure", "for storage {:.0f} %");
  noise.share(between.memory_pressure, "memory pressure", "for memory {:.0f} %");
  return machine.text("Machine") + noise.text("Meanwhile");
}

}  // namespace labday
