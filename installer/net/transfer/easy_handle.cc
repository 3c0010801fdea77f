#include "installer/net/transfer/easy_handle.h"

#include <openssl/ssl.h>

#include <new>
#include <string_view>

#include "installer/base/error.h"

namespace ensure::net {

void HeaderList::add(const Header& header) {
  // A header without a value is written with a semicolon; with a colon it would be left out.
  const std::string line =
      header.value.empty() ? header.name + ";" : header.name + ": " + header.value;
  curl_slist* const longer = curl_slist_append(list_.get(), line.c_str());
  if (longer == nullptr) throw std::bad_alloc();
  if (!list_) list_.reset(longer);  // else it is appended to
}

EasyHandle::EasyHandle() : handle_(curl_easy_init()) {
  if (handle_ == nullptr) throw std::bad_alloc();
}

void EasyHandle::check(CURLcode code) {
  if (code == CURLE_OK) return;
  throw base::Error(base::ExitCode::kFailure,
                    std::string("libcurl cannot be set up: ") + curl_easy_strerror(code))
      .with_hint("this build of libcurl lacks something; use the executable as it is released");
}

bool EasyHandle::multiplexes() const {
  curl_tlssessioninfo* session = nullptr;
  curl_easy_getinfo(handle_.get(), CURLINFO_TLS_SSL_PTR, &session);
  if (session == nullptr || session->backend != CURLSSLBACKEND_OPENSSL ||
      session->internals == nullptr) {
    return false;
  }
  const unsigned char* name = nullptr;
  unsigned length = 0;
  SSL_get0_alpn_selected(static_cast<const SSL*>(session->internals), &name, &length);
  return std::string_view(reinterpret_cast<const char*>(name), length) == "h2";
}

}  // namespace ensure::net
