#include "report/environment_facts.h"

#include <fmt/format.h>

#include "base/text.h"
#include "report/wording.h"

namespace labday {
namespace {

constexpr const char* kNotKnown = "not known here";

std::string shown(const std::string& text) { return text.empty() ? kNotKnown : printable(text); }

std::string share_text(const std::optional<double>& share) {
  return share ? fmt::format("{:.1f} %", 100 * *share) : kNotKnown;
}

std::string cores_text(const CpuBudget& cpu) {
  std::string text = fmt::format("{} (of {} online", cpu.cores(), cpu.online);
  if (cpu.quota_cores > 0) text += fmt::format(", a quota of {:.3g}", cpu.quota_cores);
  return text + ")";
}

std::string git_text(const GitState& git) {
  return fmt::format("{}, {}{}", git.branch ? "branch " + printable(*git.branch) : "no branch",
                     git.commit ? "commit " + printable(*git.commit) : "no commit yet",
                     git.dirty ? ", with uncommitted changes" : "");
}

std::string load_text(const Environment& environment) {
  const auto& before = environment.before.load;
  const auto& after = environment.after.load;
  return before && after ? fmt::format("{:.2f} before, {:.2f} after", (*before)[0], (*after)[0]) : kNotKnown;
}

std::string library_list(const BuildFacts& build) {
  std::string list;
  for (const auto& [library, version] : build.libraries)
    list += fmt::format("{}{} {}", list.empty() ? "" : ", ", printable(library), printable(version));
  return shown(list);
}

}  // namespace

std::vector<std::pair<std::string, std::string>> environment_facts(const Environment& environment) {
  const LoadBetween between = load_between(environment.before, environment.after);
  return {{"processor", shown(environment.cpu_model.value_or(""))},
          {"cores", cores_text(environment.cpu)},
          {"SIMD target", shown(environment.simd)},
          {"kernel", shown(environment.kernel.value_or(""))},
          {"scratch on", shown(environment.scratch_file_system)},
          {"git, of the user's folder", environment.git ? git_text(*environment.git) : kNotKnown},
          {"labday", shown(environment.version)},
          {"compiler", shown(environment.build.compiler)},
          {"flags", shown(environment.build.flags)},
          {"libraries", library_list(environment.build)},
          {"load", load_text(environment)},
          {"processors busy meanwhile", share_text(between.busy)},
          {"stolen by other guests", share_text(between.stolen)},
          {"tasks waited for a processor", share_text(between.cpu_pressure)},
          {"tasks waited for storage", share_text(between.io_pressure)},
          {"tasks waited for memory", share_text(between.memory_pressure)}};
}

}  // namespace labday
