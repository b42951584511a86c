// Io for coroutines: the same promises as pipeline/io.h, awaited. Two of them: over file calls that somebody
// else executes (the ring, in real life), and over an ordinary Io on threads of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "pipeline/io.h"
#include "pipeline/whole_file.h"
#include "transport/async.h"
#include "transport/ring.h"
#include "transport/thread_pool.h"

namespace labday {

/// What is passed by reference has to stay until the call has been awaited.
class AsyncOutputFile {
 public:
  /// Whoever cannot await discard() may destroy the file: it leaves nothing either, but blocks meanwhile.
  virtual ~AsyncOutputFile() = default;

  virtual Async<Result<void>> write(ByteView data) = 0;
  virtual Async<Result<void>> publish(bool replace) = 0;

  /// Gives up a file that was not published.
  virtual Async<void> discard() = 0;
};

class AsyncIo {
 public:
  virtual ~AsyncIo() = default;
  virtual Async<Result<Bytes>> read(const std::string& path, std::int64_t limit) = 0;
  virtual Async<bool> exists(const std::string& name) = 0;
  virtual Async<Result<std::unique_ptr<AsyncOutputFile>>> create(const std::string& name,
                                                                 const Origin& origin) = 0;
};

/// By the steps of whole_file.h, whose calls `caller` executes.
class CallingIo final : public AsyncIo {
 public:
  CallingIo(FileCaller& caller, OutputFolder& folder) : caller_(caller), folder_(folder) {}
  Async<Result<Bytes>> read(const std::string& path, std::int64_t limit) override;
  Async<bool> exists(const std::string& name) override;
  Async<Result<std::unique_ptr<AsyncOutputFile>>> create(const std::string& name,
                                                         const Origin& origin) override;

 private:
  FileCaller& caller_;
  OutputFolder& folder_;
};

/// By `io`, whose blocking calls are executed in `threads`.
class ThreadedIo final : public AsyncIo {
 public:
  ThreadedIo(WorkQueue& threads, Io& io) : threads_(threads), io_(io) {}
  Async<Result<Bytes>> read(const std::string& path, std::int64_t limit) override;
  Async<bool> exists(const std::string& name) override;
  Async<Result<std::unique_ptr<AsyncOutputFile>>> create(const std::string& name,
                                                         const Origin& origin) override;

 private:
  WorkQueue& threads_;
  Io& io_;
};

}  // namespace labday
