#include "bootstrap/build/git.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>
#include <vector>

#include "installer/base/file.h"
#include "installer/base/secrets.h"
#include "installer/base/text.h"

namespace ensure::build {

namespace {

using base::Error;
using base::ExitCode;

/// Large repositories take their time; the user can interrupt the run.
constexpr std::chrono::hours kLongestTransfer(2);
constexpr std::size_t kMostLines = 5;

bool is_hexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

/// Fewer digits than a whole name has; git itself accepts four.
bool may_be_short_commit(std::string_view revision) {
  constexpr std::size_t kShortest = 4;
  return revision.size() >= kShortest && is_hexadecimal(base::to_lower(revision));
}

Error failure(const GitReference& reference, const base::ProcessResult& result) {
  Error error(ExitCode::kNetwork, "`git` cannot read `" + reference.url.redacted() + "`");
  std::vector<std::string_view> lines = base::split_lines(result.error_output);
  std::erase_if(lines, [](std::string_view line) { return base::trim(line).empty(); });
  if (lines.size() > kMostLines) lines.erase(lines.begin(), lines.end() - kMostLines);
  for (const std::string_view line : lines) error.add_context(base::without_secrets(line));
  if (result.timed_out) error.add_context("it did not end within 2 hours");
  return std::move(error).with_hint(
      "check the URL, and that `git ls-remote` reads it without asking for a password: `ensure` "
      "lets git use its credential helpers and ssh keys, but never prompts");
}

Error no_revision(const GitReference& reference) {
  return Error(ExitCode::kNoSolution,
               "`" + reference.url.redacted() + "` has no " +
                   (reference.revision.empty()
                        ? "HEAD"
                        : "branch, tag or commit `" + reference.revision + "`"))
      .with_hint("`git ls-remote` lists its branches and tags");
}

/// The commit of the revision in the output of `git ls-remote`. As in pip, a branch comes before a
/// tag; "^{}" marks the commit that an annotated tag stands for.
std::optional<GitCommit> commit_in(std::string_view listing, const std::string& revision) {
  struct Form {
    std::string name;
    bool is_tag;
  };
  const std::array<Form, 4> forms = {{{"refs/heads/" + revision, false},
                                      {"refs/tags/" + revision + "^{}", true},
                                      {"refs/tags/" + revision, true},
                                      {revision, false}}};
  for (const Form& form : forms) {
    for (const std::string_view line : base::split_lines(listing)) {
      const std::size_t tab = line.find('\t');
      if (tab == std::string_view::npos || line.substr(tab + 1) != form.name) continue;
      const std::string id(line.substr(0, tab));
      if (!id.empty() && is_hexadecimal(id)) return GitCommit{id, form.is_tag};
    }
  }
  return std::nullopt;
}

}  // namespace

bool is_git_url(std::string_view url) { return base::to_lower(url.substr(0, 4)) == "git+"; }

GitReference GitReference::parse(const std::string& text) {
  const base::Url whole = base::Url::parse(std::string_view(text).substr(4));
  constexpr std::array<std::string_view, 4> kSchemes = {"https", "http", "ssh", "file"};
  if (std::ranges::find(kSchemes, whole.scheme()) == kSchemes.end()) {
    throw Error(ExitCode::kUsage, "`git+" + std::string(whole.scheme()) + "` is not supported")
        .with_hint("use `git+https`, `git+ssh` or `git+file`");
  }
  std::string plain = whole.without_fragment().to_string();
  GitReference reference{whole, "", std::string(whole.fragment().value_or(""))};
  // An "@" before the path belongs to the user.
  const std::size_t at = plain.rfind('@');
  if (at != std::string::npos && at > plain.find('/', plain.find("://") + 3)) {
    reference.revision = base::percent_decode(plain.substr(at + 1));
    plain.resize(at);
  }
  reference.url = base::Url::parse(plain);
  const bool is_sound = std::ranges::all_of(reference.revision, [](char letter) {
    return static_cast<unsigned char>(letter) > ' ' && letter != '\x7f';
  });
  if (reference.revision.starts_with('-') || !is_sound) {
    throw Error(ExitCode::kUsage, "`" + base::without_secrets(text) + "` has an invalid revision")
        .with_hint("name a branch, a tag or a commit behind the `@`");
  }
  return reference;
}

bool GitReference::names_commit() const {
  constexpr std::size_t kSha1Digits = 40;
  constexpr std::size_t kSha256Digits = 64;
  return (revision.size() == kSha1Digits || revision.size() == kSha256Digits) &&
         is_hexadecimal(base::to_lower(revision));
}

GitCommit Git::find(const GitReference& reference) {
  if (reference.names_commit()) return {base::to_lower(reference.revision), false};
  if (offline_ && !reference.url.is_file()) {
    throw Error(ExitCode::kNetwork, "the newest commit of `" + reference.url.redacted() +
                                        "` is unknown: the run is offline")
        .with_hint("name a commit that was built before (`@COMMIT`, all digits)");
  }
  const std::string revision = reference.revision.empty() ? "HEAD" : reference.revision;
  const std::string listing = require(
      reference, {"ls-remote", "--", reference.url.to_string(), revision, revision + "^{}"});
  if (std::optional<GitCommit> found = commit_in(listing, revision)) return *std::move(found);
  if (may_be_short_commit(revision)) return {};
  throw no_revision(reference);
}

/// A tag is cloned without its history. Otherwise the history comes along, without the content of
/// old files: many projects derive their version from the last tag before a commit.
std::string Git::check_out(const GitReference& reference, const GitCommit& commit,
                           const base::Path& directory) {
  if (offline_ && !reference.url.is_file()) {
    throw Error(ExitCode::kNetwork, "the commit `" + commit.id + "` of `" +
                                        reference.url.redacted() +
                                        "` was not built before, and the run is offline")
        .with_hint("leave out `--offline`");
  }
  std::vector<std::string> clone{"clone", "--quiet", "--no-checkout", "--template="};
  if (commit.is_tag) {
    clone.insert(clone.end(), {"--depth=1", "--branch=" + reference.revision});
  } else {
    clone.emplace_back("--filter=blob:none");
  }
  clone.insert(clone.end(), {"--", reference.url.to_string(), directory.text()});
  (void)require(reference, clone);

  const std::vector<std::string> there{"-C", directory.text()};
  const auto in_clone = [&there](std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), there.begin(), there.end());
    return arguments;
  };
  const std::string wanted = commit.id.empty() ? reference.revision : commit.id;
  const std::vector<std::string> parse =
      in_clone({"rev-parse", "--verify", "--quiet", "--end-of-options", wanted + "^{commit}"});
  base::ProcessResult parsed = run(reference, parse, Allowed::kOfUrl);
  if (!parsed.succeeded() && !commit.id.empty()) {
    // The head of a pull request is on no branch.
    (void)run(reference, in_clone({"fetch", "--quiet", "origin", commit.id}), Allowed::kOfUrl);
    parsed = run(reference, parse, Allowed::kOfUrl);
  }
  if (!parsed.succeeded()) throw no_revision(reference);
  const std::string id(base::trim(parsed.output));
  (void)require(reference, in_clone({"checkout", "--quiet", "--detach", id}));
  if (base::link_status(directory / ".gitmodules")) {
    (void)require(reference, in_clone({"submodule", "update", "--quiet", "--init", "--recursive"}),
                  Allowed::kRemote);
  }
  return id;
}

