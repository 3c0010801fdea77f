#include "bootstrap/target/environment_place.h"

#include "installer/base/directory.h"
#include "installer/base/error.h"
#include "installer/base/file.h"
#include "installer/base/process.h"

namespace ensure::bootstrap {

EnvironmentPlace::EnvironmentPlace(const base::Path& path, const Request& request,
                                   const InstallTarget* target)
    : target_(target) {
  if (target_ == nullptr) {
    named_ = base::absolute_path(path);
    path_ = named_;
    location_ = install::resolved_target(path_);
    bounds_ = {{path_}};
  } else {
    named_ = (base::Path("/") / path).lexically_normal();
    const base::Path root = base::absolute_path(*request.root);
    path_ = root / named_.relative_path();
    location_ = target_->on_this_machine(base::TargetPath(named_));
    bounds_ = {{root}, install::LinkScope::kInRoot};
  }
  text_path_ = named_;
  venv::check_environment_path(named_);
}

base::Path EnvironmentPlace::on_this_machine(const base::Path& path) const {
  return target_ == nullptr ? path : target_->on_this_machine(base::TargetPath(path));
}

bool EnvironmentPlace::is_here(const base::Path& text_path) const {
  if (target_ == nullptr) return base::real_path(text_path) == location_;
  const auto resolved = target_->root()->resolve(base::TargetPath(text_path));
  return resolved && target_->root()->on_this_system(*resolved) == location_;
}

std::optional<venv::ExistingEnvironment> EnvironmentPlace::read() {
  text_path_ = named_;
  std::optional<venv::ExistingEnvironment> found = venv::read_environment(location_);
  if (!found || found->kind != venv::ExistingEnvironment::Kind::kEnvironment) return found;
  if (!found->made_at.empty() && is_here(found->made_at)) text_path_ = found->made_at;
  if (target_ == nullptr) return found;
  const base::TargetPath scripts = base::TargetPath(named_) / venv::EnvironmentLayout::kScripts;
  for (venv::ExistingExecutable& executable : found->executables) {
    if (!executable.is_link) continue;
    const auto real = target_->root()->resolve(scripts / executable.name);
    executable.leads_to = real ? real->without_root() : base::Path();
    executable.leads_to_file = real && target_->root()->has_file(*real);
  }
  return found;
}

void EnvironmentPlace::check(const venv::EnvironmentOptions& options,
                             const venv::Interpreter& interpreter) const {
  const std::string machine = base::kernel().machine;
  if (!options.relocatable || interpreter.runs_here || interpreter.machine == machine) return;
  throw base::Error(base::ExitCode::kUsage,
                    "the commands of a relocatable environment would be for " + machine +
                        ", and its Python `" + interpreter.executable.text() + "` is for " +
                        interpreter.machine)
      .with_hint("leave out `--relocatable`, or run `ensure` on such a machine");
}

void EnvironmentPlace::adapt(std::vector<venv::EnvironmentPart>& parts) const {
  for (venv::EnvironmentPart& part : parts) {
    if (part.kind == venv::EnvironmentPart::Kind::kCopy) {
      part.content = on_this_machine(part.content).text();
    }
  }
}

}  // namespace ensure::bootstrap
