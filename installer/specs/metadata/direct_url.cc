#include "installer/specs/metadata/direct_url.h"

#include <nlohmann/json.hpp>
#include <string>

#include "installer/base/secrets.h"

namespace ensure::specs {

std::string DirectUrl::to_json() const {
  // "MUST be stripped of any sensitive authentication information" (PEP 610).
  const std::string plain = url.without_credentials().without_fragment().to_string();
  nlohmann::json document = {{"url", base::without_secrets(plain)}};
  if (sha256) {
    document["archive_info"] = {{"hash", "sha256=" + *sha256}, {"hashes", {{"sha256", *sha256}}}};
  } else {
    document["dir_info"] = nlohmann::json::object();
    if (is_editable) document["dir_info"]["editable"] = true;
  }
  if (!subdirectory.empty()) document["subdirectory"] = subdirectory;
  return document.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
}

}  // namespace ensure::specs
