#include "pipeline/hash.h"

#include <xxhash.h>

#include <new>

namespace labday {
namespace {

Hash128 ours(XXH128_hash_t hash) { return {hash.low64, hash.high64}; }

}  // namespace

std::uint64_t hash64(ByteView bytes) { return XXH3_64bits(bytes.data(), bytes.size()); }
std::uint64_t hash64(std::string_view text) { return XXH3_64bits(text.data(), text.size()); }
Hash128 hash128(ByteView bytes) { return ours(XXH3_128bits(bytes.data(), bytes.size())); }
Hash128 hash128(std::string_view text) { return ours(XXH3_128bits(text.data(), text.size())); }

StreamingHash::StreamingHash() : state_(XXH3_createState()) {
  if (state_ == nullptr) throw std::bad_alloc();
  XXH3_128bits_reset(state_.get());
}

void StreamingHash::add(ByteView bytes) { XXH3_128bits_update(state_.get(), bytes.data(), bytes.size()); }

Hash128 StreamingHash::result() const { return ours(XXH3_128bits_digest(state_.get())); }

void StreamingHash::Deleter::operator()(XXH3_state_s* state) const { XXH3_freeState(state); }

}  // namespace labday
