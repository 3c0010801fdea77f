#include "installer/net/trust/trust_store.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>

#include <deque>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/net/trust/certificate_bundle.h"

namespace ensure::net {

namespace {

using Certificates = std::unordered_multimap<unsigned long, BundledCertificate>;

/// Called by OpenSSL where it looks for the certificate of an issuer: reads those of that name.
int find_by_subject(X509_LOOKUP* lookup, X509_LOOKUP_TYPE type, const X509_NAME* name,
                    X509_OBJECT* result) {
  if (type != X509_LU_X509) return 0;
  auto* const certificates = static_cast<Certificates*>(X509_LOOKUP_get_method_data(lookup));
  X509_STORE* const store = X509_LOOKUP_get_store(lookup);
  const auto [first, last] =
      certificates->equal_range(X509_NAME_hash_ex(name, nullptr, nullptr, nullptr));
  int found = 0;
  for (auto at = first; at != last; ++at) {
    const std::string der = at->second.decode();
    const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
    X509* const certificate = d2i_X509(nullptr, &bytes, static_cast<long>(der.size()));
    if (certificate == nullptr) continue;
    // The store keeps a reference; OpenSSL takes what is in `result` for borrowed from there.
    if (X509_STORE_add_cert(store, certificate) == 1 &&
        X509_NAME_cmp(X509_get_subject_name(certificate), name) == 0 && found == 0 &&
        X509_OBJECT_set1_X509(result, certificate) == 1) {
      X509_free(certificate);
      found = 1;
    }
    X509_free(certificate);
  }
  ERR_clear_error();
  return found;
}

}  // namespace

struct TrustStore::Store {
  Store() : store(X509_STORE_new()), method(X509_LOOKUP_meth_new("certificate bundle")) {
    // An intermediate certificate that somebody chose to trust is enough.
    X509_STORE_set_flags(store, X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
    X509_LOOKUP_meth_set_get_by_subject(method, find_by_subject);
    X509_LOOKUP_set_method_data(X509_STORE_add_lookup(store, method), &certificates);
  }
  ~Store() {
    X509_STORE_free(store);
    X509_LOOKUP_meth_free(method);
  }
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  bool add_pem(std::string pem) {
    texts.push_back(std::move(pem));
    const std::vector<BundledCertificate> parsed = parse_certificate_bundle(texts.back());
    for (const BundledCertificate& certificate : parsed) {
      certificates.emplace(certificate.subject_hash, certificate);
    }
    return !parsed.empty();
  }

  void add_directory(const base::Path& path) const {
    X509_LOOKUP* const lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir());
    X509_LOOKUP_add_dir(lookup, path.c_str(), X509_FILETYPE_PEM);
  }

  X509_STORE* store;
  X509_LOOKUP_METHOD* method;
  std::deque<std::string> texts;  ///< what the certificates refer to
  Certificates certificates;
};

TrustStore::TrustStore(const Trust& trust) : store_(std::make_unique<Store>()) {
  for (const base::Path& path : trust.system_stores) {
    add(path, false);
    if (!description_.empty()) break;
  }
  for (const base::Path& path : trust.files) add(path, false);
  for (const base::Path& path : trust.directories) add(path, false);
  if (description_.empty() && trust.fallback && store_->add_pem(trust.fallback())) {
    note("the roots of the bundled pip");
  }
  for (const base::Path& path : trust.required_files) add(path, true);
  if (description_.empty()) description_ = "none, as this machine has no store of certificates";
}

TrustStore::~TrustStore() = default;

void TrustStore::add(const base::Path& path, bool is_required) try {
  const auto status = base::file_status(path);
  if (status && status->type == base::FileType::kDirectory) {
    store_->add_directory(path);
    if (!base::list_directory(path).empty()) note("`" + path.text() + "`");
    return;
  }
  if (!status && !is_required) return;
  const bool holds_some =
      store_->add_pem(is_required ? base::read_stream(path) : base::read_file(path));
  if (holds_some) note("`" + path.text() + "`");
  if (!holds_some && is_required) {
    throw base::Error(base::ExitCode::kUsage,
                      "`" + path.text() + "` holds no certificate in PEM form")
        .with_hint("name a file with `-----BEGIN CERTIFICATE-----` in it");
  }
} catch (const base::FileError& error) {
  if (!is_required) return;
  throw base::Error(base::ExitCode::kUsage, error.message())
      .with_hint("name a readable file of certificates in PEM form");
}

void TrustStore::note(const std::string& name) {
  if (description_.find(name) != std::string::npos) return;
  if (!description_.empty()) description_ += ", ";
  description_ += name;
}

void TrustStore::apply_to(void* ssl_context) const {
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(ssl_context), store_->store);
}

}  // namespace ensure::net
