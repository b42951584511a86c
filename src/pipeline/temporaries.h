// The names of files that are not whole yet, `.labday-tmp-WRITER-NUMBER`. The name says which process writes
// the file, so that a later run can tell what a dead one left from what a living one is busy with.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace labday {

/// A process, for ever and everywhere: its number comes back, the rest does not. Each of the hashes is 0
/// where the system does not tell. A process that keeps a journal is another writer each time it takes one,
/// so that what the lock of a journal says of a writer stays so.
struct WriterId {
  int pid = 0;
  std::uint64_t start = 0;  // ticks after boot
  std::uint32_t host = 0;   // a hash of the machine's name and number
  std::uint32_t boot = 0;   // a hash of the number of this boot
  std::uint32_t space = 0;  // a hash of the space of process numbers: containers have their own
  std::uint32_t turn = 0;   // how often it had taken a journal, with this one; 0: writes without
  auto operator<=>(const WriterId&) const = default;  // NOLINT(modernize-use-nullptr): compares with 0

  /// `PID-START-HOSTBOOTSPACETURN`, the last four in hexadecimal.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<WriterId> parse(std::string_view text);
};

/// This process, with turn 0. Thread-safe, and right after a fork, too.
[[nodiscard]] WriterId this_writer();

enum class Life : std::uint8_t { alive, dead, unknown };

/// Who can write to a folder. Machines that share one may be clones of another, with its name and number:
/// then one that has booted another time is no proof of a death.
enum class Reach : std::uint8_t { this_machine, machines };

/// Of the file system that the open folder or file is on: machines, unless it is known to be local.
[[nodiscard]] Reach reach_of(int descriptor);

/// As far as the process table of this system tells: unknown for those of other hosts and containers.
[[nodiscard]] Life life_of(const WriterId& writer, Reach reach);

[[nodiscard]] std::string temporary_name(const WriterId& writer, std::uint64_t number);

/// The writer of a temporary; none where the name is no temporary's.
[[nodiscard]] std::optional<WriterId> writer_of(std::string_view name);

/// Removes the temporaries that process `pid` of this system left in the folder `below` the output folder,
/// which is empty for itself. The caller may do so as long as no other process can have that number. Like
/// sweep_temporaries() it goes through no link below the output folder.
void remove_temporaries(const std::string& output_folder, std::string_view below, int pid);

/// Removes the temporaries in the folder `below` the output folder whose writers are dead: those of this
/// system that are gone, and those of `dead`, wherever they were. A writer of `alive` is never taken for
/// dead. Returns how many were removed.
std::uint64_t sweep_temporaries(const std::string& output_folder, std::string_view below,
                                const std::set<WriterId>& dead, const std::set<WriterId>& alive);

/// sweep_temporaries() in each folder that a job writes to, as the names of its renditions become known.
/// Remembers where it has been, up to a number of folders.
class TemporarySweep {
 public:
  TemporarySweep(std::string output_folder, std::set<WriterId> dead, std::set<WriterId> alive)
      : output_(std::move(output_folder)), dead_(std::move(dead)), alive_(std::move(alive)) {}

  void visit(std::string_view rendition_name);
  [[nodiscard]] std::uint64_t removed() const { return removed_; }

 private:
  std::string output_;
  std::set<WriterId> dead_;
  std::set<WriterId> alive_;
  std::set<std::string, std::less<>> visited_;
  std::uint64_t removed_ = 0;
};

}  // namespace labday
