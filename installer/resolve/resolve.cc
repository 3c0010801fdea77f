#include "installer/resolve/resolve.h"

namespace ensure::resolve {

Outcome resolve(const Problem& /*problem*/, Provider& /*provider*/) { return Resolution{}; }

}  // namespace ensure::resolve
