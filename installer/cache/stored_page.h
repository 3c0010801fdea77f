#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace ensure::cache {

/// How long a page can be used without asking the server again (RFC 9111).
struct Freshness {
  std::chrono::sys_seconds fetched_at;  ///< or found to be unchanged
  std::chrono::seconds max_age{0};      ///< 0: ask the server every time

  bool operator==(const Freshness&) const = default;
};

/// A fetched page of an index.
struct StoredPage {
  std::string content;        ///< in the form that the caller chooses
  std::string etag;           ///< as the server sent it; may be empty
  std::string last_modified;  ///< likewise
  Freshness freshness;

  bool operator==(const StoredPage&) const = default;
};

/// A page in a file of the cache that is mapped into memory.
struct FoundPage {
  std::string_view content;
  std::shared_ptr<const void> keeper;  ///< keeps `content` valid
  std::string etag;
  std::string last_modified;
  Freshness freshness;
};

}  // namespace ensure::cache
