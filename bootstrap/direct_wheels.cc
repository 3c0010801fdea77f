#include "bootstrap/direct_wheels.h"

#include <string>
#include <vector>

#include "installer/base/error.h"
#include "installer/base/text.h"
#include "installer/base/url.h"

namespace ensure::bootstrap {

using base::Error;
using base::ExitCode;

void require_wheel(const WantedFile& file) {
  const std::string name = base::Url::parse(file.url).filename();
  if (name.ends_with(".whl")) return;
  throw Error(ExitCode::kUsage, "`" + file.url + "` is no wheel")
      .with_hint("build one with `pip wheel`, or install it with the pip of the environment");
}

void require_fitting(const wheel::WheelArchive& archive, const specs::TagSet& target) {
  const std::vector<specs::Tag>& tags = archive.filename().tags();
  if (target.rank(tags)) return;
  std::vector<std::string> names;
  names.reserve(tags.size());
  for (const specs::Tag& tag : tags) names.push_back(tag.to_string());
  throw Error(ExitCode::kNoSolution, "`" + archive.filename().to_string() +
                                         "` is not for this interpreter and platform, only for " +
                                         base::join(names, ", "))
      .with_hint("take a wheel for `" + target.tags().front().to_string() + "`, or `py3-none-any`");
}

}  // namespace ensure::bootstrap
