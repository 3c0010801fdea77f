#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/requirement.h"
#include "installer/specs/requirements/requirement_line.h"

namespace ensure::specs {

/// A line of a file, for messages.
struct SourceLine {
  std::string file;      ///< path or URL, as given or relative to the including file
  std::size_t line = 0;  ///< from 1; 0 for the whole file

  /// "requirements.txt:12"
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

/// A requirement or constraint of a requirements file, with its own options.
struct FileRequirement {
  RequirementArgument argument;
  std::string text;  ///< with variables replaced, without options and `-e`
  bool is_constraint = false;
  std::vector<HashOption> hashes;
  SourceLine source;
};

/// The value of `-f` in a requirements file. As in pip, it is relative to that file if it exists
/// there, else to the current directory.
struct FindLinks {
  std::string value;
  std::string file;  ///< the requirements file
};

/// The options of requirements files that apply to the whole run, as if given on the command line.
struct RequirementsFileOptions {
  std::string index_url;  ///< empty for none
  std::vector<std::string> extra_index_urls;
  bool no_index = false;  ///< overrides all URLs of indexes
  std::vector<FindLinks> find_links;
  bool pre = false;
  bool prefer_binary = false;
  bool require_hashes = false;
  FormatControl formats;
  /// The URLs above that come from files on the web: the user may not know of them.
  std::vector<std::string> addresses_from_web;
  std::vector<std::string> trusted_hosts;
};

/// A line of a requirements file that cannot be read.
struct RequirementsProblem {
  SourceLine source;
  std::string message;
  std::vector<std::string> hints;
};

/// All lines that cannot be read, in one message: "file:line: message" each.
class UnreadableRequirements : public base::Error {
 public:
  /// `problems` must not be empty.
  explicit UnreadableRequirements(std::vector<RequirementsProblem> problems);

  [[nodiscard]] const std::vector<RequirementsProblem>& problems() const { return problems_; }

 private:
  std::vector<RequirementsProblem> problems_;
};

/// A file that `-r` or `-c` names.
struct RequirementsRoot {
  std::string file;
  bool is_constraint = false;
};

/// Returns the bytes of a file by its path or URL. Its errors with the exit code for usage or the
/// file system are reported with the line that names the file; others end the reading.
using FileLoader = std::function<std::string(const std::string& file)>;

/// Requirements files with the files that they include, in the format of pip ("Requirements File
/// Format").
struct RequirementsFiles {
  std::vector<FileRequirement> requirements;  ///< and constraints, in the order of reading
  RequirementsFileOptions options;
  /// The lines with parts that pip ignores silently.
  std::vector<std::string> warnings;

  /// Included files are relative to the including file. Throws `UnreadableRequirements`, also for a
  /// file that includes itself.
  ///
  /// A file from the web comes from somebody else: it must not read variables, name files of this
  /// machine, include files of other servers, or disable the verification of certificates.
  static RequirementsFiles read(const std::vector<RequirementsRoot>& roots,
                                const FileLoader& loader, const VariableLookup& variables);
};

}  // namespace ensure::specs
