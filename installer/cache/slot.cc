#include "installer/cache/slot.h"

#include <cstdio>

namespace ensure::cache {

bool Slot::move_into_place() const {
  return ::renameat(temporary->descriptor(), temporary_name.c_str(), bucket->descriptor(),
                    name.c_str()) == 0;
}

}  // namespace ensure::cache
