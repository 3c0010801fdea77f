#pragma once

#include <string>

#include "installer/specs/requirements/requirement.h"

/// Checks of the names in a request, by their text alone. Each throws `Error` (`kUsage`) with what
/// to write instead.
namespace ensure::bootstrap {

/// The last part of a path or URL, for telling kinds of files apart.
[[nodiscard]] std::string filename_of(const std::string& location);

/// `requirements.txt` is a valid name of a project, and never meant as one.
void refuse_file_as_requirement(const std::string& word);

/// A lock names every version, so it cannot bound others.
void refuse_lock_as_constraint(const std::string& file);

/// Only a directory of this machine can be editable.
void check_editable(const specs::RequirementArgument& argument);

/// Of the version control systems, git is supported. `source` is the file that names the
/// repository: one from the web may not name a repository of this machine.
void check_repository(const specs::RequirementArgument& argument, const std::string& source);

}  // namespace ensure::bootstrap
