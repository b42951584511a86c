#include "transport/worker_process.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <array>
#include <csignal>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "transport/frame.h"
#include "transport/shared_cancel.h"

namespace labday {
namespace {

TEST(ForkedWorker, RunsItsBodyAndItsSocketHangsUpWhenItEnds) {
  auto worker = WorkerProcess::fork([](int socket) {
    const Bytes hello{1, 2, 3};
    return send_frame(socket, hello) ? 0 : 1;
  });
  ASSERT_TRUE(worker);
  EXPECT_EQ(receive_frame(worker->socket()).value_or(Bytes{}), (Bytes{1, 2, 3}));
  EXPECT_FALSE(receive_frame(worker->socket()));
  EXPECT_EQ(worker->process().await_end(), "exit status 0");
  EXPECT_TRUE(worker->process().wait().succeeded());
}

TEST(ForkedWorker, KeepsNoSocketOfTheWorkersBeforeIt) {
  const auto wait_for_end = [](int socket) { return receive_frame(socket) ? 1 : 0; };
  auto first = WorkerProcess::fork(wait_for_end);
  ASSERT_TRUE(first);
  auto second = WorkerProcess::fork(wait_for_end);
  ASSERT_TRUE(second);
  // The second one would hold it open.
  ::shutdown(first->socket(), SHUT_WR);
  EXPECT_EQ(first->process().await_end(), "exit status 0");
  {
    const WorkerProcess moved = std::move(*first);
    EXPECT_GE(moved.socket(), 0);
  }
  auto third = WorkerProcess::fork(wait_for_end);
  ASSERT_TRUE(third);
  ::shutdown(second->socket(), SHUT_WR);
  EXPECT_EQ(second->process().await_end(), "exit status 0");
}

TEST(ForkedWorker, SaysWhichSignalEndedItBeforeItIsReaped) {
  auto worker = WorkerProcess::fork([](int) { return ::raise(SIGKILL); });
  ASSERT_TRUE(worker);
  EXPECT_EQ(worker->process().await_end(), "signal 9 (Killed)");
  EXPECT_EQ(::kill(worker->process().pid(), 0), 0) << "its number is free already";
}

TEST(ForkedWorker, ThatThrowsEndsWithAStatusOfItsOwn) {
  auto worker = WorkerProcess::fork([](int) -> int { throw std::runtime_error("no"); });
  ASSERT_TRUE(worker);
  EXPECT_EQ(worker->process().await_end(), "exit status 70");
}

TEST(ForkedWorker, IsRefusedToAProcessOfTwoThreads) {
  std::mutex mutex;
  mutex.lock();
  std::thread second([&] { const std::lock_guard wait(mutex); });
  EXPECT_EQ(thread_count(), 2);
  const auto worker = WorkerProcess::fork([](int) { return 0; });
  mutex.unlock();
  second.join();
  ASSERT_FALSE(worker);
  EXPECT_EQ(worker.error().code, ErrorCode::internal);
}

TEST(SharedCancel, RaisedInOneProcessIsSeenInAnother) {
  auto cancel = SharedCancel::create();
  ASSERT_TRUE(cancel);
  auto worker = WorkerProcess::fork([](int socket) {
    FrameReader reader;
    if (reader.take_in(socket, true) != FrameReader::State::complete) return 1;
    auto theirs = SharedCancel::open(reader.take_descriptor());
    if (!theirs || theirs->token().requested()) return 2;
    if (!send_frame(socket, {}) || !receive_frame(socket)) return 3;
    return theirs->token().requested() ? 0 : 4;
  });
  ASSERT_TRUE(worker);
  ASSERT_TRUE(send_frame(worker->socket(), {}, cancel->descriptor()));
  ASSERT_TRUE(receive_frame(worker->socket()));
  cancel->token().request();
  ASSERT_TRUE(send_frame(worker->socket(), {}));
  EXPECT_EQ(worker->process().await_end(), "exit status 0");
}

TEST(SharedCancel, IsNotOpenedFromSomethingElse) {
  EXPECT_FALSE(SharedCancel::open(UniqueFd()));
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe(ends.data()), 0);
  const UniqueFd other(ends[1]);
  EXPECT_FALSE(SharedCancel::open(UniqueFd(ends[0])));
}

}  // namespace
}  // namespace labday
