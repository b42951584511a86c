// Files that are whole at every moment: whoever reads one finds the old text or the new one, also while an
// experiment goes on and after labday was killed.
#pragma once

#include <string>

#include "base/result.h"

namespace labday {

/// Can the file be exchanged for another one without anybody noticing? So it is where there is none yet, or a
/// regular file of this user under a single name; not for devices, pipes and shared files. Links are
/// followed.
[[nodiscard]] bool replaceable(const std::string& path);

/// Writes the text to a temporary beside it (pipeline/temporaries.h), syncs and renames that; temporaries of
/// dead processes are removed. Keeps the mode of a file that is there; a new one has 0666 less the umask.
/// After an error, a crash or a power cut the old file is as it was.
[[nodiscard]] Result<void> replace_file(const std::string& path, const std::string& text);

/// The same for a name that nothing has yet; `exists` where something has it, which stays as it is. Of
/// several processes that create one name, one succeeds.
[[nodiscard]] Result<void> create_file(const std::string& path, const std::string& text);

}  // namespace labday
