#include "installer/text/toml.h"

#include <array>
#include <optional>
#include <utility>

#include "installer/base/error.h"
#include "installer/text/toml_scanner.h"

namespace ensure::text {
namespace {

/// More than a lock file of the largest size has. A value of two bytes takes 200 here.
constexpr std::size_t kMostValues = 1'000'000;

}  // namespace

class TomlParser {
 public:
  explicit TomlParser(std::string_view document) : scanner_(document) {
    root_.origin_ = Origin::kHeader;
  }

  TomlValue parse() {
    for (scanner_.skip_lines(); !scanner_.at_end(); scanner_.skip_lines()) {
      if (scanner_.peek() == '[') {
        header();
      } else {
        key_and_value(*current_, current_depth_);
      }
      scanner_.end_line();
    }
    return std::move(root_);
  }

 private:
  using Origin = TomlValue::Origin;
  using Key = std::vector<std::string>;

  void header() {
    const bool is_element = scanner_.accept("[[");
    if (!is_element) scanner_.expect("[");
    const Key key = take_key();
    scanner_.expect(is_element ? "]]" : "]");
    TomlValue* parent = &root_;
    for (std::size_t i = 0; i + 1 < key.size(); ++i) parent = &ancestor(*parent, key[i]);
    const auto [place, is_new] = parent->members.try_emplace(key.back());
    TomlValue& value = place->second;
    const Origin extensible = is_element ? Origin::kHeaders : Origin::kAncestor;
    if (!is_new && value.origin_ != extensible) refuse(key.back(), "is defined twice");
    if (is_element) {
      value.kind = TomlKind::kArray;
      value.origin_ = Origin::kHeaders;
      current_ = &value.elements.emplace_back();
    } else {
      current_ = &value;
    }
    current_->origin_ = Origin::kHeader;
    current_depth_ = key.size();
    section_ = ++sections_;
  }

  /// The table that `name`, a part of a header except the last, refers to.
  TomlValue& ancestor(TomlValue& parent, const std::string& name) {
    const auto [place, is_new] = parent.members.try_emplace(name);
    TomlValue& value = place->second;
    if (is_new) value.origin_ = Origin::kAncestor;
    if (value.origin_ == Origin::kValue) refuse(name, "is complete and cannot be extended");
    return value.origin_ == Origin::kHeaders ? value.elements.back() : value;
  }

  /// The table that `name`, a part of a dotted key except the last, refers to.
  TomlValue& dotted(TomlValue& parent, const std::string& name) {
    const auto [place, is_new] = parent.members.try_emplace(name);
    TomlValue& value = place->second;
    const bool is_open = is_new || value.origin_ == Origin::kAncestor ||
                         (value.origin_ == Origin::kDotted && value.section_ == section_);
    if (!is_open) refuse(name, "is complete and cannot be extended");
    value.origin_ = Origin::kDotted;
    value.section_ = section_;
    return value;
  }

  void key_and_value(TomlValue& parent, std::size_t depth) {
    const Key key = take_key();
    scanner_.expect("=");
    scanner_.skip_blanks();
    TomlValue* table = &parent;
    for (std::size_t i = 0; i + 1 < key.size(); ++i) table = &dotted(*table, key[i]);
    const auto [place, is_new] = table->members.try_emplace(key.back());
    if (!is_new) refuse(key.back(), "is defined twice");
    place->second = value(depth + key.size());
  }

  Key take_key() {
    Key key = scanner_.key();
    count_values(key.size());
    return key;
  }

  /// Refuses documents with too many tables and values, which take far more memory than bytes.
  void count_values(std::size_t more) {
    value_count_ += more;
    if (value_count_ <= kMostValues) return;
    scanner_.fail("there are more than " + std::to_string(kMostValues) + " keys and values");
  }

  TomlValue value(std::size_t depth) {
    if (depth > TomlScanner::kMaximumDepth) {
      scanner_.fail("values are nested more than " + std::to_string(TomlScanner::kMaximumDepth) +
                    " levels deep");
    }
    if (scanner_.peek() == '[') return array(depth);
    if (scanner_.peek() == '{') return inline_table(depth);
    if (scanner_.peek() != '"' && scanner_.peek() != '\'') return scalar();
    TomlValue string;
    string.kind = TomlKind::kString;
    string.text = scanner_.string();
    return string;
  }

