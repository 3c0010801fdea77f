#include "installer/specs/requirements/requirements_file.h"

#include <algorithm>
#include <optional>

#include "installer/base/digest.h"
#include "installer/base/path.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

// Limits of all files together. A file that is included twice counts twice: it is read each time,
// because its options apply at that place.
constexpr std::size_t kMostFiles = 1000;
constexpr std::size_t kMostBytes = std::size_t{64} << 20U;
constexpr std::size_t kMostLines = 100'000;  // with a requirement or options
constexpr std::size_t kMostProblems = 10'000;
constexpr std::size_t kMostWarnings = 100;

bool is_file_url(std::string_view file) { return base::to_lower(file.substr(0, 5)) == "file:"; }

bool is_web_url(std::string_view file) {
  const std::string lowered = base::to_lower(file.substr(0, 6));
  return lowered.starts_with("http:") || lowered == "https:";
}

/// Whether the line comes from somebody else.
bool is_from_web(const SourceLine& source) { return is_web_url(source.file); }

base::Error not_from_web(std::string message) {
  return base::Error(base::ExitCode::kUsage, std::move(message))
      .with_hint("if you trust that file, download it and name the copy (`-r FILE`)");
}

/// Whether a file that came over `https:` names an `http:` URL, whose content anybody can change.
bool leaves_https(const SourceLine& source, std::string_view url) {
  return base::to_lower(source.file.substr(0, 6)) == "https:" &&
         base::to_lower(url.substr(0, 5)) == "http:";
}

bool has_strong_digest(std::string_view url) {
  const std::size_t hash = url.find('#');
  if (hash == std::string_view::npos) return false;
  for (const std::string_view part : base::split(url.substr(hash + 1), '&')) {
    if (base::record_digest_algorithm(part.substr(0, part.find('=')))) return true;
  }
  return false;
}

base::Error not_encrypted(const std::string& what) {
  return base::Error(base::ExitCode::kUsage, "`" + what +
                                                 "` is not encrypted, though the file that names "
                                                 "it came over `https:`")
      .with_hint("use its `https:` URL, or add a digest (`#sha256=...`)");
}

/// The path or URL of the file that `reference` in `file` names.
std::string nested_file(const std::string& file, const std::string& reference) {
  if (is_web_url(file)) {
    const base::Url includer = base::Url::parse(file);
    const base::Url included = includer.join(reference);
    if (included.same_origin(includer)) return included.to_string();
    throw not_from_web("`" + included.redacted() +
                       "` cannot be included by a file from another server");
  }
  if (is_file_url(file)) return base::Url::parse(file).join(reference).to_string();
  if (is_web_url(reference) || is_file_url(reference)) return reference;
  return (base::Path(file).parent_path() / reference).lexically_normal().text();
}

/// The part of a line before its first option, and the rest. Only a blank separates them.
std::pair<std::string_view, std::string_view> split_options(std::string_view line) {
  std::size_t start = 0;
  while (start <= line.size()) {
    if (line.substr(start).starts_with('-')) {
      return {line.substr(0, start == 0 ? 0 : start - 1), line.substr(start)};
    }
    const std::size_t blank = line.find(' ', start);
    if (blank == std::string_view::npos) break;
    start = blank + 1;
  }
  return {line, {}};
}

std::vector<std::string> all_messages(const std::vector<RequirementsProblem>& problems) {
  std::vector<std::string> lines;
  lines.reserve(problems.size());
  for (const RequirementsProblem& problem : problems) {
    lines.push_back(problem.source.to_string() + ": " + problem.message);
  }
  return lines;
}

/// Reads files one after another, and continues after lines that cannot be read.
class FilesReader {
 public:
  FilesReader(const FileLoader& loader, const VariableLookup& variables)
      : loader_(loader), variables_(variables) {}

  void read_file(const std::string& file, bool is_constraint, const SourceLine& named_at) {
    if (std::find(open_files_.begin(), open_files_.end(), file) != open_files_.end()) {
      return report(named_at, "`" + file + "` includes itself", "remove one of the `-r` or `-c`");
    }
    if (++file_count_ > kMostFiles) {
      return report(named_at, "there are more than 1000 requirements files", "include fewer");
    }
    const std::optional<std::string> text = load(file, named_at);
    if (!text) return;
    byte_count_ += text->size();
    if (byte_count_ > kMostBytes) {
      return report(named_at, "the requirements files are larger than 64 MB together",
                    "include fewer, or the same one less often");
    }
    open_files_.push_back(file);
    const VariableLookup none = [](const std::string&) { return std::nullopt; };
    each_requirement_line(*text, is_web_url(file) ? none : variables_,
                          [&](const RequirementLine& line) {
                            hide_variables(line);
                            read_line(line, {file, line.number}, is_constraint);
                          });
    open_files_.pop_back();
  }

