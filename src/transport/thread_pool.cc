#include "transport/thread_pool.h"

#include <pthread.h>

namespace labday {
namespace {

thread_local int this_index = 0;

}  // namespace

ThreadPool::ThreadPool(EventLoop& loop, int threads, const std::string& name, bool logged)
    : loop_(loop), logs_(logged ? static_cast<std::size_t>(threads) : 0) {
  try {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this, i] { work(i); });
      pthread_setname_np(threads_.back().native_handle(), name.c_str());
    }
  } catch (...) {
    stop();
    throw;
  }
}

ThreadPool::~ThreadPool() { stop(); }

void ThreadPool::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void ThreadPool::submit(Work& work) {
  {
    const std::lock_guard lock(mutex_);
    queues_.at(static_cast<std::size_t>(work.urgency)).push_back(&work);
  }
  changed_.notify_one();
}

int ThreadPool::this_thread() { return this_index; }

void ThreadPool::wait(std::unique_lock<std::mutex>& lock, int self) {
  if (logs_.empty()) return changed_.wait(lock);
  IdleLog& log = logs_[static_cast<std::size_t>(self)];
  log.begin();
  changed_.wait(lock);
  log.end();
}

ThreadPool::Work* ThreadPool::next(int self) {
  std::unique_lock lock(mutex_);
  while (true) {
    for (std::deque<Work*>& queue : queues_) {
      if (queue.empty()) continue;
      Work* const first = queue.front();
      queue.pop_front();
      return first;
    }
    if (stopping_) return nullptr;
    wait(lock, self);
  }
}

void ThreadPool::work(int self) {
  this_index = self;
  if (!logs_.empty()) logs_[static_cast<std::size_t>(self)].introduce();
  while (Work* const work = next(self)) {
    work->body();
    // The coroutine owns the work, and may be gone as soon as it has arrived.
    loop_.arrive(work->waiting);
  }
}

}  // namespace labday
