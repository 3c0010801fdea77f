#include "installer/specs/versions/specifiers.h"

#include <algorithm>
#include <array>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/text/characters.h"

namespace ensure::specs {
namespace {

/// The operator that `clause` begins with; empty if there is none.
std::string_view leading_operator(std::string_view clause) {
  static constexpr std::array<std::string_view, 8> kOperators = {
      "===", "~=", "==", "!=", "<=", ">=", "<", ">"};
  for (const std::string_view op : kOperators) {
    if (clause.starts_with(op)) return op;
  }
  return {};
}

bool is_equality(std::string_view op) { return op == "==" || op == "!="; }

VersionSet complement_if(bool negated, const VersionSet& set) {
  return negated ? set.complement() : set;
}

/// `==1.2.*` and `!=1.2.*`: the base may have an epoch and a release, nothing else.
std::optional<VersionSet> prefix_match(std::string_view op, const VersionParts& base) {
  if (base.pre != PreRelease::kNone || base.post || base.dev || !base.local.empty()) return {};
  return complement_if(op == "!=", VersionSet::with_prefix(base.epoch, base.release));
}

/// `~=2.2.post3` is `>=2.2.post3, ==2.*`.
std::optional<VersionSet> compatible(const VersionParts& parts) {
  if (parts.release.size() < 2) return {};
  std::vector<VersionNumber> prefix = parts.release;
  prefix.pop_back();
  return VersionSet::at_least(Version::of(parts))
      .intersection(VersionSet::with_prefix(parts.epoch, prefix));
}

/// Returns nullopt if the operator does not allow such a version.
std::optional<VersionSet> versions_of(std::string_view op, const VersionParts& parts) {
  const Version version = Version::of(parts);
  if (is_equality(op)) return complement_if(op == "!=", VersionSet::matching(version));
  if (!parts.local.empty()) return {};
  if (op == "~=") return compatible(parts);
  if (op == "<=") return VersionSet::at_most(version);
  if (op == ">=") return VersionSet::at_least(version);
  return op == "<" ? VersionSet::below(version) : VersionSet::above(version);
}

bool is_arbitrary_text(std::string_view text) {
  return !text.empty() && text.find_first_of(";)") == std::string_view::npos &&
         !text::has_whitespace(text);
}

}  // namespace

/// Collects clauses, and builds the set from all of them at the end: n clauses take n log n steps.
class SpecifierSet::Reader {
 public:
  /// Adds a clause. Returns false if it is malformed.
  bool add(std::string_view clause) {
    const std::string_view op = leading_operator(clause);
    if (op.empty()) return false;
    const std::string_view text = text::strip_leading_whitespace(clause.substr(op.size()));
    const bool prefix = is_equality(op) && text.ends_with(".*");
    const std::string_view base = prefix ? text.substr(0, text.size() - 2) : text;
    if (text::strip_whitespace(base).size() != base.size()) return false;

    const std::optional<VersionParts> parts = VersionParts::try_parse(base);
    std::optional<VersionSet> allowed;
    if (op == "===") {
      if (!is_arbitrary_text(text)) return false;
      const bool is_possible = parts && !is_other_text(text);
      allowed = is_possible ? VersionSet::exactly(Version::of(*parts)) : VersionSet();
    } else if (parts) {
      allowed = prefix ? prefix_match(op, *parts) : versions_of(op, *parts);
    }
    if (!allowed) return false;

    allowed_.push_back(*std::move(allowed));
    const bool prerelease = parts && (parts->pre != PreRelease::kNone || parts->dev);
    if (prerelease && op != "!=") set_.names_prerelease_ = true;
    set_.specifiers_.push_back({std::string(op), std::string(text)});
    return true;
  }

  SpecifierSet finish() {
    set_.versions_ = VersionSet::intersection(std::move(allowed_));
    return std::move(set_);
  }

 private:
  /// Whether a clause demands another text with `===`: 1.0 is not both ===1.0 and ===1.
  bool is_other_text(std::string_view text) {
    const std::string lowered = base::to_lower(text);
    if (!arbitrary_) arbitrary_ = lowered;
    return *arbitrary_ != lowered;
  }

  SpecifierSet set_;
  std::vector<VersionSet> allowed_;
  std::optional<std::string> arbitrary_;  ///< the text of the first `===`
};

std::optional<SpecifierSet> SpecifierSet::read(std::string_view text, std::string_view& malformed) {
  Reader reader;
  for (const std::string_view part : base::split(text, ',')) {
    malformed = text::strip_whitespace(part);
    if (!malformed.empty() && !reader.add(malformed)) return std::nullopt;
  }
  return reader.finish();
}

std::optional<SpecifierSet> SpecifierSet::try_parse(std::string_view text) {
  std::string_view malformed;
  return read(text, malformed);
}

SpecifierSet SpecifierSet::parse(std::string_view text) {
  std::string_view malformed;
  if (std::optional<SpecifierSet> set = read(text, malformed)) return *std::move(set);
  const auto offset = static_cast<std::size_t>(malformed.data() - text.data());
  base::ParseError error("`" + std::string(malformed) + "` is not a version specifier",
                         std::string(text), offset, malformed.size());
  error.add_hint("specifiers look like `>=1.2,<2`, `==1.2.*` or `~=1.2` (PEP 440)");
  throw error;
}

bool SpecifierSet::contains(const Version& version) const {
  if (!versions_.contains(version)) return false;
  // `===` compares text: 1.0.0 is not ===1.0, though the two are equal as versions.
  return std::all_of(specifiers_.begin(), specifiers_.end(), [&version](const Specifier& clause) {
    return clause.op != "===" || base::to_lower(clause.version) == version.to_string();
  });
}

std::string SpecifierSet::to_string() const {
  std::string text;
  for (const Specifier& clause : specifiers_) {
    if (!text.empty()) text += ',';
    text += clause.op;
    text += clause.version;
  }
  return text;
}

}  // namespace ensure::specs
