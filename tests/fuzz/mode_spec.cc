// Any text as a mode with its parameters, and as a list of them.
#include "fuzz/fuzz_target.h"
#include "modes/registry.h"
#include "pipeline/io.h"

namespace labday::fuzz {

namespace {

/// Modes are made, but not started.
class NoIo final : public Io {
 public:
  Result<Bytes> read(const std::string& path, std::int64_t) override { return refusal(path); }
  bool exists(const std::string&) override { return false; }
  Result<std::unique_ptr<OutputFile>> create(const std::string& name, const Origin& /*origin*/) override {
    return refusal(name);
  }

 private:
  static tl::unexpected<Error> refusal(const std::string& path) {
    return fail(Stage::read, ErrorCode::io, path, "there are no files");
  }
};

void check(const ModeSpec& spec) {
  const Result<ModeSpec> again = ModeSpec::parse(spec.text);
  require(again && again->info == spec.info && again->values == spec.values,
          "a spec that is another one when read again");
  const Result<int> workers = spec.workers(2);
  if (workers) require(*workers >= 1 && *workers <= kMaxWorkers, "workers out of range");
  const Job job;
  NoIo io;
  const auto mode = make_mode(spec, job, io, 2);
  if (!mode) require_sayable(mode.error());
}

}  // namespace

void run(ByteView input) {
  const std::string_view text = text_of(input);
  const Result<ModeSpec> spec = ModeSpec::parse(text);
  if (!spec) require_sayable(spec.error());
  if (spec) {
    require(spec->text == text && spec->info != nullptr, "not the text that was given");
    check(*spec);
  }
  const Result<std::vector<ModeSpec>> list = ModeSpec::parse_list(text);
  if (!list) return require_sayable(list.error());
  std::string joined;
  for (const ModeSpec& one : *list) {
    check(one);
    joined += (joined.empty() ? "" : ",") + one.text;
  }
  require(joined == text, "a list that is another one when joined again");
}

std::vector<Bytes> seeds() {
  std::string list;
  std::vector<Bytes> seeds;
  for (const ModeInfo* mode : all_modes()) {
    std::string spec(mode->name);
    for (const ModeParameter& parameter : mode->parameters) {
      const std::string value(parameter.words.empty() ? "2" : parameter.words.back());
      spec += (spec.size() == mode->name.size() ? ":" : ",") + std::string(parameter.name) + "=" + value;
    }
    list += (list.empty() ? "" : ",") + spec;
    seeds.push_back(bytes_of(spec));
  }
  seeds.push_back(bytes_of(list));
  return seeds;
}

}  // namespace labday::fuzz
