#include "transport/sealed_memory.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace labday {
namespace {

constexpr int kSeals = F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW;

tl::unexpected<Error> failed(std::string_view action) {
  return fail(system_error(Stage::decode, errno == ENOSPC ? ENOMEM : errno, {}, action));
}

}  // namespace

Result<UniqueFd> make_shared_memory(std::size_t bytes) {
  UniqueFd memory(::memfd_create("labday-source", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!memory) return failed("cannot make shared memory");
  if (::ftruncate(memory.get(), static_cast<off_t>(bytes)) != 0 ||
      ::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW) != 0) {
    return failed("cannot make shared memory");
  }
  return memory;
}

Result<void> fill_and_seal(const UniqueFd& memory, std::initializer_list<ByteView> parts) {
  off_t filled = 0;
  for (ByteView part : parts) {
    while (!part.empty()) {
      const ssize_t n = ::pwrite(memory.get(), part.data(), part.size(), filled);
      if (n < 0 && errno == EINTR) continue;
      if (n < 0) return failed("cannot fill shared memory");
      filled += n;
      part = part.subspan(static_cast<std::size_t>(n));
    }
  }
  if (::fcntl(memory.get(), F_ADD_SEALS, kSeals | F_SEAL_SEAL) != 0)
    return failed("cannot seal shared memory");
  return {};
}

Result<UniqueFd> seal_in_memory(std::initializer_list<ByteView> parts) {
  std::size_t bytes = 0;
  for (const ByteView part : parts) bytes += part.size();
  auto memory = make_shared_memory(bytes);
  if (!memory) return memory;
  if (auto sealed = fill_and_seal(*memory, parts); !sealed) return fail(std::move(sealed.error()));
  return memory;
}

std::int64_t size_of_memory(int descriptor) {
  return ::fcntl(descriptor, F_GET_SEALS) < 0 ? -1 : ::lseek(descriptor, 0, SEEK_END);
}

Result<SealedMapping> SealedMapping::map(int descriptor, std::size_t bytes) {
  const int seals = ::fcntl(descriptor, F_GET_SEALS);
  // A shorter or changing file would be a fault at some later access instead of an error here.
  if (seals < 0 || (seals & kSeals) != kSeals || bytes == 0 ||
      size_of_memory(descriptor) != static_cast<std::int64_t>(bytes)) {
    return fail(Stage::decode, ErrorCode::corrupt, {}, "the shared memory is not what was announced");
  }
  void* const address = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED | MAP_POPULATE, descriptor, 0);
  if (address == MAP_FAILED) return failed("cannot map shared memory");
  return SealedMapping({static_cast<const std::uint8_t*>(address), bytes});
}

SealedMapping::SealedMapping(SealedMapping&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

SealedMapping& SealedMapping::operator=(SealedMapping&& other) noexcept {
  std::swap(bytes_, other.bytes_);
  return *this;
}

SealedMapping::~SealedMapping() {
  if (!bytes_.empty()) ::munmap(const_cast<std::uint8_t*>(bytes_.data()), bytes_.size());
}

}  // namespace labday
