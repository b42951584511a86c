// What else the machine was doing: load, stolen time and pressure. Read before and after an experiment, they
// tell whether its noise came from outside. Not every kernel and container shows them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace labday {

/// Ticks since the machine was started, over all processors, from the first line of /proc/stat.
struct CpuTicks {
  std::uint64_t all = 0;
  std::uint64_t idle = 0;    // with waiting for storage
  std::uint64_t stolen = 0;  // that the hypervisor gave to other guests
  bool operator==(const CpuTicks&) const = default;
};

/// One look. A figure that is not available is none.
struct MachineLoad {
  double uptime_seconds = 0;                  // when it was; counts on while nothing is measured
  std::optional<std::array<double, 3>> load;  // runnable tasks, over 1, 5 and 15 minutes
  std::optional<CpuTicks> ticks;
  // Seconds in which at least one task waited for the resource, since the machine was started (PSI, `some`).
  std::optional<double> cpu_pressure_seconds;
  std::optional<double> io_pressure_seconds;
  std::optional<double> memory_pressure_seconds;
  bool operator==(const MachineLoad&) const = default;
};

[[nodiscard]] MachineLoad read_machine_load();

/// What happened between two looks, as shares of the time; none where either look lacks the figure, or where
/// no time passed.
struct LoadBetween {
  std::optional<double> busy;    // of all processors' time, this experiment's own work included
  std::optional<double> stolen;  // of all processors' time
  std::optional<double> cpu_pressure;
  std::optional<double> io_pressure;
  std::optional<double> memory_pressure;
};
[[nodiscard]] LoadBetween load_between(const MachineLoad& before, const MachineLoad& after);

// The texts of /proc, read; none where they are not what they should be.
[[nodiscard]] std::optional<std::array<double, 3>> parse_loadavg(std::string_view text);
[[nodiscard]] std::optional<CpuTicks> parse_stat(std::string_view text);
/// Seconds of `some … total=` of a file in /proc/pressure.
[[nodiscard]] std::optional<double> parse_pressure(std::string_view text);

}  // namespace labday
