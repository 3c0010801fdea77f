#pragma once

#include <span>
#include <string_view>

namespace ensure::fuzz {

/// One parser of bytes that others write. `run` may refuse the input by a `base::Error`; every
/// other exception, a crash, a finding of a sanitizer or a failed `require` is a bug.
struct FuzzTarget {
  std::string_view name;  ///< also the name of its directory in tests/fuzz/corpus
  void (*run)(std::string_view bytes);
};

/// The targets of each source file.
std::span<const FuzzTarget> version_targets();
std::span<const FuzzTarget> metadata_targets();
std::span<const FuzzTarget> document_targets();
std::span<const FuzzTarget> archive_targets();
std::span<const FuzzTarget> local_file_targets();

/// The target called `name`; nullptr if there is none.
const FuzzTarget* find_target(std::string_view name);

/// Runs a target; returns whether it accepted the input. Lets everything through but `base::Error`.
bool accepts(const FuzzTarget& target, std::string_view bytes);

/// Aborts the process with `rule`, so that the fuzzer keeps the input.
void require(bool holds, const char* rule);

}  // namespace ensure::fuzz