base::ProcessResult Git::run(const GitReference& reference, std::vector<std::string> arguments,
                             Allowed allowed) {
  if (!program_) program_ = base::find_command("git");
  if (!program_) {
    throw Error(ExitCode::kInterpreter,
                "`" + reference.url.redacted() + "` is a git repository, and there is no `git`")
        .with_hint("install git (`apt-get install git`), or name an archive of the project");
  }
  // A server that sends nothing for a minute has failed.
  const std::array<const char*, 10> settings = {
      "-c", "core.hooksPath=/dev/null", "-c", "core.fsmonitor=false",
      "-c", "http.lowSpeedLimit=1",     "-c", "http.lowSpeedTime=60",
      "-c", "advice.detachedHead=false"};
  arguments.insert(arguments.begin(), settings.begin(), settings.end());
  arguments.insert(arguments.begin(), program_->text());
  std::string protocols = "https:ssh";
  const std::string own(reference.url.scheme());
  if (own == "http" || allowed == Allowed::kOfUrl) protocols += ":" + own;
  std::vector<std::string> variables =
      base::environment_without({"GIT_", "SSH_ASKPASS", "LC_ALL="});
  variables.insert(variables.end(), {"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS=", "LC_ALL=C",
                                     "GIT_ALLOW_PROTOCOL=" + protocols});
  base::Process process(arguments, variables, "/");
  return process.wait(kLongestTransfer);
}

std::string Git::require(const GitReference& reference, const std::vector<std::string>& arguments,
                         Allowed allowed) {
  base::ProcessResult result = run(reference, arguments, allowed);
  if (!result.succeeded()) throw failure(reference, result);
  return std::move(result.output);
}

}  // namespace ensure::build
