#include "pipeline/shard.h"

#include <fmt/format.h>

#include <charconv>
#include <string>

#include "base/text.h"
#include "pipeline/hash.h"

namespace labday {
namespace {

constexpr std::uint32_t kMostShards = 1'000'000;

bool parse_number(std::string_view text, std::uint32_t& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() && number >= 1 && number <= kMostShards;
}

}  // namespace

Result<Shard> Shard::parse(std::string_view text) {
  Shard shard;
  const auto slash = text.find('/');
  if (slash == std::string_view::npos || !parse_number(text.substr(0, slash), shard.number) ||
      !parse_number(text.substr(slash + 1), shard.count) || shard.number > shard.count) {
    return fail(Stage::plan, ErrorCode::usage, {},
                fmt::format("'{}' is no shard: the shards of a job in four are 1/4, 2/4, 3/4 and 4/4",
                            printable(text)));
  }
  return shard;
}

bool Shard::has(std::string_view source_path) const {
  // The upper bits of hash × count: Lemire's reduction, as even as a remainder and stable like it.
  const unsigned __int128 product = static_cast<unsigned __int128>(hash64(source_path)) * count;
  return static_cast<std::uint64_t>(product >> 64) == number - 1;
}

}  // namespace labday
