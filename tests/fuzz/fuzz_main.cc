// A fuzz target as a program: libFuzzer's, but for `--seeds=FOLDER`, which writes the seeds there and ends.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <new>
#include <string>

#include "fuzz/fuzz_target.h"

namespace {
std::uint8_t new_memory = 0;
}  // namespace

// All Bytes come by these.
void* operator new(std::size_t size, std::align_val_t alignment) {
  void* memory = nullptr;
  if (posix_memalign(&memory, static_cast<std::size_t>(alignment), size) != 0) throw std::bad_alloc();
  std::memset(memory, new_memory, size);
  return memory;
}
void operator delete(void* memory, std::align_val_t) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept { std::free(memory); }

namespace labday::fuzz {

void complain(std::string_view what) {
  std::fprintf(stderr, "promise broken: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

void require_sayable(const Error& error) {
  require(!error.detail.empty(), "an error without words");
  for (const char c : to_line(error)) require(static_cast<unsigned char>(c) >= ' ', "an error of many lines");
}

void fill_new_memory(std::uint8_t byte) { new_memory = byte; }

}  // namespace labday::fuzz

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  constexpr std::string_view kSeeds = "--seeds=";
  for (int i = 1; i < *argc; ++i) {
    const std::string_view argument = (*argv)[i];
    if (!argument.starts_with(kSeeds)) continue;
    const std::string folder(argument.substr(kSeeds.size()));
    bool written = true;
    int number = 0;
    for (const labday::Bytes& seed : labday::fuzz::seeds()) {
      std::ofstream file(folder + "/seed-" + std::to_string(++number), std::ios::binary);
      file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
      written = written && file.flush().good();
    }
    std::exit(written && number > 0 ? 0 : 1);
  }
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  labday::fuzz::run({data, size});
  return 0;
}
