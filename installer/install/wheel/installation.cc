#include "installer/install/wheel/installation.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <tuple>
#include <utility>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/parallel.h"
#include "installer/base/process.h"
#include "installer/base/subprocess.h"
#include "installer/base/text.h"
#include "installer/wheel/zip/entry_reader.h"

namespace ensure::install {

namespace {

using specs::RecordEntry;
using wheel::WheelFile;

RecordEntry row_of(std::string path, std::string_view content) {
  return {std::move(path), "sha256", base::to_base64url(base::sha256(content)), content.size()};
}

/// Whether an `__init__.py` belongs to all projects that fill its package: each of them must have
/// an equal one, with these lines of `pkgutil` or `pkg_resources` (packaging.python.org, "Packaging
/// namespace packages").
bool declares_namespace(std::string_view content) {
  const auto has = [content](std::string_view text) {
    return content.find(text) != std::string_view::npos;
  };
  return (has("pkgutil") && has("extend_path")) ||
         (has("pkg_resources") && has("declare_namespace"));
}

}  // namespace

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
  write(plan_.metadata_path("INSTALLER"), "ensure\n", false);
  if (options_.requested) write(plan_.metadata_path("REQUESTED"), "", false);
  if (options_.direct_url) {
    write(plan_.metadata_path("direct_url.json"), *options_.direct_url, false);
  }
  if (options_.provenance_url) {
    write(plan_.metadata_path("provenance_url.json"), *options_.provenance_url, false);
  }
  const InstalledPath record = plan_.metadata_path("RECORD");
  rows_.push_back({plan_.record_path(record), "", "", std::nullopt});
  std::ranges::sort(rows_, [](const RecordEntry& one, const RecordEntry& other) {
    return std::tie(one.path, one.algorithm, one.digest) <
           std::tie(other.path, other.algorithm, other.digest);
  });
  FileWriter(directories_.at(plan_.directory(record.key)))
      .write(record.relative, specs::format_record(rows_), false);
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

bool compile_bytecode(const BytecodeRequest& request) {
  constexpr std::chrono::hours kTimeout(1);
  std::vector<std::string> arguments = request.interpreter;
  // Without `site` and the user's directories, so that only the standard library runs; `-j 0` uses
  // all processors.
  for (const char* const argument : {"-I", "-S", "-m", "compileall", "-q", "-j", "0"}) {
    arguments.emplace_back(argument);
  }
  arguments.insert(arguments.end(), {"-s", request.staged.text(), "-p", request.final_path.text()});
  for (const base::Path& directory : request.directories) {
    arguments.push_back(directory.text());
  }
  base::Process process(arguments, request.environment);
  const base::ProcessResult result = process.wait(kTimeout);
  constexpr int kSomeFailed = 1;
  if (result.succeeded()) return true;
  // Syntax errors are on the standard output; an error that stops Python is not.
  if (!result.timed_out && result.exit_code == kSomeFailed && !result.output.empty()) return false;
  const std::string_view errors = base::trim(result.error_output);
  throw base::Error(base::ExitCode::kInterpreter,
                    "`" + arguments.front() + "` cannot compile modules: " +
                        std::string(errors.substr(errors.rfind('\n') + 1)))
      .with_hint("omit `--compile-bytecode`; Python compiles modules when they are imported");
}

}  // namespace ensure::install
