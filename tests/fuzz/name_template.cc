// Any template for any source: a name, if there is one, is a path inside the output folder.
#include "fuzz/fuzz_target.h"
#include "pipeline/job.h"

namespace labday::fuzz {

namespace {

void check_path(std::string_view path) {
  require(path.find('\0') == std::string_view::npos, "a NUL in a path");
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const std::string_view part = path.substr(begin, end - begin);
    require(!part.empty() && part != "." && part != "..", "a path that leaves the folder");
    require(part.size() <= 255 && part.substr(0, 7) != ".labday", "a name that cannot be");
    begin = end + 1;
  }
}

}  // namespace

void run(ByteView bytes) {
  Input input(bytes);
  Rendition rendition;
  rendition.width = input.number(0, 1) == 0 ? 0 : input.number(1, INT32_MAX);
  rendition.scale = {input.number(1, INT32_MAX), input.number(0, Percent::kMaxDigits)};
  const Size size{input.number(1, INT32_MAX), input.number(1, INT32_MAX)};
  Source source;
  source.path = input.text(600);
  const auto length = static_cast<std::int32_t>(source.path.size());
  const std::int32_t begin = input.number(0, length);
  source.dir_begin = static_cast<std::uint32_t>(begin);
  source.dir_length = static_cast<std::uint32_t>(input.number(0, length - begin));

  const Result<NameTemplate> name = NameTemplate::parse(text_of(input.rest()));
  if (!name) return require_sayable(name.error());
  require(NameTemplate::parse(name->text()) == *name, "another template when read again");
  const Result<std::string> path = name->expand(source, rendition, size);
  if (!path) return require_sayable(path.error());
  check_path(*path);
  if (!name->needs_size(rendition))
    require(name->expand(source, rendition, {}) == *path, "it needs the size");
}

std::vector<Bytes> seeds() {
  std::vector<Bytes> seeds;
  for (const std::string_view text : {"{dir}/{stem}-{percent}.{ext}", "{source}@{width}x{height}.{format}",
                                      "{{{percent:.2f}}}/{dir}/{stem}"}) {
    Bytes seed(24);
    seed[4] = 125;
    seed[12] = 9;
    seed[16] = 7;
    seed[20] = 9;  // the length of the path
    for (const std::uint8_t byte : bytes_of("in/a/b.jp")) seed.push_back(byte);
    for (const std::uint8_t byte : {3, 0, 0, 0, 1, 0, 0, 0}) seed.push_back(byte);
    for (const std::uint8_t byte : bytes_of(text)) seed.push_back(byte);
    seeds.push_back(std::move(seed));
  }
  return seeds;
}

}  // namespace labday::fuzz
