// The Io of a worker that has no paths (transport/sandbox.h): its parent opens and names files
// (file_broker.h), and the worker reads and writes the descriptors that it gets.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "modes/parent_line.h"
#include "pipeline/io.h"
#include "pipeline/job.h"

namespace labday {

class BrokeredIo final : public Io {
 public:
  /// Both are borrowed.
  BrokeredIo(ParentLine& parent, const Job& job) : parent_(parent), job_(job) {}

  /// The task that all that follows is for.
  void begin_task(std::uint64_t serial) { serial_ = serial; }

  /// The source of the task; the path is for errors alone.
  [[nodiscard]] Result<Bytes> read(const std::string& path, std::int64_t limit) override;
  [[nodiscard]] bool exists(const std::string& name) override;
  [[nodiscard]] Result<std::unique_ptr<OutputFile>> create(const std::string& name,
                                                           const Origin& origin) override;
  // settle(): the parent does it, whose journal it is.

 private:
  ParentLine& parent_;
  const Job& job_;
  std::uint64_t serial_ = 0;
};

}  // namespace labday
