#include "lab/environment.h"

#include <fmt/format.h>
#include <sys/utsname.h>

#include <sstream>

#include "lab/scratch.h"
#include "lab/small_file.h"

namespace labday {
namespace {

std::optional<std::string> kernel() {
  utsname names{};
  if (::uname(&names) != 0) return std::nullopt;
  return fmt::format("{} {}", names.sysname, names.release);
}

std::string libraries_text(const BuildFacts& build) {
  std::string text;
  for (const auto& [library, version] : build.libraries) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", library, version);
  }
  return text;
}

std::string cores_text(const CpuBudget& cpu) {
  std::string text = fmt::format("{} of {} online", cpu.affinity, cpu.online);
  if (cpu.quota_cores > 0) text += fmt::format(", quota {:g}", cpu.quota_cores);
  return text;
}

}  // namespace

std::string_view labday_version() { return LABDAY_VERSION; }

std::optional<std::string> parse_cpu_model(std::string_view cpuinfo) {
  std::istringstream lines{std::string(cpuinfo)};
  std::optional<std::string> implementer;
  std::optional<std::string> part;
  for (std::string line; std::getline(lines, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon + 2 > line.size()) continue;
    const std::string key = line.substr(0, line.find_last_not_of(" \t", colon - 1) + 1);
    const std::string value = line.substr(colon + 2);
    if (value.empty()) continue;
    if (key == "model name") return value;
    if (key == "CPU implementer") implementer = value;
    if (key == "CPU part") part = value;
  }
  if (!implementer || !part) return std::nullopt;
  return fmt::format("implementer {}, part {}", *implementer, *part);
}

Environment read_environment(const std::string& scratch, const std::string& notebook) {
  Environment environment;
  environment.version = labday_version();
  environment.cpu = cpu_budget();
  environment.scratch_file_system = file_system_name(scratch);
  const std::optional<std::string> cpuinfo = read_small_file("/proc/cpuinfo");
  if (cpuinfo) environment.cpu_model = parse_cpu_model(*cpuinfo);
  environment.kernel = kernel();
  environment.simd = simd_target();
  environment.build = build_facts();
  environment.git = read_git_state(".", notebook);
  environment.before = read_machine_load();
  environment.after = environment.before;
  return environment;
}

std::vector<EnvironmentDifference> comparable(const Environment& first, const Environment& second) {
  std::vector<EnvironmentDifference> differences;
  const auto compare = [&](std::string what, const std::optional<std::string>& a,
                           const std::optional<std::string>& b) {
    if (a == b) return;
    differences.push_back({std::move(what), a.value_or("not known"), b.value_or("not known")});
  };
  compare("processor", first.cpu_model, second.cpu_model);
  compare("cores", cores_text(first.cpu), cores_text(second.cpu));
  compare("kernel", first.kernel, second.kernel);
  compare("SIMD target", first.simd, second.simd);
  compare("compiler", first.build.compiler, second.build.compiler);
  compare("compiler flags", first.build.flags, second.build.flags);
  compare("libraries", libraries_text(first.build), libraries_text(second.build));
  compare("file system of the scratch folder", first.scratch_file_system, second.scratch_file_system);
  return differences;
}

}  // namespace labday
