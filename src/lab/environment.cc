#include "lab/environment.h"

#include "lab/scratch.h"

namespace labday {

std::string_view labday_version() { return LABDAY_VERSION; }

Environment read_environment(const std::string& scratch) {
  return {std::string(labday_version()), cpu_budget(), file_system_name(scratch)};
}

}  // namespace labday
