#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

namespace ensure::cache {

/// How long a page can be used without asking the server again (RFC 9111).
struct Freshness {
  std::chrono::sys_seconds fetched_at;  ///< or found to be unchanged
  std::chrono::seconds max_age{0};      ///< 0 where it has to be asked for every time

  bool operator==(const Freshness&) const = default;
};

/// A page of an index as it was fetched.
struct StoredPage {
  std::string content;        ///< in whatever form the caller has
  std::string etag;           ///< as the server sent it; empty where it did not
  std::string last_modified;  ///< the same
  Freshness freshness;

  bool operator==(const StoredPage&) const = default;
};

/// The same, in a file of the cache that is mapped into memory.
struct FoundPage {
  std::string_view content;
  std::shared_ptr<const void> keeper;  ///< `content` stays as it is while it lives
  std::string etag;
  std::string last_modified;
  Freshness freshness;
};

}  // namespace ensure::cache
