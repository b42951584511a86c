#include "lab/small_file.h"

#include <fstream>
#include <sstream>

namespace labday {

std::optional<std::string> read_small_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  // Pressure that is switched off opens, and cannot be read.
  if (file.bad() || text.str().empty()) return std::nullopt;
  return text.str();
}

}  // namespace labday
