#include "modes/retry_io.h"

#include <utility>

#include "pipeline/hash.h"
#include "pipeline/origin.h"

namespace labday {
namespace {

/// Remembers what it was given by a 128-bit hash, and compares with the file that is in its place.
class RetriedFile final : public OutputFile {
 public:
  RetriedFile(Io& io, std::string path, std::unique_ptr<OutputFile> file)
      : io_(io), path_(std::move(path)), file_(std::move(file)) {}

  Result<void> write(ByteView data) override {
    hash_.add(data);
    bytes_ += static_cast<std::int64_t>(data.size());
    return file_->write(data);
  }

  Result<void> publish(bool replace) override {
    Result<void> published = file_->publish(replace);
    if (published || published.error().code != ErrorCode::exists || !is_in_place()) return published;
    return {};
  }

 private:
  [[nodiscard]] bool is_in_place() const {
    const auto there = io_.read(path_, bytes_);
    if (!there || there->size() != static_cast<std::size_t>(bytes_)) return false;
    return hash_.result() == hash128(ByteView(*there));
  }

  Io& io_;
  std::string path_;
  std::unique_ptr<OutputFile> file_;
  StreamingHash hash_;
  std::int64_t bytes_ = 0;
};

}  // namespace

Result<Bytes> RetryIo::read(const std::string& path, std::int64_t limit) { return io_.read(path, limit); }

bool RetryIo::exists(const std::string& name) { return io_.exists(name); }

Result<std::unique_ptr<OutputFile>> RetryIo::create(const std::string& name, const Origin& origin) {
  auto file = io_.create(name, origin);
  if (!file) return file;
  return std::make_unique<RetriedFile>(io_, folder_ + "/" + name, std::move(*file));
}

}  // namespace labday
