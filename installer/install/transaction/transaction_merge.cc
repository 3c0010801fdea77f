#include <optional>
#include <string>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/placement.h"
#include "installer/install/transaction/transaction.h"

namespace ensure::install {

namespace {

base::Error conflict(const base::Path& destination, bool is_directory) {
  return base::Error(base::ExitCode::kFileSystem,
                     "`" + destination.text() + "` is " +
                         (is_directory ? "a directory where a file is needed"
                                       : "a file where a directory is needed"))
      .with_hint("move it away, then run the same command again");
}

/// Moves the staged tree `staged` into `other`, which has the same destination.
void combine(const Transaction& transaction, const base::Path& staged, const base::Path& other,
             const base::Path& destination) {
  const OpenEntry from = transaction.open_staged(staged);
  const OpenEntry to = transaction.open_staged(other);
  const std::optional<base::FileStatus> there = to.status();
  if (!there) return base::rename_to_free_name(from.entry(), to.entry());
  if (!is_directory(from.status()) || !is_directory(there)) {
    throw conflict(destination, is_directory(there));
  }
  for (const std::string& name : from.parent.open_directory(from.name).list()) {
    combine(transaction, staged / name, other / name, destination / name);
  }
}

/// The nearest directory above `destination` that the transaction removes or replaces; nullopt if
/// there is none. Entries below that directory must be part of its replacement.
std::optional<base::Path> replaced_above(Transaction& transaction, const base::Path& destination) {
  for (base::Path above = destination.parent_path(); transaction.tree().contains(above);
       above = above.parent_path()) {
    if (transaction.removes(above) || transaction.staged_at(above)) return above;
    if (!above.has_relative_path()) break;
  }
  return std::nullopt;
}

/// Adds a staged tree to the one that replaces the directory `above`.
void add_to_replacement(Transaction& transaction, const base::Path& staged,
                        const base::Path& destination, const base::Path& above) {
  std::optional<base::Path> replacement = transaction.staged_at(above);
  if (!replacement) {
    const base::Directory& top = transaction.staged_for(above);
    const std::string name = "replacement-" + std::to_string(top.list().size());
    replacement = top.create_directory(name).path();
    transaction.place(*replacement, above, Transaction::Existing::kAnything);
  }
  base::Path parent = *replacement;
  for (const base::Path& name : destination.lexically_relative(above).parent_path()) {
    parent /= name;
    const OpenEntry entry = transaction.open_staged(parent);
    if (!entry.status()) (void)entry.parent.create_directory(entry.name);
  }
  combine(transaction, staged, parent / destination.filename(), destination);
}

void merge_below(Transaction& transaction, const base::Path& staged,
                 const base::Path& destination) {
  const OpenEntry source = transaction.open_staged(staged);
  const std::optional<base::FileStatus> wanted = source.status();
  if (!wanted) return;
  if (const std::optional<base::Path> other = transaction.staged_at(destination)) {
    return combine(transaction, staged, *other, destination);
  }
  TargetTree& tree = transaction.tree();
  const std::optional<base::FileStatus> existing = tree.link_status(destination);
  if (!existing || transaction.removes(destination)) {
    return transaction.place(staged, destination, Transaction::Existing::kNothing);
  }
  if (!is_directory(wanted)) {
    if (is_directory(existing)) throw conflict(destination, true);
    return transaction.place(staged, destination, Transaction::Existing::kAnything);
  }
  if (existing->type == base::FileType::kLink) {
    const base::Path followed = tree.resolve(destination);
    if (!tree.link_status(followed)) throw conflict(destination, false);
    return merge_below(transaction, staged, followed);
  }
  if (!is_directory(existing)) throw conflict(destination, false);
  for (const std::string& name : source.parent.open_directory(source.name).list()) {
    merge_below(transaction, staged / name, destination / name);
  }
}

}  // namespace

void merge_tree(Transaction& transaction, const base::Path& staged, const base::Path& destination) {
  const base::Path resolved = transaction.tree().resolve_parents(destination);
  if (const std::optional<base::Path> above = replaced_above(transaction, resolved)) {
    return add_to_replacement(transaction, staged, resolved, *above);
  }
  merge_below(transaction, staged, resolved);
}

}  // namespace ensure::install
