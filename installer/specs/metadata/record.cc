#include "installer/specs/metadata/record.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <utility>

#include "installer/base/error.h"
#include "installer/base/secrets.h"
#include "installer/text/csv.h"

namespace ensure::specs {

namespace {

constexpr std::size_t kMostRows = 1'000'000;

[[noreturn]] void refuse(const std::string& why, std::string_view record, std::size_t offset) {
  const std::size_t end = std::min(record.find('\n', offset), record.size());
  const std::string row(record.substr(offset, end - offset));
  base::ParseError error("the row `" + row + "` of RECORD " + why, row, 0, row.size(),
                         base::ExitCode::kVerification);
  error.add_hint("rows have a path, a digest such as `sha256=...` and a size; the file is damaged");
  throw error;
}

std::string_view field_at(std::span<const std::string_view> fields, std::size_t place) {
  return place < fields.size() ? fields[place] : std::string_view();
}

}  // namespace

void each_record_row(std::string_view text, const std::function<void(RecordEntry)>& visit) {
  std::size_t count = 0;
  text::CsvReader reader(text, 3);
  for (std::span<const std::string_view> fields = reader.next_row(); !fields.empty();
       fields = reader.next_row()) {
    const std::size_t offset = reader.row_offset();
    if (++count > kMostRows) {
      refuse("comes after a million others, the most that a RECORD may have", text, offset);
    }
    if (fields.size() > 3) refuse("has more than three fields", text, offset);
    RecordEntry entry{std::string(fields[0]), {}, {}, {}};
    if (entry.path.empty()) refuse("has no path", text, offset);
    if (entry.path.find('\0') != std::string::npos) refuse("has a zero byte", text, offset);
    if (const std::string_view hash = field_at(fields, 1); !hash.empty()) {
      const std::size_t equals = hash.find('=');
      if (equals == 0 || equals == std::string_view::npos || equals + 1 == hash.size()) {
        refuse("has a digest without an algorithm", text, offset);
      }
      entry.algorithm = hash.substr(0, equals);
      entry.digest = hash.substr(equals + 1);
    }
    if (const std::string_view size = field_at(fields, 2); !size.empty()) {
      const auto [stop, failure] =
          std::from_chars(size.data(), size.data() + size.size(), entry.size.emplace());
      if (failure != std::errc() || stop != size.data() + size.size()) {
        refuse("has a size that is not a number", text, offset);
      }
    }
    visit(std::move(entry));
  }
}

std::vector<RecordEntry> parse_record(std::string_view text) {
  std::vector<RecordEntry> entries;
  each_record_row(text, [&entries](RecordEntry entry) { entries.push_back(std::move(entry)); });
  return entries;
}

std::string format_record(const std::vector<RecordEntry>& entries) {
  constexpr std::size_t kTypicalRow = 120;
  std::string text;
  text.reserve(entries.size() * kTypicalRow);
  for (const RecordEntry& entry : entries) {
    text::append_csv_field(text, entry.path);
    text += ',';
    if (!entry.algorithm.empty()) {
      text::append_csv_field(text, entry.algorithm + '=' + entry.digest);
    }
    text += ',';
    if (entry.size) text += std::to_string(*entry.size);
    text += '\n';
  }
  return text;
}

std::string direct_url_json(const base::Url& url, const std::string& sha256,
                            const std::string& subdirectory) {
  // "MUST be stripped of any sensitive authentication information" (PEP 610).
  const std::string plain = url.without_credentials().without_fragment().to_string();
  nlohmann::json document = {{"url", base::without_secrets(plain)}};
  if (sha256.empty()) {
    document["dir_info"] = nlohmann::json::object();
  } else {
    document["archive_info"] = {{"hash", "sha256=" + sha256}, {"hashes", {{"sha256", sha256}}}};
  }
  if (!subdirectory.empty()) document["subdirectory"] = subdirectory;
  return document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace ensure::specs
