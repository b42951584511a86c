// Workers that die or lose their minds at a chosen point of a task's life.
//
// A forked worker gets a FaultIo by the mode's setup; one that is spawned finds the fault in its environment.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "pipeline/io.h"

namespace labday::testing {

inline constexpr const char* kFaultVariable = "LABDAY_TEST_WORKER";

/// Not faults, but costs, for workers that are spawned: milliseconds until one is ready, and for which the
/// link to its parent holds up each answer.
inline constexpr const char* kSlowStartVariable = "LABDAY_TEST_SLOW_START";
inline constexpr const char* kSlowLinkVariable = "LABDAY_TEST_SLOW_LINK";

/// Ways to die by SIGKILL while files are handled.
inline constexpr const char* kDeathsInIo[] = {"before_read",  "after_read",    "after_decode",
                                              "in_temporary", "before_rename", "after_rename"};
/// Ways to leave the protocol, for workers that are spawned.
inline constexpr const char* kFaultsOfProtocol[] = {"before_result", "half_result", "garbage",
                                                    "endless_frame", "hang_up",     "wrong_serial"};

/// What a source might make of a worker that it took over, for workers that are spawned: these try to leave a
/// file `evil` in the fault's folder, or to connect to the socket `listener` there, each time.
inline constexpr const char* kAttacks[] = {"opens", "forks", "executes", "connects"};

struct Fault {
  std::string kind;
  std::string victim;  // strikes at files and sources whose name contains this
  std::string folder;  // where it is counted how often it has struck
  int times = 0;       // at most; -1: each time

  [[nodiscard]] std::string text() const;
  [[nodiscard]] static std::optional<Fault> parse(const std::string& text);

  /// True, `times` times, over all processes.
  [[nodiscard]] bool strikes() const;
};

/// Kills the calling process where the fault says so, unless that is the one that made this object.
class FaultIo final : public Io {
 public:
  FaultIo(std::shared_ptr<Io> io, Fault fault, int spared_pid);

  [[nodiscard]] Result<Bytes> read(const std::string& path, std::int64_t limit) override;
  [[nodiscard]] bool exists(const std::string& name) override;
  [[nodiscard]] Result<std::unique_ptr<OutputFile>> create(const std::string& name,
                                                           const Origin& origin) override;

 private:
  void die_if(const char* kind, const std::string& name) const;
  void attack() const;

  std::shared_ptr<Io> io_;
  Fault fault_;
  int spared_pid_;
};

/// A worker as serve_as_worker() makes it, with the fault of $LABDAY_TEST_WORKER and the costs above where
/// they are set.
[[nodiscard]] int serve_with_faults(int socket);

}  // namespace labday::testing
