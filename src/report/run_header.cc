#include "report/run_header.h"

#include "base/text.h"

namespace labday {

Json json_run_header(const RunHeader& header) {
  Json json{{"title", lossy_utf8(header.title)},
            {"note", lossy_utf8(header.note)},
            {"unix_time_seconds", header.unix_time}};
  if (!header.writer.empty()) json["writer"] = header.writer;
  return json;
}

RunHeader run_header_from_json(const Json& json) {
  RunHeader header;
  header.title = json.at("title").get<std::string>();
  header.note = json.at("note").get<std::string>();
  header.unix_time = json.at("unix_time_seconds").get<std::int64_t>();
  if (json.contains("writer")) header.writer = json.at("writer").get<std::string>();
  return header;
}

}  // namespace labday