  RequirementsFiles result() {
    if (!problems_.empty()) throw UnreadableRequirements(std::move(problems_));
    return std::move(result_);
  }

 private:
  /// Keeps the values of variables in URLs secret: each may be a token, in any part of the URL.
  void hide_variables(const RequirementLine& line) const {
    constexpr std::string_view kSchemeEnd = "://";
    if (line.text == line.as_written || line.text.find(kSchemeEnd) == std::string::npos) return;
    for (const std::string& name : line.variables) {
      const std::string value = variables_(name).value_or("");
      // Not a whole URL: it hides its own password, and errors need the rest of it.
      if (value.find(kSchemeEnd) == std::string::npos) base::keep_secret(value, "${" + name + "}");
    }
  }

  std::optional<std::string> load(const std::string& file, const SourceLine& named_at) {
    std::string bytes;
    try {
      bytes = loader_(file);
    } catch (const base::Error& error) {
      const base::ExitCode code = error.exit_code();
      if (code != base::ExitCode::kUsage && code != base::ExitCode::kFileSystem) throw;
      add_problem({named_at, error.message(), error.hints()});
      return std::nullopt;
    }
    try {
      return text::decode_text_file(bytes);
    } catch (const base::Error& error) {
      add_problem({SourceLine{file, 0}, error.message(), error.hints()});
      return std::nullopt;
    }
  }

  void report(const SourceLine& source, std::string message, std::string hint) {
    add_problem({source, std::move(message), {std::move(hint)}});
  }

  void add_problem(RequirementsProblem problem) {
    problems_.push_back(std::move(problem));
    if (problems_.size() < kMostProblems) return;
    UnreadableRequirements error(std::move(problems_));
    error.add_context("later lines were not read");
    throw std::move(error);
  }

  void warn(const SourceLine& source, const std::string& message) {
    if (result_.warnings.size() > kMostWarnings) return;
    const bool is_last = result_.warnings.size() == kMostWarnings;
    result_.warnings.push_back(source.to_string() + ": " + message +
                               (is_last ? "; later warnings are left out" : ""));
  }

  void count_line(const SourceLine& source) {
    if (++line_count_ <= kMostLines) return;
    problems_.push_back({source,
                         "there are more than " + std::to_string(kMostLines) +
                             " lines with requirements or options",
                         {"include fewer files, or the same one less often"}});
    throw UnreadableRequirements(std::move(problems_));
  }

  void read_line(const RequirementLine& line, const SourceLine& source, bool is_constraint) {
    count_line(source);
    try {
      if (is_from_web(source) && !line.variables.empty()) {
        throw not_from_web("`${" + line.variables.front() +
                           "}` is in a file from the web, which may not read variables");
      }
      const auto [argument, option_text] = split_options(line.text);
      const RequirementOptions options = RequirementOptions::parse(option_text);
      check_values(options);
      if (options.has_stray_words) warn(source, "words after the options are ignored");
      if (!argument.empty()) {
        add_requirement(RequirementArgument::parse(argument), std::string(argument), options,
                        source, is_constraint);
      } else if (const std::string* const editable = options.find("editable")) {
        add_requirement(RequirementArgument::parse_editable(*editable), *editable, options, source,
                        is_constraint);
      } else if (options.find("requirement") != nullptr || options.find("constraint") != nullptr) {
        include(options, source);
      } else {
        for (const auto& [name, value] : options.options) apply(name, value, source);
      }
    } catch (const UnreadableRequirements&) {
      throw;
    } catch (const base::Error& error) {
      if (error.exit_code() != base::ExitCode::kUsage) throw;
      // The value of a variable is not shown: it may be a secret.
      const bool is_shown = line.text == line.as_written;
      add_problem({source, is_shown ? error.message() : "`" + line.as_written + "` cannot be read",
                   error.hints()});
    }
  }

  /// Also checks options that have no effect on this line.
  static void check_values(const RequirementOptions& options) {
    for (const auto& [name, value] : options.options) {
      if (name == "hash") (void)HashOption::parse(value);
      if (name == "config-settings" && value.find('=') == std::string::npos) {
        throw base::Error(base::ExitCode::kUsage, "`" + value + "` is not a setting")
            .with_hint("settings of a build are given as `--config-settings KEY=VALUE`");
      }
    }
  }

