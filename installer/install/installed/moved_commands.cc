#include "installer/install/installed/moved_commands.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "installer/base/digest.h"
#include "installer/base/directory.h"
#include "installer/base/file.h"
#include "installer/install/wheel/scripts.h"

namespace ensure::install {

namespace {

constexpr std::uint64_t kLargestCommand = 16U << 20U;

/// The first lines that start the interpreter `name` in the environment at `path`.
std::string first_lines(specs::Layout layout, const base::Path& path, const std::string& name) {
  layout.executable = (path / "bin" / name).text();
  return shebang(layout, false);
}

/// A command with the new path; nullopt if it does not start the Python of the old place.
std::optional<std::string> moved(std::string_view content, const Move& move) {
  for (const std::string& name : move.interpreters) {
    const std::string before = first_lines(move.layout, move.from, name);
    if (!content.starts_with(before)) continue;
    return first_lines(move.layout, move.to, name).append(content.substr(before.size()));
  }
  return std::nullopt;
}

std::string digest_of(std::string_view content) {
  return base::to_base64url(base::sha256(content));
}

/// The content of a command as it was installed; nullopt if it is something else now.
std::optional<std::string> read_command(const base::Directory& commands, const base::Path& name,
                                        const specs::RecordEntry& row) {
  const std::optional<base::FileStatus> status = commands.link_status(name);
  if (!status || status->type != base::FileType::kRegular || status->size > kLargestCommand) {
    return std::nullopt;
  }
  const std::optional<base::File> file = commands.open_file(name);
  if (!file) return std::nullopt;
  std::string content = file->read(kLargestCommand);
  if (row.algorithm == "sha256" && row.digest != digest_of(content)) return std::nullopt;
  return content;
}

}  // namespace

void stage_moved_commands(const std::vector<Distribution>& distributions, const Move& move,
                          const WheelDestination& staged) {
  const base::Path bin = move.environment / "bin";
  if (!base::file_status(bin)) return;
  const base::Directory commands = base::Directory::open(base::real_path(bin).value_or(bin));
  for (const Distribution& distribution : distributions) {
    std::vector<specs::RecordEntry> rows = recorded_rows(distribution);
    bool has_changed = false;
    for (specs::RecordEntry& row : rows) {
      const base::Path path = (distribution.site_packages / row.path).lexically_normal();
      if (path.parent_path() != bin) continue;
      const base::Path name = path.filename();
      const std::optional<std::string> old = read_command(commands, name, row);
      const std::optional<std::string> content = old ? moved(*old, move) : std::nullopt;
      if (!content) continue;
      staged.open_directory(base::TargetPath("/bin"))
          .write_file(name, *content, base::Permissions::kExecutable);
      row.algorithm = "sha256";
      row.digest = digest_of(*content);
      row.size = content->size();
      has_changed = true;
    }
    if (!has_changed) continue;
    const base::Path inside =
        base::Path(distribution.dist_info.text().substr(move.environment.text().size()));
    staged.open_directory(base::TargetPath(inside))
        .write_file("RECORD", specs::format_record(rows), base::Permissions::kPlain);
  }
}

}  // namespace ensure::install
