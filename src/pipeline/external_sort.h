// Sorts more items than memory holds: as many as fit are sorted and put aside in a file, and at the end all
// these runs are merged (Knuth, The Art of Computer Programming, volume 3, section 5.4). Where all fit there
// is no file.
#pragma once

#include <algorithm>
#include <cstring>
#include <optional>
#include <queue>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/function_ref.h"
#include "base/result.h"
#include "pipeline/spill_file.h"

namespace labday {

/// Items in order: in memory, or mapped from a file.
template <class T>
class SortedItems {
 public:
  SortedItems() = default;
  explicit SortedItems(std::vector<T> items) : items_(std::move(items)) {}
  SortedItems(SpillFile file, FileMapping mapping) : file_(std::move(file)), mapping_(std::move(mapping)) {}

  [[nodiscard]] std::span<const T> view() const {
    if (!file_) return items_;
    const ByteView bytes = mapping_.bytes();
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }

  /// Gives back memory that a look-up has cost.
  void forget() const {
    if (file_) mapping_.forget();
  }

 private:
  std::vector<T> items_;
  std::optional<SpillFile> file_;
  FileMapping mapping_;
};

/// T is trivially copyable and has operator<. Not thread-safe.
template <class T>
class ExternalSort {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  static constexpr std::size_t kDefaultMemory = std::size_t{64} << 20;

  /// `memory`: bytes that it may take, roughly. Files, where they are needed, have no name, in `folder`.
  explicit ExternalSort(std::string folder, std::size_t memory = kDefaultMemory)
      : folder_(std::move(folder)), memory_(memory), most_(std::max<std::size_t>(16, memory / sizeof(T))) {}

  [[nodiscard]] Result<void> add(const T& item) {
    items_.push_back(item);
    if (items_.size() < most_) return {};
    return put_aside();
  }

  /// How many runs were put aside.
  [[nodiscard]] std::size_t runs() const { return runs_.size(); }

  /// Calls `body` for each item in order, once; equal ones in no order.
  [[nodiscard]] Result<void> for_each(FunctionRef<Result<void>(const T&)> body) {
    if (!file_) {
      std::sort(items_.begin(), items_.end());
      for (const T& item : items_) {
        if (auto went = body(item); !went) return went;
      }
      return {};
    }
    if (auto put = put_aside(); !put) return put;
    items_ = {};
    return merge(body);
  }

  /// All of them in order, once.
  [[nodiscard]] Result<SortedItems<T>> take() {
    if (!file_) {
      std::sort(items_.begin(), items_.end());
      return SortedItems<T>(std::move(items_));
    }
    auto sorted = SpillFile::create(folder_);
    if (!sorted) return fail(std::move(sorted.error()));
    std::vector<T> buffer;
    const auto flush = [&] {
      auto put = sorted->append(bytes_of(buffer));
      buffer.clear();
      return put;
    };
    auto merged = for_each([&](const T& item) -> Result<void> {
      buffer.push_back(item);
      return buffer.size() < kBuffer ? Result<void>() : flush();
    });
    if (merged) merged = flush();
    if (!merged) return fail(std::move(merged.error()));
    auto mapping = FileMapping::map(sorted->descriptor(), folder_);
    if (!mapping) return fail(std::move(mapping.error()));
    return SortedItems<T>(std::move(*sorted), std::move(*mapping));
  }

 private:
  static constexpr std::size_t kBuffer = 4096;  // items

  struct Run {
    std::uint64_t next = 0;  // where in the file
    std::uint64_t end = 0;
    std::vector<T> buffer;
    std::size_t at = 0;
  };

  static ByteView bytes_of(const std::vector<T>& items) {
    return {reinterpret_cast<const std::uint8_t*>(items.data()), items.size() * sizeof(T)};
  }

  Result<void> put_aside() {
    if (items_.empty()) return {};
    std::sort(items_.begin(), items_.end());
    if (!file_) {
      auto file = SpillFile::create(folder_);
      if (!file) return fail(std::move(file.error()));
      file_.emplace(std::move(*file));
    }
    Run run;
    run.next = file_->size();
    auto put = file_->append(bytes_of(items_));
    run.end = file_->size();
    items_.clear();
    if (put) runs_.push_back(std::move(run));
    return put;
  }

  /// False at the end of the run.
  Result<bool> fill(Run& run) {
    if (run.at < run.buffer.size()) return true;
    const std::size_t share = std::clamp<std::size_t>(memory_ / sizeof(T) / runs_.size(), 16, kBuffer);
    const auto left = static_cast<std::size_t>((run.end - run.next) / sizeof(T));
    run.buffer.resize(std::min(share, left));
    run.at = 0;
    if (run.buffer.empty()) return false;
    const std::size_t bytes = run.buffer.size() * sizeof(T);
    auto read = file_->read(run.next, {reinterpret_cast<std::uint8_t*>(run.buffer.data()), bytes});
    if (!read) return fail(std::move(read.error()));
    run.next += bytes;
    return true;
  }

  Result<void> merge(FunctionRef<Result<void>(const T&)> body) {
    const auto later = [this](std::size_t a, std::size_t b) {
      return runs_[b].buffer[runs_[b].at] < runs_[a].buffer[runs_[a].at];
    };
    std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> fronts(later);
    for (std::size_t i = 0; i < runs_.size(); ++i) {
      const auto filled = fill(runs_[i]);
      if (!filled) return fail(filled.error());
      if (*filled) fronts.push(i);
    }
    while (!fronts.empty()) {
      const std::size_t first = fronts.top();
      fronts.pop();
      Run& run = runs_[first];
      if (auto went = body(run.buffer[run.at]); !went) return went;
      ++run.at;
      const auto filled = fill(run);
      if (!filled) return fail(filled.error());
      if (*filled) fronts.push(first);
    }
    return {};
  }

  const std::string folder_;
  const std::size_t memory_;
  const std::size_t most_;
  std::vector<T> items_;
  std::optional<SpillFile> file_;
  std::vector<Run> runs_;
};

}  // namespace labday
