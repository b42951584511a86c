// Small pictures and jobs made on the spot, for tests that need real files to resize.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "image/png_writer.h"
#include "pipeline/job.h"
#include "support/temp_folder.h"

namespace labday::testing {

/// Gradients and noise that depend on `seed`; the same on every machine.
[[nodiscard]] Image picture(Size size, PixelFormat format, std::uint32_t seed);

/// The same as the bytes of a PNG.
[[nodiscard]] std::string png_bytes(Size size, PixelFormat format, std::uint32_t seed);

/// A job over what find_sources() finds in `sources`, with scales of `percents`.
[[nodiscard]] Job make_job(const std::string& sources, const std::string& output,
                           const std::vector<std::string>& percents = {"50", "120", "200"});

/// `count` pictures of about 24×16 pixels in `folder`, called 0000.png and so on.
void write_pictures(const TempFolder& folder, int count);

}  // namespace labday::testing
