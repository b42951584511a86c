#include "report/environment_json.h"

#include "base/text.h"

namespace labday {
namespace {

constexpr int kMostCores = 1'000'000;

Json json_load(const MachineLoad& load) {
  Json json{{"uptime_seconds", json_number(load.uptime_seconds)},
            {"load_1_5_15_minutes", nullptr},
            {"cpu_ticks", nullptr},
            {"cpu_pressure_seconds", json_optional(load.cpu_pressure_seconds)},
            {"io_pressure_seconds", json_optional(load.io_pressure_seconds)},
            {"memory_pressure_seconds", json_optional(load.memory_pressure_seconds)}};
  if (load.load) json["load_1_5_15_minutes"] = *load.load;
  if (load.ticks) {
    json["cpu_ticks"] = {
        {"all", load.ticks->all}, {"idle", load.ticks->idle}, {"stolen", load.ticks->stolen}};
  }
  return json;
}

MachineLoad load_from_json(const Json& json) {
  MachineLoad load;
  load.uptime_seconds = json.at("uptime_seconds").get<double>();
  if (const Json& minutes = json.at("load_1_5_15_minutes"); !minutes.is_null()) {
    load.load = {minutes.at(0).get<double>(), minutes.at(1).get<double>(), minutes.at(2).get<double>()};
  }
  if (const Json& ticks = json.at("cpu_ticks"); !ticks.is_null()) {
    load.ticks =
        CpuTicks{count_from(ticks.at("all")), count_from(ticks.at("idle")), count_from(ticks.at("stolen"))};
  }
  load.cpu_pressure_seconds = optional_from<double>(json.at("cpu_pressure_seconds"));
  load.io_pressure_seconds = optional_from<double>(json.at("io_pressure_seconds"));
  load.memory_pressure_seconds = optional_from<double>(json.at("memory_pressure_seconds"));
  return load;
}

Json json_shares(const LoadBetween& between) {
  return {{"busy", json_optional(between.busy)},
          {"stolen", json_optional(between.stolen)},
          {"cpu_pressure", json_optional(between.cpu_pressure)},
          {"io_pressure", json_optional(between.io_pressure)},
          {"memory_pressure", json_optional(between.memory_pressure)}};
}

Json json_git(const std::optional<GitState>& git) {
  if (!git) return nullptr;
  return {
      {"branch", json_optional(git->branch)}, {"commit", json_optional(git->commit)}, {"dirty", git->dirty}};
}

}  // namespace

Json json_environment(const Environment& environment) {
  Json libraries = Json::object();
  for (const auto& [library, version] : environment.build.libraries) libraries[library] = version;
  return {{"version", environment.version},
          {"cpu_model", json_optional(environment.cpu_model)},
          {"cores", environment.cpu.cores()},
          {"cores_online", environment.cpu.online},
          {"cores_in_affinity_mask", environment.cpu.affinity},
          {"cores_in_cgroup_quota",
           environment.cpu.quota_cores > 0 ? json_number(environment.cpu.quota_cores) : Json(nullptr)},
          {"simd", environment.simd},
          {"kernel", json_optional(environment.kernel)},
          {"scratch_file_system", lossy_utf8(environment.scratch_file_system)},
          {"compiler", environment.build.compiler},
          {"flags", lossy_utf8(environment.build.flags)},
          {"libraries", std::move(libraries)},
          {"git", json_git(environment.git)},
          {"before", json_load(environment.before)},
          {"after", json_load(environment.after)},
          {"shares_of_the_time", json_shares(load_between(environment.before, environment.after))}};
}

std::optional<GitState> git_from_json(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return GitState{optional_from<std::string>(json.at("branch")),
                  optional_from<std::string>(json.at("commit")), json.at("dirty").get<bool>()};
}

Environment environment_from_json(const Json& json) {
  Environment environment;
  environment.version = json.at("version").get<std::string>();
  environment.cpu_model = optional_from<std::string>(json.at("cpu_model"));
  environment.cpu.online = whole_from(json.at("cores_online"), 0, kMostCores);
  environment.cpu.affinity = whole_from(json.at("cores_in_affinity_mask"), 0, kMostCores);
  environment.cpu.quota_cores = optional_from<double>(json.at("cores_in_cgroup_quota")).value_or(0);
  environment.simd = json.at("simd").get<std::string>();
  environment.kernel = optional_from<std::string>(json.at("kernel"));
  environment.scratch_file_system = json.at("scratch_file_system").get<std::string>();
  environment.build.compiler = json.at("compiler").get<std::string>();
  environment.build.flags = json.at("flags").get<std::string>();
  for (const auto& [library, version] : json.at("libraries").items()) {
    environment.build.libraries.emplace_back(library, version.get<std::string>());
  }
  environment.git = git_from_json(json.at("git"));
  environment.before = load_from_json(json.at("before"));
  environment.after = load_from_json(json.at("after"));
  return environment;
}

}  // namespace labday
