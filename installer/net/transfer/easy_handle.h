#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "installer/net/http_client.h"

namespace ensure::net {

/// A list of headers in curl's form.
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

/// Owns one transfer of libcurl.
class EasyHandle {
 public:
  EasyHandle();

  [[nodiscard]] CURL* get() const { return handle_.get(); }

  /// Throws `base::Error` where curl was built without the option or memory is out.
  template <typename Value>
  void set(CURLoption option, Value value) {
    check(curl_easy_setopt(handle_.get(), option, value));
  }

  /// Whether the connection in use speaks HTTP/2, as agreed on in the TLS handshake.
  [[nodiscard]] bool multiplexes() const;

 private:
  struct Free {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  static void check(CURLcode code);

  std::unique_ptr<CURL, Free> handle_;
};

}  // namespace ensure::net
