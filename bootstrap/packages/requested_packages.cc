#include "bootstrap/packages/requested_packages.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "bootstrap/cli/usage_errors.h"
#include "bootstrap/packages/package_sources.h"
#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/path.h"
#include "installer/base/printable.h"
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

/// The last part of a path or URL, for telling kinds of files apart.
std::string filename_of(const std::string& location) {
  return is_url(location) ? base::Url::parse(location).filename()
                          : base::Path(location).filename().text();
}

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
    for (const std::string& word : request_.words) {
      errors.attempt([&] { add(RequirementArgument::parse(word), {}, std::string(kCommandLine)); });
    }
    for (const std::string& editable : request_.editables) {
      errors.attempt([&] {
        add(RequirementArgument::parse_editable(editable), {}, std::string(kCommandLine));
      });
    }
    std::vector<specs::RequirementsRoot> roots;
    for (const std::string& file : request_.files) {
      errors.attempt([&] { read_file(file, roots); });
    }
    for (const std::string& file : request_.constraint_files) roots.push_back({file, true});
    errors.attempt([&] { read_requirements_files(roots); });
    for (const std::string& group : request_.groups) {
      errors.attempt([&] { read_group(group); });
    }
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
  [[nodiscard]] auto parse_file(const std::string& location, const Parse& parse) const {
    const std::string text = loader_(location, NamedBy::kUser);
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
    if (specs::is_lock_filename(name)) {
      wanted_.locks.push_back({parse_file(location, specs::LockFile::parse), extras, location});
    } else if (name == "pyproject.toml" || name.ends_with(".toml")) {
      const auto parse = [&extras](const std::string& text) {
        return specs::Pyproject::parse(text).requirements(extras);
      };
      add_all(parse_file(location, parse), location);
    } else if (name.ends_with(".py")) {
      read_script(location);
    } else {
      roots.push_back({file, false});
    }
  }

  void read_script(const std::string& location) {
    const std::optional<specs::ScriptMetadata> metadata =
        parse_file(location, specs::ScriptMetadata::try_parse);
    if (!metadata) {
      throw Error(ExitCode::kUsage, "`" + location + "` has no block `# /// script`")
          .with_hint(
              "declare its dependencies in such a block (PEP 723), or name them on the command "
              "line");
    }
    add_all(metadata->dependencies, location);
  }

  void read_requirements_files(const std::vector<specs::RequirementsRoot>& roots) {
    if (roots.empty()) return;
    const specs::RequirementsFiles files = specs::RequirementsFiles::read(
        roots,
        [&](const std::string& file) {
          const bool is_root =
              std::ranges::find(roots, file, &specs::RequirementsRoot::file) != roots.end();
          return loader_(file, is_root ? NamedBy::kUser : NamedBy::kFile);
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

  /// Reads "[FILE:]NAME"; the file is `pyproject.toml` of the current directory by default.
  void read_group(const std::string& group) {
    const std::size_t colon = group.rfind(':');
    const std::string file = colon == std::string::npos ? "pyproject.toml" : group.substr(0, colon);
    const std::string name = colon == std::string::npos ? group : group.substr(colon + 1);
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
        return refuse(argument, " install -e ",
                      "is an editable requirement, which only pip installs");
      case RequirementKind::kVersionControl:
        return refuse(argument, " install ",
                      "is in a version control system, which `ensure` does not support");
    }
  }

  void add_file(const RequirementArgument& argument, const std::vector<specs::HashOption>& hashes,
                const std::string& source) {
    const std::string url =
        argument.is_path ? base::Url::from_path(base::absolute_path(argument.location)).to_string()
                         : argument.location;
    RequestedFile file{.url = url,
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

  [[noreturn]] void refuse(const RequirementArgument& argument, const std::string& command,
                           const std::string& why) const {
    throw Error(ExitCode::kUsage, "`" + argument.to_string() + "` " + why)
        .with_hint("leave it out, and run `" + request_.pip_command + command +
                   base::shell_quoted(argument.to_string()) + "` afterwards");
  }

  PackageRequest& request_;
  const TextLoader& loader_;
  RequestedPackages wanted_;
};

}  // namespace

RequestedPackages read_requested_packages(PackageRequest& request, const TextLoader& loader) {
  return Reader(request, loader).read();
}

}  // namespace ensure::bootstrap
