// A little memory that is kept aside until there is no more. What a task takes may be refused, and its task
// fails; but what is left to do then, queueing a coroutine, telling a result, giving up a file, cannot go
// back, and is little.
#pragma once

namespace labday {

/// Installs a std::new_handler that gives the reserve back, once, before std::bad_alloc is thrown. For
/// main(), before there are threads; a forked process has a reserve of its own.
void keep_memory_reserve();

}  // namespace labday
