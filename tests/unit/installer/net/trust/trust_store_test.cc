#include "installer/net/trust/trust_store.h"

#include <fstream>

#include "installer/base/error.h"
#include "installer/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/file_system.h"
#include "tests/support/temp_dir.h"

namespace {

using namespace ensure;
using namespace ensure::net;
using ensure::tests::TempDir;

/// A self-signed certificate of "CN=ensure test", P-256, made with openssl req.
constexpr const char* kPem = R"(-----BEGIN CERTIFICATE-----
MIIBhDCCASmgAwIBAgIUNGwuGqKLCCt4RtCaUNzHHGLJubUwCgYIKoZIzj0EAwIw
FjEUMBIGA1UEAwwLZW5zdXJlIHRlc3QwIBcNMjYxMTI1MDI0MDUyWhgPMjEyNjEx
MDEwMjQwNTJaMBYxFDASBgNVBAMMC2Vuc3VyZSB0ZXN0MFkwEwYHKoZIzj0CAQYI
KoZIzj0DAQcDQgAEdF2+OWU6aQViNivNdmQLo72KLmDTLkDbePGSNhACf38CGC6Z
/lY4I+CCKPrMAqyFmjpYTaXVohokXV8l3DQtu6NTMFEwHQYDVR0OBBYEFDdjRXWo
1jw4egDZgn3gzfGUtYO1MB8GA1UdIwQYMBaAFDdjRXWo1jw4egDZgn3gzfGUtYO1
MA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIhAI5TAM3tIZ8hCYz5
5MkWWV8UgK36EQzcAf/2fnORWGcMAiEAhvGrrO/IBpM8URtO3uo76UIuMVJBm9uC
zyWt/uOSup0=
-----END CERTIFICATE-----
)";

/// Whether a file with this text is accepted as a file of certificates.
bool is_accepted(const std::string& text) {
  const TempDir directory;
  fs::ofstream(directory.path() / "certificates.pem") << text;
  Trust trust;
  trust.files = {directory.path() / "certificates.pem"};
  return !TrustStore(trust).description().starts_with("none");
}

TEST_CASE("certificates are found in a bundle, whatever else is in it", "[net][TrustStore]") {
  const std::string pem = kPem;
  CHECK(is_accepted(pem));
  const std::string other =
      "# a comment\n"
      "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
      "-----BEGIN CERTIFICATE-----\nProc-Type: 4,ENCRYPTED\n"
      "DEK-Info: AES-256-CBC,00000000000000000000000000000000\n\nAAAA\n"
      "-----END CERTIFICATE-----\n"
      "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
  CHECK(is_accepted(other + pem + "-----BEGIN CERTIFICATE-----\nMIIB"));
  CHECK_FALSE(is_accepted(other));
  CHECK_FALSE(is_accepted(""));
}

TEST_CASE("no cut of a certificate is read past its end", "[net][TrustStore]") {
  const std::string pem = kPem;
  const std::size_t last = pem.find("\n-----END");
  for (std::size_t length = 0; length < last; length += 7) {
    CHECK_FALSE(is_accepted(pem.substr(0, length) + "\n-----END CERTIFICATE-----\n"));
  }
}

TEST_CASE("a hashed directory is preferred to the bundle", "[net][TrustStore]") {
  const TempDir directory;
  const auto bundle = directory.path() / "bundle.pem";
  const auto hashed = directory.path() / "hashed";
  fs::ofstream(bundle) << kPem;
  fs::create_directory(hashed);
  fs::ofstream(hashed / "0123abcd.0") << kPem;
  Trust trust;
  trust.system_stores = {directory.path() / "none", bundle, hashed};
  TrustStore store(trust);
  CHECK(store.description() == "`" + hashed.text() + "`");
  CHECK(store.read_bundle());
  CHECK(store.description() == "`" + hashed.text() + "`, `" + bundle.text() + "`");
  CHECK_FALSE(store.read_bundle());
  trust.required_files = {bundle};  // as pip's settings name it
  TrustStore named(trust);
  CHECK(named.description() == "`" + hashed.text() + "`, `" + bundle.text() + "`");
  CHECK(named.read_bundle());
  trust.required_files = {};
  trust.system_stores = {bundle};
  CHECK_FALSE(TrustStore(trust).read_bundle());
}

TEST_CASE("the first existing store of the system is used", "[net][TrustStore]") {
  const TempDir directory;
  const auto first = directory.path() / "first.pem";
  const auto second = directory.path() / "second.pem";
  const auto own = directory.path() / "own.pem";
  for (const auto& path : {first, second, own}) fs::ofstream(path) << kPem;
  fs::create_directory(directory.path() / "empty");
  int asked = 0;
  Trust trust;
  trust.fallback = [&asked] {
    ++asked;
    return std::string(kPem);
  };
  trust.system_stores = {directory.path() / "none", directory.path() / "empty", first, second};
  trust.required_files = {own};
  const auto quoted = [](const fs::path& path) { return "`" + path.text() + "`"; };
  CHECK(TrustStore(trust).description() == quoted(first) + ", " + quoted(own));
  CHECK(asked == 0);
  trust.system_stores = {};
  CHECK(TrustStore(trust).description() == "the roots of the bundled pip, " + quoted(own));
  CHECK(asked == 1);
  trust.files = {directory.path() / "none", second};
  CHECK(TrustStore(trust).description() == quoted(second) + ", " + quoted(own));
  CHECK(asked == 1);
}

TEST_CASE("a required file has to contain certificates", "[net][TrustStore]") {
  const TempDir directory;
  fs::ofstream(directory.path() / "text") << "no certificate";
  for (const char* name : {"text", "none"}) {
    CAPTURE(name);
    Trust trust;
    trust.required_files = {directory.path() / name};
    try {
      const TrustStore store(trust);
      FAIL("accepted");
    } catch (const base::Error& error) {
      CHECK(error.exit_code() == base::ExitCode::kUsage);
      CHECK(error.message().find(name) != std::string::npos);
    }
    trust.files = std::exchange(trust.required_files, {});
    CHECK(TrustStore(trust).description().starts_with("none"));
  }
}

}  // namespace
