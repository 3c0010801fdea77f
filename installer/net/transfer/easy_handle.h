#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "installer/net/http_client.h"

namespace ensure::net {

/// A list of headers for libcurl.
class HeaderList {
 public:
  void add(const Header& header);
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, Free> list_;
};

/// Owns an easy handle of libcurl.
class EasyHandle {
 public:
  EasyHandle();

  [[nodiscard]] CURL* get() const { return handle_.get(); }

  /// Throws `base::Error` if libcurl was built without the option, or there is no memory.
  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(handle_.get(), option, value));
  }

  /// Whether the TLS handshake of the current connection chose HTTP/2.
  [[nodiscard]] bool multiplexes() const;

 private:
  struct Free {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  static void check(CURLcode code);

  std::unique_ptr<CURL, Free> handle_;
};

}  // namespace ensure::net
