// The program that the tests of ChildProcess start: does what its first argument says.
#include <dirent.h>
#include <time.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "transport/child_process.h"

namespace {

/// Writes the numbers of its open descriptors to descriptor 3.
int list_descriptors() {
  std::string list;
  DIR* folder = ::opendir("/proc/self/fd");
  while (const dirent* entry = ::readdir(folder)) {
    const int fd = std::atoi(entry->d_name);
    if (entry->d_name[0] != '.' && fd != ::dirfd(folder)) list += std::to_string(fd) + " ";
  }
  ::closedir(folder);
  return ::write(3, list.data(), list.size()) < 0 ? 1 : 0;
}

int burn_cpu(double seconds) {
  timespec t{};
  do {
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
  } while (static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9 < seconds);
  return 0;
}

/// Starts itself again with the rest of the arguments and descriptor 3, says so by a byte on descriptor 4 if
/// there is one, and waits.
int nest(const std::vector<std::string>& arguments) {
  labday::ChildCommand command;
  command.arguments = arguments;
  command.descriptors = {{3, 3}};
  auto child = labday::ChildProcess::start(command);
  if (!child) return 1;
  [[maybe_unused]] const ssize_t n = ::write(4, "x", 1);
  return child->wait().succeeded() ? 0 : 2;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string& what = arguments.at(0);
  if (what == "exit") return std::stoi(arguments.at(1));
  if (what == "signal") {
    const int number = std::stoi(arguments.at(1));
    if (number == SIGSEGV) std::signal(SIGSEGV, SIG_DFL);  // sanitizers have a handler of their own
    ::raise(number);
    return 5;
  }
  if (what == "descriptors") return list_descriptors();
  if (what == "write") return ::write(std::stoi(arguments.at(1)), arguments.at(2).data(), 1) == 1 ? 0 : 1;
  if (what == "group") return ::getpgrp() == std::stoi(arguments.at(1)) ? 0 : 1;
  if (what == "wait") {
    for (;;) ::pause();
  }
  if (what == "burn") return burn_cpu(std::stod(arguments.at(1)));
  if (what == "nest") return nest({arguments.begin() + 1, arguments.end()});
  return 99;
}
