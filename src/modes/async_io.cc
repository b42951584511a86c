#include "modes/async_io.h"

#include <exception>
#include <optional>
#include <utility>

namespace labday {
namespace {

/// Drives the steps by awaited calls.
template <class T>
Async<T> drive(FileCaller& caller, FileSteps<T> steps) {
  while (const FileCall* call = steps.wanted()) {
    const FileAnswer answer = co_await AwaitCall(caller, *call);
    steps.answer(answer);
  }
  co_return steps.take();
}

class CalledFile final : public AsyncOutputFile {
 public:
  CalledFile(FileCaller& caller, OutputFolder& folder) : caller_(caller), folder_(folder) {}

  /// From here on there is something to be given up.
  void begin(PartialFile file) noexcept {
    file_ = std::move(file);
    open_ = true;
  }

  ~CalledFile() override {
    if (open_) discard_now(folder_, file_);
  }

  Async<Result<void>> write(ByteView data) override { return drive(caller_, write_steps(file_, data)); }

  Async<Result<void>> publish(bool replace) override {
    Async<Result<void>> publishing = drive(caller_, publish_steps(folder_, file_, replace));
    Result<void> published = co_await publishing;
    if (published) open_ = false;
    co_return published;
  }

  Async<void> discard() override {
    Async<bool> discarding = drive(caller_, discard_steps(folder_, file_));
    co_await discarding;
    open_ = false;
  }

 private:
  FileCaller& caller_;
  OutputFolder& folder_;
  PartialFile file_;
  bool open_ = false;
};

/// What `body` returns, on a thread; what it throws is thrown here.
template <class Body>
auto run_on(WorkQueue& threads, Body body) -> Async<decltype(body())> {
  std::optional<decltype(body())> result;
  std::exception_ptr exception;
  const auto guarded = [&] {
    try {
      result.emplace(body());
    } catch (...) {
      exception = std::current_exception();
    }
  };
  co_await OnThread(threads, Urgency::high, guarded);
  if (exception) std::rethrow_exception(exception);
  co_return std::move(*result);
}

class ThreadedFile final : public AsyncOutputFile {
 public:
  ThreadedFile(WorkQueue& threads, std::unique_ptr<OutputFile> file)
      : threads_(threads), file_(std::move(file)) {}

  Async<Result<void>> write(ByteView data) override {
    return run_on(threads_, [this, data] { return file_->write(data); });
  }

  Async<Result<void>> publish(bool replace) override {
    return run_on(threads_, [this, replace] { return file_->publish(replace); });
  }

  Async<void> discard() override {
    const auto destroy = [this] { file_.reset(); };
    co_await OnThread(threads_, Urgency::high, destroy);
  }

 private:
  WorkQueue& threads_;
  std::unique_ptr<OutputFile> file_;
};

}  // namespace

Async<Result<Bytes>> CallingIo::read(const std::string& path, std::int64_t limit) {
  return drive(caller_, read_file_steps(path, limit));
}

Async<bool> CallingIo::exists(const std::string& name) { return drive(caller_, exists_steps(folder_, name)); }

Async<Result<std::unique_ptr<AsyncOutputFile>>> CallingIo::create(const std::string& name,
                                                                  const Origin& origin) {
  auto called = std::make_unique<CalledFile>(caller_, folder_);
  Async<Result<PartialFile>> creating = drive(caller_, create_steps(folder_, name, origin));
  Result<PartialFile> file = co_await creating;
  if (!file) co_return fail(std::move(file.error()));
  called->begin(std::move(*file));
  co_return std::move(called);
}

Async<Result<Bytes>> ThreadedIo::read(const std::string& path, std::int64_t limit) {
  return run_on(threads_, [this, &path, limit] { return io_.read(path, limit); });
}

Async<bool> ThreadedIo::exists(const std::string& name) {
  return run_on(threads_, [this, &name] { return io_.exists(name); });
}

Async<Result<std::unique_ptr<AsyncOutputFile>>> ThreadedIo::create(const std::string& name,
                                                                   const Origin& origin) {
  auto creating = run_on(threads_, [this, &name, &origin] { return io_.create(name, origin); });
  Result<std::unique_ptr<OutputFile>> file = co_await creating;
  if (!file) co_return fail(std::move(file.error()));
  co_return std::make_unique<ThreadedFile>(threads_, std::move(*file));
}

}  // namespace labday
