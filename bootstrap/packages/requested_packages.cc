#include "bootstrap/packages/requested_packages.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <utility>

#include "bootstrap/cli/usage_errors.h"
#include "bootstrap/packages/package_sources.h"
#include "bootstrap/packages/requirement_checks.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/specs/metadata/pyproject.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/requirements/requirements_file.h"

namespace ensure::bootstrap {

namespace {

using base::Error;
using base::ExitCode;
using specs::RequirementArgument;
using specs::RequirementKind;

constexpr std::string_view kCommandLine = "the command line";

/// "FILE[extra,other]" and "FILE".
std::pair<std::string, std::vector<std::string>> split_extras(const std::string& text) {
  const std::size_t open = text.rfind('[');
  if (!text.ends_with(']') || open == std::string::npos) return {text, {}};
  std::vector<std::string> extras;
  const std::string_view inside = std::string_view(text).substr(open + 1);
  for (const std::string_view extra : base::split(inside.substr(0, inside.size() - 1), ',')) {
    if (!base::trim(extra).empty()) extras.emplace_back(base::trim(extra));
  }
  return {text.substr(0, open), extras};
}

std::optional<std::string> environment_variable(std::string_view name) {
  const char* value = std::getenv(std::string(name).c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Collects the requirements: one function for each kind of source.
class Reader {
 public:
  Reader(PackageRequest& request, const TextLoader& loader) : request_(request), loader_(loader) {}

  RequestedPackages read() {
    take_configured_links();
    // Collect all errors, to report them together.
    UsageErrors errors;
    // If a directory is named in both forms, the editable one, which is read first, counts.
    for (const std::string& editable : request_.editables) {
      errors.attempt([&] {
        add(RequirementArgument::parse_editable(editable), {}, std::string(kCommandLine));
      });
    }
    for (const std::string& word : request_.words) {
      errors.attempt([&] {
        refuse_file_as_requirement(word);
        add(RequirementArgument::parse(word), {}, std::string(kCommandLine));
      });
    }
    std::vector<specs::RequirementsRoot> roots;
    for (const std::string& file : request_.files) {
      errors.attempt([&] { read_file(file, roots); });
    }
    for (const std::string& file : request_.constraint_files) {
      errors.attempt([&] { refuse_lock_as_constraint(file); });
      roots.push_back({file, true});
    }
    errors.attempt([&] { read_requirements_files(roots); });
    for (const std::string& group : request_.groups) {
      errors.attempt([&] { read_group(group); });
    }
    errors.attempt([&] { read_all_groups(); });
    errors.attempt([&] { refuse_unused_extras(); });
    take_upgraded();
    errors.throw_if_any();
    return std::move(wanted_);
  }

 private:
  /// As with pip, a directory that the settings name need not exist.
  void take_configured_links() {
    for (const std::string& place : request_.configured_find_links) {
      if (is_url(place) || base::file_status(place)) {
        request_.find_links.push_back(place);
      } else {
        wanted_.warnings.push_back("`" + place + "`, which pip's settings name as `find-links`, " +
                                   "does not exist and is ignored");
      }
    }
  }

  /// Loads a file and calls `parse` with its text; its errors name the file.
  template <typename Parse>
  [[nodiscard]] auto parse_file(const std::string& location, const Parse& parse) {
    const std::string& text = load(location);
    try {
      return parse(text);
    } catch (Error& error) {
      error.add_context("in `" + location + "`");
      throw;
    }
  }

  /// Files with requirements in pip's syntax are read together afterwards: they may name others.
  void read_file(const std::string& file, std::vector<specs::RequirementsRoot>& roots) {
    const auto [location, extras] = split_extras(file);
    const std::string name = filename_of(location);
    if (specs::is_lock_filename(name)) return read_lock(location, extras);
    if (name == "pyproject.toml" || name.ends_with(".toml")) {
      const specs::Pyproject project = parse_file(location, specs::Pyproject::parse);
      const std::vector<std::string> all =
          request_.all_extras ? project.extras() : with_requested(extras);
      const auto choose = [&project, &all](const std::string& /*text*/) {
        return project.requirements(all);
      };
      extras_are_used_ = true;
      add_all(parse_file(location, choose), location);
      return require_python(project.requires_python(), location);
    }
    // A script may have any name, and standard input has none: the content tells.
    const bool is_script = name.ends_with(".py");
    if (!is_script && !is_readable(location)) return roots.push_back({file, false});
    const std::optional<specs::ScriptMetadata> metadata =
        parse_file(location, specs::ScriptMetadata::try_parse);
    if (metadata) {
      add_all(metadata->dependencies, location);
      return require_python(metadata->requires_python, location);
    }
    if (is_script) {
      throw Error(ExitCode::kUsage, "`" + location + "` has no block `# /// script`")
          .with_hint(
              "declare its dependencies in such a block (PEP 723), or name them on the command "
              "line");
    }
    if (location == "-" && specs::looks_like_lock(load(location))) {
      return read_lock(location, extras);
    }
    roots.push_back({file, false});
  }

  /// Whether the content can tell what a file is. The reader of requirements says what is wrong
  /// with one that cannot be read.
  [[nodiscard]] bool is_readable(const std::string& location) {
    if (location != "-" && !base::file_status(location)) return false;
    try {
      (void)load(location);
      return true;
    } catch (const Error& error) {
      if (error.exit_code() != ExitCode::kFileSystem) throw;
      return false;
    }
  }

  void read_lock(const std::string& location, const std::vector<std::string>& extras) {
    specs::LockFile lock = parse_file(location, specs::LockFile::parse);
    const std::vector<std::string> all = request_.all_extras ? lock.extras : with_requested(extras);
    extras_are_used_ = true;
    std::vector<std::string> groups;
    if (request_.all_groups) groups = lock.dependency_groups;
    wanted_.locks.push_back({std::move(lock), all, location, std::move(groups)});
  }

  /// The extras behind the name of a file, and those of `--extra`.
  [[nodiscard]] std::vector<std::string> with_requested(std::vector<std::string> extras) const {
    extras.insert(extras.end(), request_.extras.begin(), request_.extras.end());
    return extras;
  }

  void refuse_unused_extras() const {
    if (extras_are_used_ || (request_.extras.empty() && !request_.all_extras)) return;
    throw Error(ExitCode::kUsage, "`--extra` and `--all-extras` need a file that has extras")
        .with_hint(
            "add `-r pyproject.toml` or a lock; the extras of a requirement are written "
            "behind its name: `-e '.[EXTRA]'`");
  }

  void read_all_groups() {
    if (!request_.all_groups || !wanted_.locks.empty()) return;
    const std::string file = "pyproject.toml";
    for (const std::string& group : parse_file(file, specs::Pyproject::parse).groups()) {
      read_group(group);
    }
  }

  /// A package that is upgraded alone is its own requirement.
  void take_upgraded() {
    const bool is_alone = request_.words.empty() && request_.files.empty() &&
                          request_.groups.empty() && request_.editables.empty();
    if (!is_alone) return;
    for (const specs::PackageName& name : request_.upgraded) {
      wanted_.requirements.push_back({name, {}, {}, std::nullopt, std::nullopt});
    }
  }

  void require_python(const std::optional<specs::SpecifierSet>& versions,
                      const std::string& source) {
    if (versions) wanted_.pythons.push_back({*versions, source});
  }

  /// The text of a file that the user names. Each is read once: it may be a pipe.
  [[nodiscard]] const std::string& load(const std::string& location) {
    const auto known = texts_.find(location);
    if (known != texts_.end()) return known->second;
    return texts_.emplace(location, loader_(location, NamedBy::kUser)).first->second;
  }

  void read_requirements_files(const std::vector<specs::RequirementsRoot>& roots) {
    if (roots.empty()) return;
    const specs::RequirementsFiles files = specs::RequirementsFiles::read(
        roots,
        [&](const std::string& file) {
          const bool is_root =
              std::ranges::find(roots, file, &specs::RequirementsRoot::file) != roots.end();
          return is_root ? load(file) : loader_(file, NamedBy::kFile);
        },
        environment_variable);
    for (const specs::FileRequirement& requirement : files.requirements) {
      if (requirement.is_constraint) {
        add_constraint(requirement);
      } else {
        add(requirement.argument, requirement.hashes, requirement.source.to_string());
      }
    }
    wanted_.warnings.insert(wanted_.warnings.end(), files.warnings.begin(), files.warnings.end());
    take_options(files.options);
  }

  /// The command line and variables override the options of files.
  void take_options(const specs::RequirementsFileOptions& options) {
    if (!request_.index_url && !options.index_url.empty()) request_.index_url = options.index_url;
    const auto append = [](std::vector<std::string>& list, const std::vector<std::string>& more) {
      list.insert(list.end(), more.begin(), more.end());
    };
    append(request_.addresses_from_web, options.addresses_from_web);
    append(request_.extra_index_urls, options.extra_index_urls);
    append(request_.trusted_hosts, options.trusted_hosts);
    for (const specs::FindLinks& links : options.find_links) {
      // A file from the web may name only URLs.
      const base::Path beside = base::Path(links.file).parent_path() / links.value;
      const bool is_beside = !is_url(links.value) && base::file_status(beside).has_value();
      request_.find_links.push_back(is_beside ? beside.text() : links.value);
    }
    request_.no_index |= options.no_index;
    request_.pre |= options.pre;
    request_.require_hashes |= options.require_hashes;
    for (const std::string& name : options.formats.no_binary()) {
      request_.formats.add_no_binary(name);
    }
    for (const std::string& name : options.formats.only_binary()) {
      request_.formats.add_only_binary(name);
    }
  }

  /// Adds a group to the lock that it names; without a file, to all locks of the request.
  [[nodiscard]] bool add_to_locks(const std::string& file, const std::string& group) {
    const bool names_lock = specs::is_lock_filename(filename_of(file));
    if (!file.empty() && !names_lock) return false;
    const auto is_named = [&file](const RequestedLock& lock) {
      return file.empty() || lock.location == file;
    };
    if (names_lock && std::ranges::none_of(wanted_.locks, is_named)) read_lock(file, {});
    for (RequestedLock& lock : wanted_.locks) {
      if (is_named(lock)) lock.groups.push_back(group);
    }
    return !wanted_.locks.empty();
  }

  /// Reads "[FILE:]NAME"; the file is `pyproject.toml` of the current directory by default.
  void read_group(const std::string& group) {
    const std::size_t colon = group.rfind(':');
    const std::string file = colon == std::string::npos ? "pyproject.toml" : group.substr(0, colon);
    const std::string name = colon == std::string::npos ? group : group.substr(colon + 1);
    if (add_to_locks(colon == std::string::npos ? "" : file, name)) return;
    const auto parse = [&name](const std::string& text) {
      return specs::Pyproject::parse(text).group_requirements(name);
    };
    add_all(parse_file(file, parse), file);
  }

  void add_all(const std::vector<specs::Requirement>& requirements, const std::string& source) {
    for (const specs::Requirement& requirement : requirements) {
      if (is_web_address(source) && requirement.url && requirement.url->starts_with("file:")) {
        throw Error(ExitCode::kUsage, source + ": `" + requirement.to_string() +
                                          "` is a file of this machine, but a file from the web "
                                          "names it")
            .with_hint("if you trust that file, download it and name the copy (`-r FILE`)");
      }
      add(RequirementArgument::parse(requirement.to_string()), {}, source);
    }
  }

  void add(const RequirementArgument& argument, const std::vector<specs::HashOption>& hashes,
           const std::string& source) {
    // As with pip, one hash turns the check on for everything.
    request_.require_hashes |= !hashes.empty();
    switch (argument.kind) {
      case RequirementKind::kIndex:
        wanted_.requirements.push_back(*argument.requirement);
        if (!hashes.empty()) wanted_.hashes.push_back({argument.requirement->name, hashes});
        return;
      case RequirementKind::kFile:
        return add_file(argument, hashes, source);
      case RequirementKind::kEditable:
        check_editable(argument);
        return add_file(argument, hashes, source);
      case RequirementKind::kVersionControl:
        check_repository(argument, source);
        return add_file(argument, hashes, source);
    }
  }

  void add_file(const RequirementArgument& argument, const std::vector<specs::HashOption>& hashes,
                const std::string& source) {
    const std::string url =
        argument.is_path ? base::Url::from_path(base::absolute_path(argument.location)).to_string()
                         : argument.location;
    RequestedFile file{.url = url,
                       .editable = argument.kind == RequirementKind::kEditable,
                       .named = argument.requirement,
                       .extras = argument.extras,
                       .marker = argument.marker,
                       .hashes = hashes,
                       .source = source};
    if (file.named && file.named->url) file.named->url = file.url;
    if (!is_web_address(source)) request_.named_urls.push_back(file.url);
    wanted_.files.push_back(std::move(file));
  }

  void add_constraint(const specs::FileRequirement& constraint) {
    const bool has_name = constraint.argument.requirement.has_value();
    if (!has_name || constraint.argument.kind != RequirementKind::kIndex) {
      throw Error(ExitCode::kUsage, constraint.source.to_string() + ": `" + constraint.text +
                                        "` cannot be a constraint")
          .with_hint(
              "a constraint is a name with versions; move other lines to a requirements file");
    }
    wanted_.constraints.push_back(*constraint.argument.requirement);
    if (!constraint.hashes.empty()) {
      wanted_.hashes.push_back({constraint.argument.requirement->name, constraint.hashes});
    }
  }

  PackageRequest& request_;
  const TextLoader& loader_;
  std::map<std::string, std::string> texts_;  ///< by path or URL
  bool extras_are_used_ = false;
  RequestedPackages wanted_;
};

}  // namespace

RequestedPackages read_requested_packages(PackageRequest& request, const TextLoader& loader) {
  return Reader(request, loader).read();
}

}  // namespace ensure::bootstrap
