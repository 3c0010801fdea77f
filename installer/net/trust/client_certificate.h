#pragma once

#include "installer/base/path.h"

namespace ensure::net {

/// Looks whether a PEM file holds a certificate and its key, which is not encrypted: nobody is
/// asked for a passphrase. Throws `base::Error` (usage) where it does not.
void check_client_certificate(const base::Path& path);

}  // namespace ensure::net
