#include "bootstrap/report/report.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <utility>

#include "bootstrap/report/terminal.h"
#include "installer/base/printable.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::bootstrap {

namespace {

constexpr std::string_view kRed = "1;31";
constexpr std::string_view kYellow = "1;33";
constexpr std::string_view kCyan = "1;36";
constexpr std::string_view kGreen = "1;32";
// For lines of the change summary:
constexpr std::string_view kAdded = "32";
constexpr std::string_view kUpdated = "33";
constexpr std::string_view kDeleted = "31";

std::string text_of(const PackageReport& package) { return package.name + " " + package.version; }

std::string list_packages(const std::vector<PackageReport>& packages) {
  std::vector<std::string> names;
  std::ranges::transform(packages, std::back_inserter(names), text_of);
  return base::join(names, ", ");
}

std::string sentence(const TargetReport& target, const Result& result) {
  const std::string path = "`" + target.path.text() + "`";
  if (target.outcome == TargetOutcome::kUnchanged) return path + " is already as requested";
  std::string text = result.dry_run ? "would have " : "";
  text += std::string(name_of(target.outcome)) + " " + path;
  if (result.lists_packages) return text;
  if (!target.installed.empty()) text += ", installed " + list_packages(target.installed);
  if (!target.removed.empty()) text += ", removed " + list_packages(target.removed);
  return text;
}

std::string milliseconds(std::chrono::nanoseconds elapsed) {
  const long tenths = static_cast<long>(elapsed.count() / 100'000);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

/// The text a ParseError is about, as far as it fits on a line, with its wrong part underlined.
std::string underline(const base::ParseError& error) {
  constexpr std::size_t kBefore = 60;
  constexpr std::size_t kWrong = 100;
  constexpr std::size_t kAfter = 40;
  // Hide passwords before cutting: one that is cut in two would not be found.
  const std::string source = base::input_with_secrets_starred(error.source());
  const std::size_t offset = std::min(error.offset(), source.size());
  const std::size_t begin = offset > kBefore + 3 ? offset - kBefore : 0;
  const std::size_t length = std::min({error.length(), source.size() - offset, kWrong});
  const std::size_t end = offset + length;
  const bool is_cut = source.size() - end > kAfter + 3;
  const std::string before =
      (begin > 0 ? "..." : "") +
      base::printable(std::string_view(source).substr(begin, offset - begin));
  const std::string wrong = base::printable(std::string_view(source).substr(offset, length));
  const std::string after =
      base::printable(std::string_view(source).substr(end, is_cut ? kAfter : std::string::npos)) +
      (is_cut ? "..." : "");
  const std::size_t width = std::max<std::size_t>(1, base::character_count(wrong));
  return "  " + before + wrong + after + "\n  " + std::string(base::character_count(before), ' ') +
         std::string(width, '^') + "\n";
}

constexpr std::size_t kMostLines = 40;

/// At most `kMostLines` of `lines`, each after `prefix`, and the number of lines left out.
std::string lines_of(const std::vector<std::string>& lines, std::string_view what,
                     const std::string& prefix = "") {
  std::string text;
  const std::size_t count = std::min(lines.size(), kMostLines);
  for (std::size_t i = 0; i < count; ++i) text += prefix + visible_in_short(lines[i]) + "\n";
  if (lines.size() > count) {
    text += "and " + std::to_string(lines.size() - count) + " more " + std::string(what) + "\n";
  }
  return text;
}

/// One project before and after.
struct Change {
  const PackageReport* removed = nullptr;
  const PackageReport* installed = nullptr;
};

std::string quoted(const std::vector<std::string>& names) {
  return "`" + base::join(names, "`, `") + "`";
}

/// The parts of an environment that were written anew; those of packages come after them.
std::vector<std::string> lines_of_changes(const TargetReport& target, bool color) {
  std::vector<std::string> lines;
  lines.reserve(target.changes.size());
  for (const ChangeReport& change : target.changes) {
    lines.push_back(" " + styled("~", kUpdated, color) + " " + visible(change.path) + " (" +
                    visible(change.reason) + ")");
  }
  return lines;
}

std::string line_of(const Change& change, bool color) {
  if (change.installed == nullptr) {
    return " " + styled("-", kDeleted, color) + " " + visible(text_of(*change.removed));
  }
  const PackageReport& now = *change.installed;
  std::string text = now.name + " ";
  if (change.removed != nullptr && change.removed->version != now.version) {
    text += change.removed->version + " -> ";
  }
  text += now.version;
  if (change.removed != nullptr && change.removed->version == now.version) text += " (anew)";
  if (!now.startup_hooks.empty()) {
    text += " (every start of Python runs " + quoted(now.startup_hooks) + ")";
  }
  const bool is_new = change.removed == nullptr;
  return " " + styled(is_new ? "+" : "~", is_new ? kAdded : kUpdated, color) + " " + visible(text);
}

}  // namespace

std::string_view name_of(TargetOutcome outcome) {
  constexpr std::array<std::string_view, 4> kNames = {"created", "replaced", "changed",
                                                      "unchanged"};
  return kNames.at(static_cast<std::size_t>(outcome));
}

std::vector<std::string> unverified_packages(const Result& result) {
  std::vector<std::string> names;
  for (const TargetReport& target : result.targets) {
    for (const PackageReport& package : target.installed) {
      const std::string name = text_of(package);
      if (!package.verified && std::ranges::find(names, name) == names.end()) names.push_back(name);
    }
  }
  return names;
}

std::string change_summary(const TargetReport& target, bool color) {
  std::map<std::string, Change> changes;
  for (const PackageReport& package : target.removed) changes[package.name].removed = &package;
  for (const PackageReport& package : target.installed) changes[package.name].installed = &package;
  std::string text;
  for (const auto& [name, change] : changes) text += line_of(change, color) + "\n";
  return text;
}

std::vector<std::string> warnings_of(const Result& result) {
  std::vector<std::string> warnings = result.warnings;
  for (const TargetReport& target : result.targets) {
    for (const PackageReport& package : target.installed) {
      if (package.shadowed_modules.empty()) continue;
      const bool several = package.shadowed_modules.size() > 1;
      std::string warning = "`" + package.name + "` " + package.version + " has " +
                            (several ? "modules with names" : "a module with the name") +
                            " of the standard library: " + quoted(package.shadowed_modules);
      if (std::ranges::find(warnings, warning) == warnings.end()) {
        warnings.push_back(std::move(warning));
      }
    }
  }
  return warnings;
}

void report_result(const Result& result, const bundled::Bundle& bundle, const Request& request,
                   std::chrono::nanoseconds elapsed) {
  // The object has the warnings, too.
  if (request.json) return print_json(result, bundle, elapsed);
  if (request.quiet) return;
  const bool color = use_color(request.color);
  const std::string warning = styled("warning:", kYellow, color) + " ";
  print_message(lines_of(warnings_of(result), "warnings", warning));
  if (request.verbose) print_message(lines_of(result.details, "skipped entries"));
  const std::vector<std::string> without_digest = unverified_packages(result);
  if (!without_digest.empty()) {
    print_message(
        warning +
        visible(base::join(without_digest, ", ") +
                (without_digest.size() > 1 ? " have no published digest and were not verified"
                                           : " has no published digest and was not verified")) +
        "\n");
  }
  for (const TargetReport& target : result.targets) {
    print_message(styled("ensure:", kGreen, color) + " " + visible(sentence(target, result)) +
                  "\n");
    print_message(lines_of(lines_of_changes(target, color), "changes"));
    if (result.lists_packages) print_message(change_summary(target, color));
  }
  if (request.verbose) print_message("done in " + milliseconds(elapsed) + "\n");
}

void report_error(const base::Error& error, Color color, bool json) {
  if (json) {
    try {
      return print_json(error);
    } catch (const base::FileError&) {  // NOLINT(bugprone-empty-catch): text follows
      // Standard output is closed or full: print the error as text.
    }
  }
  const bool colored = use_color(color);
  std::string text = styled("error:", kRed, colored) + " " + lines_of(error.lines(), "errors");
  if (const auto* parse_error = dynamic_cast<const base::ParseError*>(&error)) {
    text += underline(*parse_error);
  }
  text += lines_of(error.contexts(), "lines", "  ");
  std::vector<std::string> hints = error.hints();
  const std::string& command = error.command();
  std::string last;  // the hint that ends with a command, which is never shortened
  if (!command.empty() && !hints.empty() && hints.back().ends_with(command)) {
    last = hints.back().substr(0, hints.back().size() - command.size());
    last = visible_in_short(last) + visible(command);
    hints.pop_back();
  }
  const std::string label = styled("hint:", kCyan, colored) + " ";
  if (!error.hints().empty()) text += '\n';
  text += lines_of(hints, "hints", label);
  if (!last.empty()) text += label + last + "\n";
  print_message(text);
}

}  // namespace ensure::bootstrap
