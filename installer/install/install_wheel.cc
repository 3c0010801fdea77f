#include "installer/install/install_wheel.h"

#include <algorithm>
#include <atomic>
#include <tuple>
#include <utility>
#include <vector>

#include "installer/base/digest.h"
#include "installer/base/error.h"
#include "installer/base/interrupt.h"
#include "installer/base/parallel.h"
#include "installer/install/wheel_plan.h"

namespace ensure::install {

namespace {

using specs::RecordEntry;
using wheel::WheelFile;

base::Error mismatch(std::string_view path, const std::string& what) {
  return base::Error(base::ExitCode::kVerification, "`" + std::string(path) + "` " + what)
      .with_hint("the wheel is damaged or was tampered with; get it again");
}

/// Throws where a file is not the one that RECORD lists.
void verify(const WheelFile& file, const RecordEntry& expected) {
  if (expected.size && *expected.size != file.content.size()) {
    throw mismatch(file.path, "has " + std::to_string(file.content.size()) +
                                  " bytes where RECORD says " + std::to_string(*expected.size));
  }
  base::Hasher hasher(base::digest_algorithm(expected.algorithm).value());
  hasher.update(file.content);
  if (base::to_base64url(hasher.finish()) != expected.digest) {
    throw mismatch(file.path, "does not match its digest in RECORD");
  }
}

RecordEntry row_of(std::string path, std::string_view content) {
  return {std::move(path), "sha256", base::to_base64url(base::sha256(content)), content.size()};
}

/// The installation of one wheel.
class Installation {
 public:
  Installation(const wheel::WheelSource& source, const specs::Layout& layout,
               const WheelDestination& destination, const InstallOptions& options)
      : source_(source), layout_(layout), options_(options), plan_(source, layout, options) {
    for (std::size_t key = 0; key < kSchemeKeys; ++key) {
      if (is_used(static_cast<SchemeKey>(key))) {
        folders_[key] = destination.open_folder(plan_.folder(static_cast<SchemeKey>(key)));
      }
    }
  }

  /// Steps 1.c, 1.d, 2.b and 2.c of the specification: unpack the archive into
  /// purelib or platlib, spread the data folder, name the interpreter in
  /// scripts.
  void write_files() {
    std::vector<std::vector<RecordEntry>> rows_of_parts(source_.part_count());
    std::atomic<std::size_t> listed = 0;
    base::run_parallel(source_.part_count(), options_.threads, [&](std::size_t part) {
      Writers writers = make_writers();
      source_.read_part(part, [&](const WheelFile& file) {
        base::check_interrupt();
        if (file.bytecode) {
          rows_of_parts[part].push_back(write_bytecode(file, writers));
          return;
        }
        const WheelPlan::File* planned = plan_.find(file.path);
        if (planned == nullptr && plan_.is_left_out(file.path)) return;
        if (planned == nullptr) throw mismatch(file.path, "is not listed in RECORD");
        ++listed;
        if (planned->left_out) return;
        if (!source_.verifies_content()) verify(file, planned->expected);
        rows_of_parts[part].push_back(write_listed(file, *planned, writers));
      });
    });
    // The names of a wheel are unique, so equal numbers mean equal sets.
    if (listed != plan_.files().size()) {
      throw mismatch(source_.dist_info() + "/RECORD", "lists files that the wheel does not hold");
    }
    for (std::vector<RecordEntry>& rows : rows_of_parts) {
      std::move(rows.begin(), rows.end(), std::back_inserter(rows_));
    }
  }

  /// The commands that the entry points ask for.
  void write_scripts() {
    for (const Script& script : plan_.scripts()) {
      write({SchemeKey::kScripts, script.name}, script.content, true);
    }
  }

  /// What describes the installation (PEP 376, PEP 610).
  void write_metadata() {
    write(plan_.metadata_path("INSTALLER"), options_.installer + "\n", false);
    if (options_.requested) write(plan_.metadata_path("REQUESTED"), "", false);
    if (options_.direct_url) {
      write(plan_.metadata_path("direct_url.json"), *options_.direct_url, false);
    }
  }

  /// Step 2.d: RECORD with the installed paths, sorted as pip sorts it.
  void write_record() {
    const InstalledPath path = plan_.metadata_path("RECORD");
    rows_.push_back({plan_.record_path(path), "", "", std::nullopt});
    const auto order = [](const RecordEntry& row) {
      return std::tie(row.path, row.algorithm, row.digest);
    };
    std::sort(rows_.begin(), rows_.end(), [&](const RecordEntry& one, const RecordEntry& other) {
      return order(one) < order(other);
    });
    FileWriter(folder(path.key)).write(path.relative, specs::format_record(rows_), false);
  }

 private:
  using Writers = std::array<std::optional<FileWriter>, kSchemeKeys>;

  [[nodiscard]] bool is_used(SchemeKey key) const {
    const auto in_folder = [&](const WheelPlan::File& file) { return file.installed.key == key; };
    return (key == SchemeKey::kScripts && !plan_.scripts().empty()) ||
           std::any_of(plan_.files().begin(), plan_.files().end(), in_folder);
  }

  [[nodiscard]] const base::Directory& folder(SchemeKey key) const {
    return *folders_[static_cast<std::size_t>(key)];
  }

  static FileWriter& writer_for(Writers& writers, const InstalledPath& path) {
    return writers[static_cast<std::size_t>(path.key)].value();
  }

  [[nodiscard]] Writers make_writers() const {
    Writers writers;
    for (std::size_t key = 0; key < kSchemeKeys; ++key) {
      if (folders_[key]) writers[key].emplace(*folders_[key]);
    }
    return writers;
  }

  /// These write a file of the wheel and return its row for RECORD.
  RecordEntry write_bytecode(const WheelFile& file, Writers& writers) const {
    const InstalledPath path = plan_.installed_path(file.path);
    writer_for(writers, path).write(path.relative, file.content, false);
    return {plan_.record_path(path), "", "", std::nullopt};
  }

  RecordEntry write_listed(const WheelFile& file, const WheelPlan::File& planned,
                           Writers& writers) const {
    const InstalledPath& path = planned.installed;
    FileWriter& writer = writer_for(writers, path);
    const bool script = path.key == SchemeKey::kScripts;
    if (const std::optional<std::string> changed =
            script ? with_interpreter(file.content, layout_) : std::nullopt) {
      writer.write(path.relative, *changed, true);
      return row_of(plan_.record_path(path), *changed);
    }
    writer.write(path.relative, file.content, file.executable || script);
    RecordEntry row = planned.expected;
    row.path = plan_.record_path(path);
    return row;
  }

  /// Writes a file that the wheel does not hold.
  void write(const InstalledPath& path, std::string_view content, bool executable) {
    FileWriter(folder(path.key)).write(path.relative, content, executable);
    rows_.push_back(row_of(plan_.record_path(path), content));
  }

  const wheel::WheelSource& source_;
  const specs::Layout& layout_;
  const InstallOptions& options_;
  WheelPlan plan_;
  std::array<std::optional<base::Directory>, kSchemeKeys> folders_;
  std::vector<RecordEntry> rows_;
};

}  // namespace

void install_wheel(const wheel::WheelSource& source, const specs::Layout& layout,
                   const WheelDestination& destination, const InstallOptions& options) {
  Installation installation(source, layout, destination, options);
  installation.write_files();
  installation.write_scripts();
  installation.write_metadata();
  installation.write_record();
}

}  // namespace ensure::install