  void add_requirement(RequirementArgument argument, std::string text,
                       const RequirementOptions& options, const SourceLine& source,
                       bool is_constraint) {
    if (is_from_web(source) && (argument.is_path || is_file_url(argument.location))) {
      throw not_from_web("`" + text + "` is a file of this machine, named by a file from the web");
    }
    const bool is_protected =
        options.find("hash") != nullptr || has_strong_digest(argument.location);
    if (leaves_https(source, argument.location) && !is_protected) throw not_encrypted(text);
    FileRequirement requirement{std::move(argument), std::move(text), is_constraint, {}, source};
    for (const auto& [name, value] : options.options) {
      if (name == "hash") {
        requirement.hashes.push_back(HashOption::parse(value));
      } else if (name != "editable" || requirement.argument.kind != RequirementKind::kEditable) {
        warn(source, "`--" + name + "` is ignored behind a requirement");
      }
    }
    result_.requirements.push_back(std::move(requirement));
  }

  /// Like pip, reads one file for each line: the first `-r`, else the first `-c`.
  void include(const RequirementOptions& options, const SourceLine& source) {
    if (options.options.size() > 1) {
      warn(source, "only the first `-r` of a line, or else its first `-c`, is read");
    }
    const std::string* const requirement = options.find("requirement");
    const std::string& reference =
        requirement != nullptr ? *requirement : *options.find("constraint");
    read_file(nested_file(source.file, reference), requirement == nullptr, source);
  }

  void check_address(const std::string& value, const SourceLine& source) {
    if (!is_from_web(source)) return;
    if (!is_web_url(value)) {
      throw not_from_web("`" + value + "` is not a URL that a file from the web may name");
    }
    if (leaves_https(source, value)) throw not_encrypted(value);
    result_.options.addresses_from_web.push_back(value);
  }

  /// A line with options alone.
  void apply(const std::string& name, const std::string& value, const SourceLine& source) {
    RequirementsFileOptions& options = result_.options;
    if (name == "index-url" || name == "extra-index-url" || name == "find-links") {
      check_address(value, source);
    }
    if (name == "trusted-host" && is_from_web(source)) {
      throw not_from_web("`--trusted-host " + value +
                         "` is in a file from the web, which may not disable the verification of "
                         "certificates");
    }
    if (name == "index-url") {
      options.index_url = value;
    } else if (name == "extra-index-url") {
      options.extra_index_urls.push_back(value);
    } else if (name == "no-index") {
      options.no_index = true;
    } else if (name == "find-links") {
      options.find_links.push_back({value, source.file});
    } else if (name == "no-binary") {
      options.formats.add_no_binary(value);
    } else if (name == "only-binary") {
      options.formats.add_only_binary(value);
    } else if (name == "prefer-binary") {
      options.prefer_binary = true;
    } else if (name == "require-hashes") {
      options.require_hashes = true;
    } else if (name == "pre" || (name == "all-releases" && value == ":all:")) {
      options.pre = true;
    } else if (name == "trusted-host") {
      options.trusted_hosts.push_back(value);
    } else {
      warn(source, "`--" + name + "` is ignored here");
    }
  }

  const FileLoader& loader_;
  const VariableLookup& variables_;
  RequirementsFiles result_;
  std::vector<RequirementsProblem> problems_;
  std::vector<std::string> open_files_;
  std::size_t file_count_ = 0;
  std::size_t byte_count_ = 0;
  std::size_t line_count_ = 0;
};

}  // namespace

std::string SourceLine::to_string() const {
  const std::string shown = base::input_without_secrets(file);
  return line == 0 ? shown : shown + ':' + std::to_string(line);
}

UnreadableRequirements::UnreadableRequirements(std::vector<RequirementsProblem> problems)
    : base::Error(base::ExitCode::kUsage, all_messages(problems)), problems_(std::move(problems)) {
  for (const RequirementsProblem& problem : problems_) {
    for (const std::string& hint : problem.hints) {
      if (std::find(hints().begin(), hints().end(), hint) == hints().end()) add_hint(hint);
    }
  }
}

RequirementsFiles RequirementsFiles::read(const std::vector<RequirementsRoot>& roots,
                                          const FileLoader& loader,
                                          const VariableLookup& variables) {
  FilesReader reader(loader, variables);
  for (const RequirementsRoot& root : roots) {
    reader.read_file(root.file, root.is_constraint, {root.file, 0});
  }
  return reader.result();
}

}  // namespace ensure::specs
