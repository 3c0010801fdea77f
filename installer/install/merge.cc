#include "installer/install/merge.h"

#include <optional>
#include <string>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::install {

namespace {

bool is_folder(const base::FileStatus& status) { return status.type == base::FileType::kDirectory; }

base::Error conflict(const fs::path& destination, bool folder_is_there) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.native() + "` is " +
                         (folder_is_there ? "a folder where a file is needed"
                                          : "a file where a folder is needed"))
      .with_hint("move it away, then run the same command again");
}

}  // namespace

void merge_tree(Transaction& transaction, const fs::path& staged, const fs::path& destination) {
  // A folder that is reached through a link, such as `lib64`, is the folder it
  // leads to.
  const std::optional<base::FileStatus> wanted = base::link_status(staged);
  const std::optional<base::FileStatus> existing = base::link_status(destination);
  if (!wanted) return;
  if (!existing || transaction.removes(destination)) {
    transaction.place(staged, destination, Transaction::Existing::kNothing);
    return;
  }
  if (!is_folder(*wanted)) {
    if (is_folder(*existing)) throw conflict(destination, true);
    transaction.place(staged, destination, Transaction::Existing::kAnything);
    return;
  }
  const std::optional<base::FileStatus> followed = base::file_status(destination);
  if (!followed || !is_folder(*followed)) throw conflict(destination, false);
  for (const std::string& name : base::list_directory(staged)) {
    merge_tree(transaction, staged / name, destination / name);
  }
}

}  // namespace ensure::install
