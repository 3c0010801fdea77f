#include "installer/net/trust/trust_store.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <utility>

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"

namespace ensure::net {

namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio reader_of(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

/// Replaces OpenSSL's callback, which asks the terminal. `asked`, if given, notes the call.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writes*/, void* asked) {
  if (asked != nullptr) *static_cast<bool*>(asked) = true;
  return -1;
}

bool has_type(const base::Path& path, base::FileType type) try {
  const auto status = base::file_status(path);
  return status && status->type == type;
} catch (const base::FileError&) {
  return false;
}

/// Whether the directory contains files that are named by the hash of a certificate's subject, such
/// as "4042bcee.0". OpenSSL finds no others.
bool is_hashed_directory(const base::Path& path) try {
  constexpr std::size_t kHashDigits = 8;
  if (!has_type(path, base::FileType::kDirectory)) return false;
  return std::ranges::any_of(base::list_directory(path), [](const std::string& name) {
    return name.find_first_not_of("0123456789abcdef") == kHashDigits && name.ends_with(".0");
  });
} catch (const base::FileError&) {
  return false;
}

base::Error unusable(const base::Path& path, const std::string& reason, const std::string& hint) {
  return base::Error(base::ExitCode::kUsage, "`" + path.text() + "` " + reason).with_hint(hint);
}

}  // namespace

TrustStore::TrustStore(const Trust& trust) : store_(X509_STORE_new(), X509_STORE_free) {
  // An intermediate certificate that somebody chose to trust is enough.
  X509_STORE_set_flags(store_.get(), X509_V_FLAG_TRUSTED_FIRST | X509_V_FLAG_PARTIAL_CHAIN);
  const auto hashed = std::ranges::find_if(trust.system_stores, is_hashed_directory);
  const bool has_hashed = hashed != trust.system_stores.end();
  if (has_hashed) add(*hashed, false);
  for (const base::Path& path : trust.system_stores) {
    if (!has_hashed && description_.empty()) add(path, false);
    if (has_hashed && bundle_.empty() && has_type(path, base::FileType::kRegular)) bundle_ = path;
  }
  for (const base::Path& path : trust.files) add(path, false);
  for (const base::Path& path : trust.directories) add(path, false);
  if (description_.empty() && trust.fallback && add_pem(trust.fallback())) {
    note("the roots of the bundled pip");
  }
  for (const base::Path& path : trust.required_files) add(path, true);
  if (description_.empty()) description_ = "none, as this machine has no store of certificates";
}

bool TrustStore::read_bundle() {
  const base::Path bundle = std::exchange(bundle_, {});
  if (!bundle.empty()) add(bundle, false);
  return !bundle.empty();
}

/// Adds the certificates of a text, and skips what is malformed. Returns whether there was one.
bool TrustStore::add_pem(const std::string& text) {
  const Bio reader = reader_of(text);
  bool any = false;
  while (BIO_pending(reader.get()) > 0) {
    const Certificate certificate(PEM_read_bio_X509(reader.get(), nullptr, no_passphrase, nullptr),
                                  X509_free);
    any = (certificate && X509_STORE_add_cert(store_.get(), certificate.get()) == 1) || any;
  }
  ERR_clear_error();
  return any;
}

void TrustStore::add(const base::Path& path, bool is_required) try {
  const auto status = base::file_status(path);
  if (status && status->type == base::FileType::kDirectory) {
    X509_LOOKUP* const lookup = X509_STORE_add_lookup(store_.get(), X509_LOOKUP_hash_dir());
    X509_LOOKUP_add_dir(lookup, path.c_str(), X509_FILETYPE_PEM);
    if (!base::list_directory(path).empty()) note("`" + path.text() + "`");
    return;
  }
  if (!status && !is_required) return;
  // pip's settings often name the system's own bundle, which takes 20 ms to read.
  const auto bundle = bundle_.empty() ? std::nullopt : base::file_status(bundle_);
  if (status && bundle && bundle->same_file(*status)) return note("`" + path.text() + "`");
  const bool holds_some = add_pem(is_required ? base::read_stream(path) : base::read_file(path));
  if (holds_some) note("`" + path.text() + "`");
  if (!holds_some && is_required) {
    throw unusable(path, "contains no certificate in PEM format",
                   "name a file with `-----BEGIN CERTIFICATE-----` in it");
  }
} catch (const base::FileError& error) {
  if (!is_required) return;
  throw base::Error(base::ExitCode::kUsage, error.message())
      .with_hint("name a readable file of certificates in PEM format");
}

void TrustStore::note(const std::string& name) {
  if (description_.find(name) != std::string::npos) return;
  if (!description_.empty()) description_ += ", ";
  description_ += name;
}

void TrustStore::apply_to(void* ssl_context) const {
  SSL_CTX_set1_cert_store(static_cast<SSL_CTX*>(ssl_context), store_.get());
}

void check_client_certificate(const base::Path& path) try {
  const std::string text = base::read_file(path, base::kSmallText);
  bool is_encrypted = false;
  const Certificate certificate(
      PEM_read_bio_X509(reader_of(text).get(), nullptr, no_passphrase, &is_encrypted), X509_free);
  const Key key(
      PEM_read_bio_PrivateKey(reader_of(text).get(), nullptr, no_passphrase, &is_encrypted),
      EVP_PKEY_free);
  const bool fit = certificate && key && X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!certificate) {
    throw unusable(path, "contains no certificate in PEM format",
                   "give one PEM file with the certificate and its key (`--client-cert`)");
  }
  if (is_encrypted) {
    throw unusable(
        path, "contains an encrypted key; no passphrase is ever asked for",
        "decrypt it into a file that only you can read: `openssl pkey -in FILE -out KEY`");
  }
  if (!key) {
    throw unusable(path, "contains no key for its certificate",
                   "put both into one PEM file: `cat certificate.pem key.pem > both.pem`");
  }
  if (!fit) {
    throw unusable(path, "contains a key that does not belong to its certificate",
                   "put the certificate first, and its own key into the same file");
  }
} catch (const base::FileError& error) {
  throw base::Error(base::ExitCode::kUsage, error.message())
      .with_hint("give one PEM file with the certificate and its key (`--client-cert`)");
}

}  // namespace ensure::net
