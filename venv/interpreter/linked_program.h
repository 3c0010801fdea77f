#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "installer/base/files.h"
#include "installer/base/path.h"
#include "venv/interpreter/elf_object.h"

namespace ensure::venv {

/// An executable with all libraries that the loader (ld.so(8) of the GNU C library) would load
/// for it, in the order in which it looks symbols up. One that exists starts here, as far as the
/// system and the loader are concerned:
///
/// - the executable may be executed, and is for this machine;
/// - its loader is the usual one of this architecture, and is there;
/// - each library is found in the place where the loader looks for it (run paths,
/// `/etc/ld.so.cache`,
///   the loader's own folder), for the same machine, and none is shorter than it says;
/// - each version of symbols that one needs of another is defined there, and each symbol
///   that is needed in no particular version is defined by one of them.
class LinkedProgram {
 public:
  /// None where any of this does not hold, or cannot be told for certain. That is so as well where
  /// this process's environment (LD_…, GLIBC_TUNABLES) or `/etc/ld.so.preload` changes the loader's
  /// ways.
  [[nodiscard]] static std::optional<LinkedProgram> try_link(const base::Path& executable);

  /// The object that defines `symbol` for all others; null where none does.
  [[nodiscard]] const ElfObject* definer_of(std::string_view symbol) const;

  /// The paths of all objects, the executable first.
  [[nodiscard]] std::vector<base::Path> paths() const;

 private:
  struct Member {
    base::FileMapping mapping;
    ElfObject object;
    base::Path path;
    std::string_view name;  ///< by which it was needed
    std::size_t needed_by;  ///< the first that needs it; itself for the executable
  };
  class Linker;

  explicit LinkedProgram(std::vector<Member> members) : members_(std::move(members)) {}

  [[nodiscard]] const Member* find_member(std::string_view name) const;
  [[nodiscard]] bool has_all_versions() const;
  [[nodiscard]] bool has_all_symbols() const;

  std::vector<Member> members_;
};

}  // namespace ensure::venv