  TomlValue array(std::size_t depth) {
    TomlValue array;
    array.kind = TomlKind::kArray;
    scanner_.expect("[");
    scanner_.skip_lines();
    while (!scanner_.accept("]")) {
      count_values(1);
      array.elements.push_back(value(depth + 1));
      scanner_.skip_lines();
      if (scanner_.accept("]")) break;
      scanner_.expect(",");
      scanner_.skip_lines();
    }
    return array;
  }

  /// TOML 1.0 allows neither line ends between the members nor a comma after the last one.
  TomlValue inline_table(std::size_t depth) {
    TomlValue table;
    const std::size_t outer = std::exchange(section_, ++sections_);
    scanner_.expect("{");
    scanner_.skip_blanks();
    if (!scanner_.accept("}")) {
      do {
        key_and_value(table, depth);
        scanner_.skip_blanks();
      } while (scanner_.accept(","));
      scanner_.expect("}");
    }
    section_ = outer;
    return table;
  }

  TomlValue scalar() {
    const std::string_view word = scanner_.word();
    if (word.empty()) scanner_.fail("expected a value");
    std::optional<TomlValue> parsed = parse_toml_scalar(word);
    if (!parsed) refuse(word, "is not a value, or does not fit into 64 bits");
    return std::move(*parsed);
  }

  [[noreturn]] void refuse(std::string_view name, std::string_view problem) const {
    static constexpr std::size_t kShown = 60;
    std::string shown(name.substr(0, kShown));
    if (name.size() > kShown) shown += "...";
    scanner_.fail('`' + shown + "` " + std::string(problem));
  }

  TomlScanner scanner_;
  TomlValue root_;
  TomlValue* current_ = &root_;    ///< the table that the last header opened
  std::size_t current_depth_ = 0;  ///< of `current_`
  std::size_t sections_ = 0;       ///< the number of headers and inline tables so far
  /// The number of the open header or inline table: dotted keys may only extend tables that dotted
  /// keys created under that number.
  std::size_t section_ = 0;
  std::size_t value_count_ = 0;  ///< parts of keys and elements of arrays
};

TomlValue TomlValue::parse(std::string_view document) { return TomlParser(document).parse(); }

const TomlValue* TomlValue::find(std::string_view key) const {
  const auto found = members.find(key);
  return found == members.end() ? nullptr : &found->second;
}

TomlReader TomlReader::at(const TomlValue& value, std::string path) const {
  TomlReader reader(value, what_);
  reader.path_ = std::move(path);
  return reader;
}

TomlReader TomlReader::member(std::string_view key, TomlKind kind) const {
  std::string path = path_.empty() ? std::string(key) : path_ + '.' + std::string(key);
  const TomlValue* const found = value_->find(key);
  if (found == nullptr) at(*value_, std::move(path)).fail("is missing");
  TomlReader reader = at(*found, std::move(path));
  reader.expect(kind);
  return reader;
}

const std::string& TomlReader::string(std::string_view key) const {
  return member(key, TomlKind::kString).value().text;
}

std::string TomlReader::optional_string(std::string_view key) const {
  return has(key) ? string(key) : std::string();
}

std::vector<TomlReader> TomlReader::elements(std::string_view key, TomlKind kind) const {
  std::vector<TomlReader> readers;
  if (!has(key)) return readers;
  const TomlReader array = member(key, TomlKind::kArray);
  for (const TomlValue& element : array.value().elements) {
    readers.push_back(at(element, array.path_ + '[' + std::to_string(readers.size()) + ']'));
    readers.back().expect(kind);
  }
  return readers;
}

std::vector<std::string> TomlReader::strings(std::string_view key) const {
  std::vector<std::string> texts;
  for (const TomlReader& element : elements(key, TomlKind::kString)) {
    texts.push_back(element.value().text);
  }
  return texts;
}

void TomlReader::expect(TomlKind kind) const {
  static constexpr std::array<std::string_view, 8> kNames = {
      "a string",        "an integer",    "a number", "true or false",
      "a date and time", "a time of day", "an array", "a table"};
  if (value_->kind != kind) {
    fail("has to be " + std::string(kNames.at(static_cast<std::size_t>(kind))));
  }
}

void TomlReader::fail(std::string_view problem) const {
  throw base::Error(base::ExitCode::kUsage, "this is not a " + std::string(what_) + ": `" + path_ +
                                                "` " + std::string(problem))
      .with_hint("correct the entry, or create the file again with the tool that wrote it");
}

}  // namespace ensure::text
