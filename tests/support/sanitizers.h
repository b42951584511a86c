// Which sanitizer this is built with, for tests whose measure it would spoil.
#pragma once

namespace labday::testing {

#if defined(__has_feature)
inline constexpr bool kAddressSanitizer = __has_feature(address_sanitizer);
inline constexpr bool kThreadSanitizer = __has_feature(thread_sanitizer);
#else
#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool kAddressSanitizer = true;
#else
inline constexpr bool kAddressSanitizer = false;
#endif
#if defined(__SANITIZE_THREAD__)
inline constexpr bool kThreadSanitizer = true;
#else
inline constexpr bool kThreadSanitizer = false;
#endif
#endif

/// Built with a sanitizer that keeps memory of its own beside the program's.
inline constexpr bool kShadowMemory = kAddressSanitizer || kThreadSanitizer;

}  // namespace labday::testing
