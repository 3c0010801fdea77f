#include "installer/net/trust/trust_store.h"

#include <fstream>

#include "installer/base/error.h"
#include "installer/base/files.h"
#include "installer/net/trust/certificate_bundle.h"
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

TEST_CASE("certificates are found in a bundle, whatever else is in it", "[net][certificates]") {
  const std::string pem = kPem;
  CHECK(parse_certificate_bundle(pem).size() == 1);
  const std::string mixed = "# a comment\n" + pem +
                            "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n"
                            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
                            "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n" +
                            pem + "-----BEGIN CERTIFICATE-----\nMIIB";
  const auto certificates = parse_certificate_bundle(mixed);
  REQUIRE(certificates.size() == 2);
  CHECK(certificates[0].subject_hash == certificates[1].subject_hash);
  CHECK(certificates[0].decode() == certificates[1].decode());
  CHECK(certificates[0].decode().size() > 300);
  CHECK(parse_certificate_bundle("").empty());
}

TEST_CASE("no cut of a certificate is read past its end", "[net][certificates]") {
  const std::string pem = kPem;
  for (std::size_t length = 0; length < pem.size(); ++length) {
    const std::string cut = pem.substr(0, length) + "\n-----END CERTIFICATE-----\n";
    CHECK(parse_certificate_bundle(cut).size() <= 1);
  }
}

TEST_CASE("the first store of the system that is there is used", "[net][TrustStore]") {
  const TempDir folder;
  const auto first = folder.path() / "first.pem";
  const auto second = folder.path() / "second.pem";
  const auto own = folder.path() / "own.pem";
  for (const auto& path : {first, second, own}) fs::ofstream(path) << kPem;
  fs::create_directory(folder.path() / "empty");
  int asked = 0;
  Trust trust;
  trust.fallback = [&asked] {
    ++asked;
    return std::string(kPem);
  };
  trust.system_stores = {folder.path() / "none", folder.path() / "empty", first, second};
  trust.required_files = {own};
  const auto quoted = [](const fs::path& path) { return "`" + path.text() + "`"; };
  CHECK(TrustStore(trust).description() == quoted(first) + ", " + quoted(own));
  CHECK(asked == 0);
  trust.system_stores = {};
  CHECK(TrustStore(trust).description() == "the roots of the bundled pip, " + quoted(own));
  CHECK(asked == 1);
  trust.files = {folder.path() / "none", second};
  CHECK(TrustStore(trust).description() == quoted(second) + ", " + quoted(own));
  CHECK(asked == 1);
}

TEST_CASE("a file of certificates that was asked for has to be one", "[net][TrustStore]") {
  const TempDir folder;
  fs::ofstream(folder.path() / "text") << "no certificate";
  for (const char* name : {"text", "none"}) {
    CAPTURE(name);
    Trust trust;
    trust.required_files = {folder.path() / name};
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
