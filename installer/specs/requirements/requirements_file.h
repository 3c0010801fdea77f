#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/specs/requirements/format_control.h"
#include "installer/specs/requirements/requirement_argument.h"
#include "installer/specs/requirements/requirement_line.h"

namespace ensure::specs {

/// A place in a file, for messages.
struct SourceLine {
  std::string file;      ///< path or URL, as given or as joined to the file that names it
  std::size_t line = 0;  ///< from 1; 0 for the file as a whole

  /// "requirements.txt:12"
  [[nodiscard]] std::string to_string() const;

  friend bool operator==(const SourceLine&, const SourceLine&) = default;
};

/// A requirement or constraint of a requirements file, with the options that belong to it alone.
struct FileRequirement {
  RequirementArgument argument;
  std::string text;  ///< as pip's own reader has it: variables replaced, options and `-e` left out
  bool is_constraint = false;
  std::vector<HashOption> hashes;
  std::vector<std::pair<std::string, std::string>> config_settings;  ///< key and value
  std::vector<std::string> global_options;
  SourceLine source;
};

/// What `-f` names in a requirements file: pip takes it as relative to that file where there is
/// something, else to the current folder.
struct FindLinks {
  std::string value;
  std::string file;  ///< the requirements file
};

/// The options that requirements files may hold for the whole job, as if given on the command line.
struct RequirementsFileOptions {
  std::string index_url;  ///< empty for none
  std::vector<std::string> extra_index_urls;
  bool no_index = false;  ///< makes void all URLs of indexes
  std::vector<FindLinks> find_links;
  bool pre = false;
  bool prefer_binary = false;
  bool require_hashes = false;
  FormatControl formats;
  /// Those of the URLs above that files from the web name: the user may not know of them.
  std::vector<std::string> addresses_from_web;
  std::vector<std::string> trusted_hosts;
  std::vector<std::string> features;  ///< of `--use-feature`
};

/// Something in a requirements file that cannot be read.
struct RequirementsProblem {
  SourceLine source;
  std::string message;
  std::vector<std::string> hints;
};

/// All that cannot be read, at once: one line "file:line: message" each.
class UnreadableRequirements : public base::Error {
 public:
  /// `problems` holds one at least.
  explicit UnreadableRequirements(std::vector<RequirementsProblem> problems);

  [[nodiscard]] const std::vector<RequirementsProblem>& problems() const { return problems_; }

 private:
  std::vector<RequirementsProblem> problems_;
};

/// A file to read: what `-r` (or `-c`) names.
struct RequirementsRoot {
  std::string file;
  bool is_constraint = false;
};

/// Gives the bytes of a file by its path or URL. What it throws with the exit code for usage or the
/// file system is reported with the line that names the file; anything else ends the reading.
using FileLoader = std::function<std::string(const std::string& file)>;

/// Requirements files with all that they include, in the form of pip ("Requirements File Format").
struct RequirementsFiles {
  std::vector<FileRequirement> requirements;  ///< constraints among them, in the order of reading
  RequirementsFileOptions options;
  /// What pip ignores without a word, by its place.
  std::vector<std::string> warnings;

  /// Nested files are relative to the one that names them. Throws `UnreadableRequirements`, also
  /// for a file that includes itself.
  ///
  /// A file from the web is written by somebody else: it must not read variables, name files of
  /// this machine, include files of other servers, or switch off the verification of certificates.
  static RequirementsFiles read(const std::vector<RequirementsRoot>& roots,
                                const FileLoader& loader, const VariableLookup& variables);
};

}  // namespace ensure::specs
