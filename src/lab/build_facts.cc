#include "lab/build_facts.h"

#include <fmt/format.h>
// jpeglib.h needs what comes first.
#include <hwy/highway.h>
#include <jpeglib.h>
#include <libdeflate.h>
#include <png.h>
#include <xxhash.h>
#include <zlib.h>

#include <cstddef>
#include <cstdio>

namespace labday {

BuildFacts build_facts() {
  // Versions of what is loaded where a library tells them, else of the headers.
  const unsigned xxhash = XXH_versionNumber();
  return {LABDAY_COMPILER,
          LABDAY_FLAGS,
          {{"libjpeg-turbo",
            fmt::format("{}.{}.{}", LIBJPEG_TURBO_VERSION_NUMBER / 1'000'000,
                        LIBJPEG_TURBO_VERSION_NUMBER / 1000 % 1000, LIBJPEG_TURBO_VERSION_NUMBER % 1000)},
           {"libpng", png_get_libpng_ver(nullptr)},
           {"zlib", zlibVersion()},
           {"libdeflate", LIBDEFLATE_VERSION_STRING},
           {"highway", fmt::format("{}.{}.{}", HWY_MAJOR, HWY_MINOR, HWY_PATCH)},
           {"xxhash", fmt::format("{}.{}.{}", xxhash / 10'000, xxhash / 100 % 100, xxhash % 100)}}};
}

std::string simd_target() {
  // A better target has a lower bit.
  const std::int64_t usable = hwy::SupportedTargets() & static_cast<std::int64_t>(HWY_TARGETS);
  return hwy::TargetName(usable & -usable);
}

}  // namespace labday
