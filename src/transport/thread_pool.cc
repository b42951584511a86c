#include "transport/thread_pool.h"

#include <pthread.h>

namespace labday {

ThreadPool::ThreadPool(EventLoop& loop, int threads, const std::string& name) : loop_(loop) {
  try {
    for (int i = 0; i < threads; ++i) {
      threads_.emplace_back([this] { work(); });
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

ThreadPool::Work* ThreadPool::next() {
  std::unique_lock lock(mutex_);
  while (true) {
    for (std::deque<Work*>& queue : queues_) {
      if (queue.empty()) continue;
      Work* const first = queue.front();
      queue.pop_front();
      return first;
    }
    if (stopping_) return nullptr;
    changed_.wait(lock);
  }
}

void ThreadPool::work() {
  while (Work* const work = next()) {
    work->body();
    // The coroutine owns the work, and may be gone as soon as it has arrived.
    loop_.arrive(work->waiting);
  }
}

}  // namespace labday
