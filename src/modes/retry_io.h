// The Io of a task whose worker died: some of its files may be in place already, whole. With
// OnExists::error they would be refused as somebody else's, and taking them for ours by their name alone
// would pass over a file that really is somebody else's. Files are deterministic, so the content decides: one
// that is there with exactly the bytes that would have been written is the dead worker's, and done.
#pragma once

#include <memory>
#include <string>

#include "pipeline/io.h"

namespace labday {

class RetryIo final : public Io {
 public:
  /// Both must outlive this.
  RetryIo(Io& io, const std::string& output_folder) : io_(io), folder_(output_folder) {}

  [[nodiscard]] Result<Bytes> read(const std::string& path, std::int64_t limit) override;
  [[nodiscard]] bool exists(const std::string& name) override;
  [[nodiscard]] Result<std::unique_ptr<OutputFile>> create(const std::string& name,
                                                           const Origin& origin) override;
  [[nodiscard]] Result<void> settle() override { return io_.settle(); }

 private:
  Io& io_;
  const std::string& folder_;
};

}  // namespace labday
