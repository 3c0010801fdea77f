#include "installer/net/trust/client_certificate.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>
#include <string>

#include "installer/base/error.h"
#include "installer/base/files.h"

namespace ensure::net {

namespace {

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

Bio reader_of(const std::string& text) {
  return {BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free};
}

/// Stands in for OpenSSL's own, which asks the terminal.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writes*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

base::Error bad(const base::Path& path, const std::string& what, const std::string& hint) {
  return base::Error(base::ExitCode::kUsage, "`" + path.text() + "` " + what).with_hint(hint);
}

}  // namespace

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
    throw bad(path, "holds no certificate in PEM form",
              "give one PEM file with the certificate and its key (`--client-cert`)");
  }
  if (is_encrypted) {
    throw bad(path, "holds a key that is encrypted, and nobody is asked for its passphrase",
              "decrypt it into a file that only you can read: `openssl pkey -in FILE -out KEY`");
  }
  if (!key) {
    throw bad(path, "holds no key beside its certificate",
              "put both into one PEM file: `cat certificate.pem key.pem > both.pem`");
  }
  if (!fit) {
    throw bad(path, "holds a key that is not that of its certificate",
              "put the certificate first, and its own key into the same file");
  }
} catch (const base::FileError& error) {
  throw base::Error(base::ExitCode::kUsage, error.message())
      .with_hint("give one PEM file with the certificate and its key (`--client-cert`)");
}

}  // namespace ensure::net
