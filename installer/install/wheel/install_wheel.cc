#include "installer/install/wheel/install_wheel.h"

#include "installer/base/parallel.h"
#include "installer/install/wheel/installation.h"

namespace ensure::install {

void install_wheel(const wheel::WheelSource& source, const specs::Layout& layout,
                   const WheelDestination& destination, const InstallOptions& options) {
  SchemeDirectories directories(destination);
  Installation installation(source, layout, directories, options);
  base::run_parallel(source.part_count(), options.threads,
                     [&](std::size_t part) { installation.write_part(part); });
  installation.finish();
}

}  // namespace ensure::install
