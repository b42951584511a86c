#include "modes/brokered_io.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "pipeline/origin.h"
#include "pipeline/whole_file.h"

namespace labday {
namespace {

using Kind = RequestMessage::Kind;

class BrokeredFile final : public OutputFile {
 public:
  BrokeredFile(ParentLine& parent, std::uint64_t serial, std::uint64_t handle, PartialFile file, bool durable)
      : parent_(parent), serial_(serial), handle_(handle), file_(std::move(file)), durable_(durable) {}

  ~BrokeredFile() override {
    if (file_.descriptor >= 0) ::close(file_.descriptor);
    if (!in_place_) (void)ask(Kind::discard, {});
  }
  BrokeredFile(const BrokeredFile&) = delete;
  BrokeredFile& operator=(const BrokeredFile&) = delete;

  Result<void> write(ByteView data) override { return run_blocking(write_steps(file_, data)); }

  Result<void> publish(bool /*replace*/) override {  // the parent knows it from the task
    // Here, beside the other workers, and so that the parent need not wait for the disk.
    if (durable_ && ::fsync(file_.descriptor) != 0) return failed("cannot make it durable");
    // Network file systems report a full disk as late as here.
    if (::close(std::exchange(file_.descriptor, -1)) != 0 && errno != EINTR) {
      return failed("cannot finish writing");
    }
    auto placed = ask(Kind::publish, file_.hash ? file_.hash->result() : Hash128{});
    in_place_ = placed.has_value();
    return placed;
  }

 private:
  Result<void> ask(Kind kind, const Hash128& content) {
    auto reply = parent_.ask({serial_, kind, handle_, {}, content});
    if (!reply) return fail(std::move(reply.error()));
    return {};
  }
  [[nodiscard]] tl::unexpected<Error> failed(std::string_view action) const {
    return fail(system_error(Stage::write, errno, file_.shown, action));
  }

  ParentLine& parent_;
  const std::uint64_t serial_;
  const std::uint64_t handle_;
  PartialFile file_;
  const bool durable_;
  bool in_place_ = false;
};

}  // namespace

Result<Bytes> BrokeredIo::read(const std::string& path, std::int64_t /*limit*/) {
  auto reply = parent_.ask({serial_, Kind::open_source, 0, {}, {}});
  if (!reply) return fail(std::move(reply.error()));
  OpenSource source{std::move(reply->descriptor), static_cast<std::size_t>(reply->number)};
  return run_blocking(read_source_steps(std::move(source), path));
}

bool BrokeredIo::exists(const std::string& name) {
  const auto reply = parent_.ask({serial_, Kind::exists, 0, name, {}});
  return reply && reply->number == 1;
}

Result<std::unique_ptr<OutputFile>> BrokeredIo::create(const std::string& name, const Origin& origin) {
  auto reply = parent_.ask({serial_, Kind::create, origin.spec, name, {}});
  if (!reply) return fail(std::move(reply.error()));
  PartialFile file;
  file.name = name;
  file.shown = shown_below(job_.output_folder, name);
  if (reply->hashed) file.hash = std::make_unique<StreamingHash>();
  file.descriptor = reply->descriptor.release();
  return std::make_unique<BrokeredFile>(parent_, serial_, reply->number, std::move(file),
                                        job_.journalling == Journalling::durable);
}

}  // namespace labday
