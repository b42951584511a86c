#include "transport/shared_cancel.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <cerrno>
#include <new>
#include <utility>

#include "transport/sealed_memory.h"

namespace labday {
namespace {

constexpr std::size_t kBytes = sizeof(CancelToken);

tl::unexpected<Error> failed(std::string_view action) {
  return fail(system_error(Stage::plan, errno, {}, action));
}

Result<void*> map(int descriptor) {
  void* const address = ::mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  if (address == MAP_FAILED) return failed("cannot map shared memory");
  return address;
}

}  // namespace

Result<SharedCancel> SharedCancel::create() {
  UniqueFd memory(::memfd_create("labday-cancel", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory || ::ftruncate(memory.get(), kBytes) != 0 ||
      ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) != 0) {
    return failed("cannot make shared memory");
  }
  const auto address = map(memory.get());
  if (!address) return fail(address.error());
  return SharedCancel(std::move(memory), ::new (*address) CancelToken);
}

Result<SharedCancel> SharedCancel::open(UniqueFd descriptor) {
  if (!descriptor || size_of_memory(descriptor.get()) != static_cast<std::int64_t>(kBytes)) {
    return fail(Stage::plan, ErrorCode::corrupt, {}, "the shared memory is not what was announced");
  }
  const auto address = map(descriptor.get());
  if (!address) return fail(address.error());
  // The token was made there by create(), in another process.
  return SharedCancel(std::move(descriptor), std::launder(static_cast<CancelToken*>(*address)));
}

SharedCancel::SharedCancel(SharedCancel&& other) noexcept
    : descriptor_(std::move(other.descriptor_)), token_(std::exchange(other.token_, nullptr)) {}

SharedCancel& SharedCancel::operator=(SharedCancel&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  std::swap(token_, other.token_);
  return *this;
}

SharedCancel::~SharedCancel() {
  if (token_ != nullptr) ::munmap(token_, kBytes);
}

}  // namespace labday
