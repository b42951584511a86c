// A CancelToken that several processes see: the parent raises it, its workers look at it between their steps.
// No signal and no message is needed, so a worker notices in the middle of a rendition.
#pragma once

#include "base/cancel.h"
#include "base/result.h"
#include "base/unique_fd.h"

namespace labday {

class SharedCancel {
 public:
  [[nodiscard]] static Result<SharedCancel> create();

  /// The token behind a descriptor() of another process. ErrorCode::corrupt where it is something else.
  [[nodiscard]] static Result<SharedCancel> open(UniqueFd descriptor);

  SharedCancel(SharedCancel&& other) noexcept;
  SharedCancel& operator=(SharedCancel&& other) noexcept;
  ~SharedCancel();

  [[nodiscard]] CancelToken& token() const { return *token_; }
  [[nodiscard]] int descriptor() const { return descriptor_.get(); }

 private:
  SharedCancel(UniqueFd descriptor, CancelToken* token) : descriptor_(std::move(descriptor)), token_(token) {}

  UniqueFd descriptor_;
  CancelToken* token_ = nullptr;
};

}  // namespace labday
