#include "pipeline/posix_io.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>
#include <vector>

namespace labday {
namespace {

class PosixOutputFile final : public OutputFile {
 public:
  explicit PosixOutputFile(OutputFolder& folder) : folder_(folder) {}

  ~PosixOutputFile() override {
    if (open_) discard_now(folder_, file_);
  }

  /// From here on there is something to be given up.
  void begin(PartialFile file) noexcept {
    file_ = std::move(file);
    open_ = true;
  }

  Result<void> write(ByteView data) override { return run_blocking(write_steps(file_, data)); }

  Result<void> publish(bool replace) override {
    auto placed = run_blocking(publish_steps(folder_, file_, replace));
    if (placed) open_ = false;
    return placed;
  }

 private:
  OutputFolder& folder_;
  PartialFile file_;
  bool open_ = false;
};

}  // namespace

Result<Bytes> read_whole_file(const std::string& path, std::int64_t limit) {
  return run_blocking(read_file_steps(path, limit));
}

Result<std::unique_ptr<PosixIo>> PosixIo::open(const std::string& output_folder, Journalling journalling) {
  const auto failed = [&](std::string_view action) {
    return fail(system_error(Stage::plan, errno, output_folder, action));
  };
  std::vector<std::string> made_folders;
  const std::string inside = output_folder + "/";
  auto made = run_blocking(make_parents_steps(AT_FDCWD, inside, output_folder, made_folders));
  if (!made) {
    made.error().stage = Stage::plan;
    made.error().detail =
        "cannot make the output folder" + made.error().detail.substr(made.error().detail.find(':'));
    return fail(std::move(made.error()));
  }
  if (journalling == Journalling::durable) {
    for (const std::string& folder : made_folders) {
      const UniqueFd parent(::open((folder + "/..").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
      if (!parent || ::fsync(parent.get()) != 0) return failed("cannot make the output folder durable");
    }
  }
  UniqueFd descriptor(::open(output_folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!descriptor) return failed("cannot open the output folder");
  if (faccessat(AT_FDCWD, output_folder.c_str(), W_OK | X_OK, AT_EACCESS) != 0) {
    return failed("cannot write in the output folder");
  }
  return std::unique_ptr<PosixIo>(new PosixIo(output_folder, std::move(descriptor), journalling));
}

Result<Bytes> PosixIo::read(const std::string& path, std::int64_t limit) {
  return read_whole_file(path, limit);
}

bool PosixIo::exists(const std::string& name) { return run_blocking(exists_steps(folder_, name)); }

Result<void> PosixIo::settle() {
  return folder_.journal() == nullptr ? Result<void>() : run_blocking(folder_.journal()->settle_steps());
}

Result<std::unique_ptr<OutputFile>> PosixIo::create(const std::string& name, const Origin& origin) {
  auto file = std::make_unique<PosixOutputFile>(folder_);
  auto created = run_blocking(create_steps(folder_, name, origin));
  if (!created) return fail(std::move(created.error()));
  file->begin(std::move(*created));
  return file;
}

}  // namespace labday
