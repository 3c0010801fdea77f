#include "installer/install/wheel/installation.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>
#include <tuple>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "installer/base/process.h"
#include "installer/wheel/zip/entry_reader.h"

namespace ensure::install {

namespace {

using specs::RecordEntry;
using wheel::WheelFile;

RecordEntry row_of(std::string path, std::string_view content) {
  return {std::move(path), "sha256", base::to_base64url(base::sha256(content)), content.size()};
}

}  // namespace

bool declares_namespace(std::string_view content) {
  const auto has = [content](std::string_view text) {
    return content.find(text) != std::string_view::npos;
  };
  return (has("pkgutil") && has("extend_path")) ||
         (has("pkg_resources") && has("declare_namespace"));
}

const base::Directory& SchemeDirectories::at(const base::TargetPath& logical) {
  const std::lock_guard lock(mutex_);
  const auto found = directories_.find(logical);
  if (found != directories_.end()) return found->second;
  return directories_.emplace(logical, destination_.open_directory(logical)).first->second;
}

base::TargetPath SchemeDirectories::same_directory(const base::TargetPath& logical) {
  const base::FileStatus status = at(logical).status();
  const std::lock_guard lock(mutex_);
  for (const auto& [path, directory] : directories_) {
    if (directory.status().same_file(status)) return path;
  }
  return logical;
}

Installation::Installation(const wheel::WheelSource& source, const specs::Layout& layout,
                           SchemeDirectories& directories, const InstallOptions& options)
    : source_(source),
      layout_(layout),
      directories_(directories),
      options_(options),
      plan_(source, layout, options),
      sharing_(options.sharing != nullptr ? *options.sharing : copies_),
      rows_of_parts_(source.part_count()) {}

void Installation::write_part(std::size_t part) {
  Writers writers;
  std::vector<RecordEntry>& rows = rows_of_parts_[part];
  source_.read_part(part, [&](const WheelFile& file) {
    base::check_interrupt();
    if (file.bytecode) {
      rows.push_back(write_bytecode(file, writers));
      return;
    }
    // Only RECORD and its signatures may be missing in RECORD; neither is installed.
    const WheelPlan::File* planned = plan_.find(file.path);
    if (planned == nullptr || planned->left_out) return;
    rows.push_back(write_recorded(file, *planned, writers));
  });
}

void Installation::finish() {
  for (std::vector<RecordEntry>& rows : rows_of_parts_) {
    std::move(rows.begin(), rows.end(), std::back_inserter(rows_));
  }
  for (const Script& script : plan_.scripts()) {
    write({SchemeKey::kScripts, script.name}, script.content, true);
  }
  write(plan_.metadata_path("INSTALLER"), options_.installer + "\n", false);
  if (options_.requested) write(plan_.metadata_path("REQUESTED"), "", false);
  if (options_.direct_url) {
    write(plan_.metadata_path("direct_url.json"), *options_.direct_url, false);
  }
  const InstalledPath record = plan_.metadata_path("RECORD");
  rows_.push_back({plan_.record_path(record), "", "", std::nullopt});
  sort_rows();
  FileWriter(directories_.at(plan_.directory(record.key)))
      .write(record.relative, specs::format_record(rows_), false);
}

std::uint64_t Installation::byte_count() const {
  return std::transform_reduce(rows_.begin(), rows_.end(), std::uint64_t{0}, std::plus<>(),
                               [](const RecordEntry& row) { return row.size.value_or(0); });
}

/// Sorts pointers, because rows are large.
void Installation::sort_rows() {
  std::vector<RecordEntry*> order;
  order.reserve(rows_.size());
  for (RecordEntry& row : rows_) order.push_back(&row);
  std::ranges::sort(order, [](const RecordEntry* one, const RecordEntry* other) {
    const int difference = one->path.compare(other->path);
    if (difference != 0) return difference < 0;
    return std::tie(one->algorithm, one->digest) < std::tie(other->algorithm, other->digest);
  });
  std::vector<RecordEntry> sorted;
  sorted.reserve(rows_.size());
  for (RecordEntry* row : order) sorted.push_back(std::move(*row));
  rows_ = std::move(sorted);
}

FileWriter& Installation::writer_for(Writers& writers, const InstalledPath& path) {
  std::optional<FileWriter>& writer = writers[static_cast<std::size_t>(path.key)];
  if (!writer) writer.emplace(directories_.at(plan_.directory(path.key)));
  return *writer;
}

RecordEntry Installation::write_bytecode(const WheelFile& file, Writers& writers) {
  const InstalledPath path = plan_.installed_path(file.path);
  writer_for(writers, path).write(path.relative, file.content, false);
  return {plan_.record_path(path), "", "", std::nullopt};
}

RecordEntry Installation::write_recorded(const WheelFile& file, const WheelPlan::File& planned,
                                         Writers& writers) {
  const InstalledPath& path = planned.installed;
  FileWriter& writer = writer_for(writers, path);
  const bool script = path.key == SchemeKey::kScripts;
  if (script && file.cached != nullptr) file.cached->check();
  if (const std::optional<std::string> changed =
          script ? with_interpreter(file.content, layout_) : std::nullopt) {
    writer.write(path.relative, *changed, true);
    return row_of(plan_.record_path(path), *changed);
  }
  const bool executable = file.executable || script;
  const bool can_link = file.origin != nullptr && executable == file.executable;
  if (!is_shared(file) && !(can_link && writer.link(path.relative, file, sharing_))) {
    if (file.cached != nullptr) {
      writer.write(path.relative, *file.cached, executable, sharing_);
    } else {
      writer.write(path.relative, file.content, executable);
    }
  }
  RecordEntry row = planned.recorded;
  row.path = plan_.record_path(path);
  return row;
}

/// Whether another wheel writes the file. Throws the conflict if it declares no namespace package;
/// a large file, whose content is not in memory, never does.
bool Installation::is_shared(const WheelFile& file) const {
  if (shared_.empty()) return false;
  const auto found = shared_.find(std::string(file.path));
  if (found == shared_.end()) return false;
  if (file.cached != nullptr || !declares_namespace(file.content)) throw base::Error(found->second);
  return true;
}

void Installation::write(const InstalledPath& path, std::string_view content, bool executable) {
  FileWriter(directories_.at(plan_.directory(path.key))).write(path.relative, content, executable);
  rows_.push_back(row_of(plan_.record_path(path), content));
}

void install_wheel(const wheel::WheelSource& source, const specs::Layout& layout,
                   const WheelDestination& destination, const InstallOptions& options) {
  SchemeDirectories directories(destination);
  Installation installation(source, layout, directories, options);
  base::run_parallel(source.part_count(), options.threads,
                     [&](std::size_t part) { installation.write_part(part); });
  installation.finish();
}

}  // namespace ensure::install
