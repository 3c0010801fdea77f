#include "installer/specs/tags/target_python.h"

#include <string>
#include <utility>

namespace ensure::specs {
namespace {

/// A Python that was built from a checkout calls itself "3.13.0a1+". The reference implementation
/// makes a valid version of it in the same way.
Version full_version(const MarkerEnvironment& environment) {
  std::string text = environment.python_full_version;
  if (text.ends_with('+')) text += "local";
  return Version::parse(text);
}

}  // namespace

TargetPython::TargetPython(MarkerEnvironment markers, TagSet usable_tags)
    : environment(std::move(markers)),
      tags(std::move(usable_tags)),
      version(full_version(environment)) {}

}  // namespace ensure::specs
