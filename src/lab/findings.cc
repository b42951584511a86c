#include "lab/findings.h"

#include <array>
#include <cstddef>

namespace labday {
namespace {

struct Words {
  std::string_view name;
  std::string_view title;
  std::string_view remedy;
};

constexpr std::array<Words, kCauseCount> kWords{{
    {"joins", "serialised by joins",
     "Start as many workers as there are cores before you wait for the first of them."},
    {"oversubscription", "oversubscription", "Ask for as many workers as there are cores, not for more."},
    {"spawn_and_exit", "spawn and exit",
     "Keep processes for many tasks instead of making one for each, or give each process more to do."},
    {"transfer", "transfer", "Hand over fewer, larger tasks, and paths rather than pixels."},
    {"storage", "waiting for storage",
     "Use faster storage, or more workers than cores, or a mode that reads ahead while others compute."},
    {"imbalance", "waiting at the end",
     "Begin with the largest tasks, hand them out one by one, or cut large ones into smaller ones."},
    {"too_few_tasks", "too few tasks", "Cut the job finer (--grain rendition), or ask for fewer workers."},
    {"machine_noise", "noise of the machine",
     "Stop other programs, or measure at another time; on a shared machine take more rounds."},
}};

const Words& words(Cause cause) { return kWords.at(static_cast<std::size_t>(cause)); }

}  // namespace

std::string_view name(Cause cause) { return words(cause).name; }
std::string_view title(Cause cause) { return words(cause).title; }
std::string_view remedy(Cause cause) { return words(cause).remedy; }

}  // namespace labday
