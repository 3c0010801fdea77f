#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ensure::text {

enum class TomlKind : std::uint8_t {
  kString,
  kInteger,
  kFloat,
  kBoolean,
  kTime,
  kTimeOfDay,
  kArray,
  kTable
};

struct TomlMember;

/// A value of a TOML document (TOML 1.0), as far as the packaging standards need it: floating-point
/// numbers and times of day are checked, and their values are not kept.
struct TomlValue {
  TomlKind kind = TomlKind::kTable;
  std::string text;                 ///< of a string
  std::int64_t number = 0;          ///< integer; 1 for true; time in microseconds since 1970 in UTC
  std::vector<TomlValue> elements;  ///< of an array
  std::vector<TomlMember> members;  ///< of a table, sorted by key

  /// Parses a document, which is a table. Throws `base::ParseError` with the line if the text is
  /// not TOML, or is larger or nested deeper than `TomlParser` allows.
  static TomlValue parse(std::string_view document);

  /// The member of a table with this key; null if there is none, or this is not a table.
  [[nodiscard]] const TomlValue* find(std::string_view key) const;
};

struct TomlMember {
  std::string key;
  TomlValue value;
};

/// Goes through a TOML document with a known form, and says where something has another one.
class TomlReader {
 public:
  /// `what` is what the document should be, for messages: "lock file". All have to outlive it.
  TomlReader(const TomlValue& value, std::string_view what) : value_(&value), what_(what) {}

  [[nodiscard]] const TomlValue& value() const { return *value_; }
  /// "packages[0].name"; empty for the document.
  [[nodiscard]] const std::string& path() const { return path_; }

  [[nodiscard]] bool has(std::string_view key) const { return value_->find(key) != nullptr; }
  /// Members of a kind. Throw `base::Error` (usage) where there is none, or one of another kind.
  [[nodiscard]] TomlReader member(std::string_view key, TomlKind kind) const;
  [[nodiscard]] const std::string& string(std::string_view key) const;
  /// Empty where there is none.
  [[nodiscard]] std::string optional_string(std::string_view key) const;
  /// The elements of an array, each of a kind; none where there is no such member.
  [[nodiscard]] std::vector<TomlReader> elements(std::string_view key, TomlKind kind) const;
  [[nodiscard]] std::vector<std::string> strings(std::string_view key) const;

  /// The value itself has to be of this kind.
  void expect(TomlKind kind) const;
  /// `problem` completes "`path` ...".
  [[noreturn]] void fail(std::string_view problem) const;

 private:
  [[nodiscard]] TomlReader at(const TomlValue& value, std::string path) const;

  const TomlValue* value_;
  std::string_view what_;
  std::string path_;
};

}  // namespace ensure::text
