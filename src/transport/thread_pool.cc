#include "transport/thread_pool.h"

#include <pthread.h>

#include <algorithm>

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

void ThreadPool::for_each(std::size_t count, FunctionRef<void(std::size_t)> part) {
  if (count < 2) return WorkQueue::for_each(count, part);
  Parts parts{part, count};
  std::unique_lock lock(mutex_);
  divided_.push_back(&parts);
  changed_.notify_all();
  while (parts.next < count) execute_one(lock, parts);
  while (parts.under_way > 0) wait(lock, over_, this_index);
}

/// Begins the next part, of which there must be one; the lock is not held meanwhile. After it `parts` may be
/// gone.
void ThreadPool::execute_one(std::unique_lock<std::mutex>& lock, Parts& parts) {
  const std::size_t index = parts.next++;
  if (parts.next == parts.count) divided_.erase(std::find(divided_.begin(), divided_.end(), &parts));
  ++parts.under_way;
  lock.unlock();
  parts.part(index);
  lock.lock();
  if (--parts.under_way == 0) over_.notify_all();
}

int ThreadPool::this_thread() { return this_index; }

void ThreadPool::wait(std::unique_lock<std::mutex>& lock, std::condition_variable& for_what, int self) {
  if (logs_.empty()) return for_what.wait(lock);
  IdleLog& log = logs_[static_cast<std::size_t>(self)];
  log.begin();
  for_what.wait(lock);
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
    if (!divided_.empty()) {
      execute_one(lock, *divided_.front());
      continue;
    }
    if (stopping_) return nullptr;
    wait(lock, changed_, self);
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
