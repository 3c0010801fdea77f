#include "installer/specs/pages/link_page.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "installer/base/text.h"
#include "installer/base/url.h"
#include "installer/specs/metadata/distribution_filename.h"
#include "installer/text/html_scanner.h"

namespace ensure::specs {
namespace {

/// The values of hexadecimal digits, 16 for other bytes. A table, because branches on random digits
/// are predicted wrongly half of the time.
constexpr std::array<unsigned char, 256> kNibbles = [] {
  std::array<unsigned char, 256> values{};
  values.fill(16);
  for (unsigned char i = 0; i < 10; ++i) values.at('0' + i) = i;
  for (unsigned char i = 10; i < 16; ++i) values.at('a' + i - 10U) = values.at('A' + i - 10U) = i;
  return values;
}();

unsigned int nibble(char digit) { return kNibbles[static_cast<unsigned char>(digit)]; }

/// The decoded last part of the path of a URL.
std::string_view filename_of(std::string_view url, std::deque<std::string>& names) {
  const std::string_view path = url.substr(0, url.find('?'));
  const std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.find('%') == std::string_view::npos) return name;
  return names.emplace_back(base::percent_decode(name));
}

/// Reads the digests of "#sha256=..."; older pages have several between "&". Returns false if one
/// is malformed.
bool read_digests(std::string_view text, std::string& digests) {
  bool is_sound = true;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
    const std::size_t sign = part.find('=');
    if (sign == std::string_view::npos) continue;
    const DigestOffer offer = append_digest(digests, part.substr(0, sign), part.substr(sign + 1));
    is_sound &= offer != DigestOffer::kMalformed;
  }
  return is_sound;
}

}  // namespace

DigestOffer append_digest(std::string& packed, std::string_view algorithm,
                          std::string_view hexadecimal) {
  const std::optional<base::DigestAlgorithm> known = base::digest_algorithm(algorithm);
  if (!known) return DigestOffer::kUnknownAlgorithm;
  if (hexadecimal.size() != 2 * base::digest_size(*known)) return DigestOffer::kMalformed;
  const std::size_t before = packed.size();
  packed += static_cast<char>(*known);
  packed.resize(before + 1 + hexadecimal.size() / 2);
  char* bytes = packed.data() + before + 1;
  unsigned int all = 0;
  for (std::size_t i = 0; i < hexadecimal.size(); i += 2) {
    const unsigned int high = nibble(hexadecimal[i]);
    const unsigned int low = nibble(hexadecimal[i + 1]);
    all |= high | low;
    *bytes++ = static_cast<char>(high << 4U | low);
  }
  if (all > 15) {
    packed.resize(before);
    return DigestOffer::kMalformed;
  }
  return DigestOffer::kTaken;
}

std::vector<AnnouncedDigest> unpack_digests(std::string_view packed) {
  std::vector<AnnouncedDigest> digests;
  while (!packed.empty()) {
    const auto algorithm =
        base::digest_algorithm_numbered(static_cast<unsigned char>(packed.front()));
    if (!algorithm) break;
    const std::size_t size = base::digest_size(*algorithm);
    if (packed.size() < 1 + size) break;
    digests.push_back({*algorithm, packed.substr(1, size)});
    packed.remove_prefix(1 + size);
  }
  return digests;
}

std::optional<ListedFile> listed_file(text::HtmlScanner& scanner, std::deque<std::string>& names) {
  const std::optional<std::string_view> href = scanner.attribute("href");
  if (!href) return std::nullopt;
  const std::string_view link = base::trim(*href);
  ListedFile file;
  file.url = link.substr(0, link.find('#'));
  file.filename = filename_of(file.url, names);
  if (!is_distribution_filename(file.filename)) return std::nullopt;
  const std::string_view fragment = link.substr(std::min(file.url.size() + 1, link.size()));
  file.is_malformed = !read_digests(fragment, file.digests);
  file.requires_python = scanner.attribute("data-requires-python");
  if (file.requires_python && file.requires_python->empty()) file.requires_python.reset();
  file.yanked = scanner.attribute("data-yanked");
  file.provenance = scanner.attribute("data-provenance").value_or("");
  std::optional<std::string_view> metadata = scanner.attribute("data-core-metadata");
  if (!metadata) metadata = scanner.attribute("data-dist-info-metadata");
  // Metadata that cannot be verified is not used: the wheel contains it as well.
  file.has_metadata =
      metadata && *metadata != "false" && read_digests(*metadata, file.metadata_digests);
  return file;
}

std::string page_base_url(std::string_view url, const std::optional<std::string_view>& base) {
  const std::optional<base::Url> page = base::Url::try_parse(url);
  if (!page) return std::string(url);
  const base::Url plain = page->without_credentials().without_fragment();
  const std::optional<base::Url> joined = base ? plain.try_join(*base) : std::nullopt;
  return joined ? joined->to_string() : plain.to_string();
}

LinkPage LinkPage::parse(std::string body, std::string_view url) {
  struct Texts {
    explicit Texts(std::string text) : body(std::move(text)), scanner(body) {}

    std::string body;
    text::HtmlScanner scanner;  ///< keeps the attributes that had to be decoded
    std::deque<std::string> names;
  };
  const auto texts = std::make_shared<Texts>(std::move(body));
  LinkPage page;
  std::optional<std::string_view> base;
  while (texts->scanner.next()) {
    if (texts->scanner.is("base") && !base) {
      base = texts->scanner.attribute("href");
    } else if (texts->scanner.is("a")) {
      std::optional<ListedFile> file = listed_file(texts->scanner, texts->names);
      if (file) page.files.push_back(*std::move(file));
    }
  }
  page.url = page_base_url(url, std::nullopt);
  page.base_url = page_base_url(url, base);
  page.texts = texts;
  return page;
}

}  // namespace ensure::specs
