#include "installer/text/toml_parser.h"

#include <optional>
#include <utility>

#include "installer/text/toml_scalar.h"

namespace ensure::text {
namespace {

/// More than a lock file of the largest size has. A value of two bytes takes 270 here.
constexpr std::size_t kMostValues = 1'000'000;

}  // namespace

TomlParser::Node TomlParser::table(Origin origin) {
  Node node;
  node.origin = origin;
  node.value.kind = TomlKind::kTable;
  return node;
}

TomlValue TomlParser::parse() {
  for (scanner_.skip_lines(); !scanner_.at_end(); scanner_.skip_lines()) {
    if (scanner_.peek() == '[') {
      header();
    } else {
      key_and_value(*current_, current_depth_);
    }
    scanner_.end_line();
  }
  return finish(root_);
}

// The map returns the members sorted by key.
TomlValue TomlParser::finish(Node& node) {
  TomlValue value = std::move(node.value);
  value.elements.reserve(node.elements.size());
  for (Node& element : node.elements) value.elements.push_back(finish(element));
  value.members.reserve(node.members.size());
  for (auto& [key, member] : node.members) value.members.push_back({key, finish(*member)});
  return value;
}

void TomlParser::header() {
  const bool is_element = scanner_.accept("[[");
  if (!is_element) scanner_.expect("[");
  const Key key = take_key();
  scanner_.expect(is_element ? "]]" : "]");
  Node* parent = &root_;
  for (std::size_t i = 0; i + 1 < key.size(); ++i) parent = &ancestor(*parent, key[i]);
  if (is_element) {
    define_element(*parent, key.back());
  } else {
    define_table(*parent, key.back());
  }
  current_depth_ = key.size();
  section_ = ++sections_;
}

void TomlParser::define_table(Node& parent, const std::string& name) {
  std::unique_ptr<Node>& node = parent.members[name];
  if (node == nullptr) {
    node = std::make_unique<Node>(table(Origin::kHeader));
  } else if (node->origin == Origin::kAncestor) {
    node->origin = Origin::kHeader;
  } else {
    refuse(name, "is defined twice");
  }
  current_ = node.get();
}

void TomlParser::define_element(Node& parent, const std::string& name) {
  std::unique_ptr<Node>& node = parent.members[name];
  if (node == nullptr) {
    node = std::make_unique<Node>();
    node->origin = Origin::kHeaders;
    node->value.kind = TomlKind::kArray;
  } else if (node->origin != Origin::kHeaders) {
    refuse(name, "is defined twice");
  }
  node->elements.push_back(table(Origin::kHeader));
  current_ = &node->elements.back();
}

// The table that `name`, a part of a header except the last, refers to.
TomlParser::Node& TomlParser::ancestor(Node& parent, const std::string& name) {
  std::unique_ptr<Node>& node = parent.members[name];
  if (node == nullptr) node = std::make_unique<Node>(table(Origin::kAncestor));
  if (node->origin == Origin::kHeaders) return node->elements.back();
  if (node->origin == Origin::kValue) refuse(name, "is complete and cannot be extended");
  return *node;
}

// The table that `name`, a part of a dotted key except the last, refers to.
TomlParser::Node& TomlParser::dotted(Node& parent, const std::string& name) {
  std::unique_ptr<Node>& node = parent.members[name];
  if (node == nullptr) {
    node = std::make_unique<Node>(table(Origin::kDotted));
  } else if (node->origin == Origin::kAncestor) {
    node->origin = Origin::kDotted;
  } else if (node->origin != Origin::kDotted || node->section != section_) {
    refuse(name, "is complete and cannot be extended");
  }
  node->section = section_;
  return *node;
}

void TomlParser::key_and_value(Node& parent, std::size_t depth) {
  const Key key = take_key();
  scanner_.expect("=");
  scanner_.skip_blanks();
  Node* node = &parent;
  for (std::size_t i = 0; i + 1 < key.size(); ++i) node = &dotted(*node, key[i]);
  std::unique_ptr<Node>& member = node->members[key.back()];
  if (member != nullptr) refuse(key.back(), "is defined twice");
  member = std::make_unique<Node>();
  *member = value(depth + key.size());
}

TomlParser::Key TomlParser::take_key() {
  Key key = scanner_.key();
  count_values(key.size());
  return key;
}

void TomlParser::count_values(std::size_t more) {
  value_count_ += more;
  if (value_count_ <= kMostValues) return;
  scanner_.fail("there are more than " + std::to_string(kMostValues) + " keys and values");
}

TomlParser::Node TomlParser::value(std::size_t depth) {
  if (depth > TomlScanner::kMaximumDepth) {
    scanner_.fail("values are nested more than " + std::to_string(TomlScanner::kMaximumDepth) +
                  " levels deep");
  }
  switch (scanner_.peek()) {
    case '"':
    case '\'': {
      Node node;
      node.value.kind = TomlKind::kString;
      node.value.text = scanner_.string();
      return node;
    }
    case '[':
      return array(depth);
    case '{':
      return inline_table(depth);
    default:
      return scalar();
  }
}

TomlParser::Node TomlParser::array(std::size_t depth) {
  Node node;
  node.value.kind = TomlKind::kArray;
  scanner_.expect("[");
  scanner_.skip_lines();
  while (!scanner_.accept("]")) {
    count_values(1);
    node.elements.push_back(value(depth + 1));
    scanner_.skip_lines();
    if (scanner_.accept("]")) break;
    scanner_.expect(",");
    scanner_.skip_lines();
  }
  return node;
}

// TOML 1.0 has neither line ends between its members nor a comma after the last one.
TomlParser::Node TomlParser::inline_table(std::size_t depth) {
  Node node = table(Origin::kValue);
  const std::size_t outer = std::exchange(section_, ++sections_);
  scanner_.expect("{");
  scanner_.skip_blanks();
  if (!scanner_.accept("}")) {
    do {
      key_and_value(node, depth);
      scanner_.skip_blanks();
    } while (scanner_.accept(","));
    scanner_.expect("}");
  }
  section_ = outer;
  return node;
}

TomlParser::Node TomlParser::scalar() {
  const std::string_view word = scanner_.word();
  if (word.empty()) scanner_.fail("expected a value");
  std::optional<TomlValue> parsed = parse_toml_scalar(word);
  if (!parsed) refuse(word, "is not a value, or has no place in 64 bits");
  Node node;
  node.value = std::move(*parsed);
  return node;
}

void TomlParser::refuse(std::string_view name, std::string_view problem) const {
  static constexpr std::size_t kShown = 60;
  const std::string shown(name.size() > kShown ? name.substr(0, kShown) : name);
  scanner_.fail('`' + shown + (name.size() > kShown ? "...` " : "` ") + std::string(problem));
}

}  // namespace ensure::text
