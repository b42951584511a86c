#include "lab/planted_io.h"

#include <sys/mman.h>

#include <cstdlib>
#include <filesystem>
#include <thread>
#include <utility>

namespace labday::testing {
namespace {

class NoFile final : public OutputFile {
 public:
  Result<void> write(ByteView) override { return {}; }
  Result<void> publish(bool) override { return {}; }
};

}  // namespace

void burn(Nanoseconds cpu) {
  const Nanoseconds begin = thread_cpu_time();
  while (thread_cpu_time() - begin < cpu) {
  }
}

PlantedIo::PlantedIo(std::unique_ptr<Io> io, std::vector<Plant> plants)
    : io_(std::move(io)), plants_(std::move(plants)) {
  void* const memory = ::mmap(nullptr, plants_.size() * sizeof(Span), PROT_READ | PROT_WRITE,
                              MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  spans_ = static_cast<Span*>(memory);
}

PlantedIo::~PlantedIo() { ::munmap(spans_, plants_.size() * sizeof(Span)); }

Result<Bytes> PlantedIo::read(const std::string& path, std::int64_t limit) {
  const std::size_t source = std::stoul(std::filesystem::path(path).stem().string());
  Span& span = spans_[source];
  span.begin = Clock::now().time_since_epoch();
  burn(plants_[source].burn);
  if (plants_[source].sleep.count() > 0) std::this_thread::sleep_for(plants_[source].sleep);
  span.end = Clock::now().time_since_epoch();
  return io_->read(path, limit);
}

Result<std::unique_ptr<OutputFile>> PlantedIo::create(const std::string& name) {
  if (plants_.front().discard) return std::make_unique<NoFile>();
  return io_->create(name);
}

double PlantedIo::planted_seconds() const {
  double sum = 0;
  for (std::size_t i = 0; i < plants_.size(); ++i) sum += to_seconds(spans_[i].end - spans_[i].begin);
  return sum;
}

}  // namespace labday::testing
