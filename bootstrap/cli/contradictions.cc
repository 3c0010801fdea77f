#include "bootstrap/cli/contradictions.h"

namespace ensure::bootstrap {

namespace {

/// Where pip is to go.
void check_targets(const Request& request, UsageErrors& errors) {
  const bool interpreter_option = request.user || request.root || request.prefix ||
                                  request.target || request.altinstall || request.default_pip;
  errors.add_if(
      !request.environments.empty() && interpreter_option,
      "`--venv` goes with none of `--user`, `--root`, `--prefix`, `--target`, `--altinstall` "
      "and `--default-pip`",
      "an environment always has its own pip; give `--venv` alone, or leave it out");
  errors.add_if(
      request.altinstall && request.default_pip,
      "`--altinstall` and `--default-pip` contradict each other",
      "give `--altinstall` for pip3.X alone, or `--default-pip` for pip, pip3 and pip3.X");
  const int places = (request.user ? 1 : 0) + (request.prefix ? 1 : 0) + (request.target ? 1 : 0);
  errors.add_if(places > 1, "only one of `--user`, `--prefix` and `--target` can be given",
                "choose one place for pip");
  errors.add_if(request.user && request.root.has_value(),
                "`--user` and `--root` contradict each other",
                "the user's folder is outside of the root; leave one of them out");
}

void check_environments(const Request& request, UsageErrors& errors) {
  errors.add_if(request.clear && request.upgrade, "`--clear` and `--upgrade` contradict each other",
                "give `--clear` to start anew, or `--upgrade` to keep what is there");
  errors.add_if(
      !request.environments.empty() && (request.python_version || request.python_platform),
      "`--python-version` and `--python-platform` describe a Python that cannot run here, and "
      "an environment needs one that can",
      "choose the interpreter with `--python`");
}

/// What options lack.
void check_missing(const Request& request, UsageErrors& errors) {
  const bool environment_option = request.system_site_packages || request.copies.has_value() ||
                                  request.clear || request.without_pip || request.relocatable ||
                                  request.prompt.has_value() || request.upgrade_deps;
  errors.add_if(request.environments.empty() && environment_option,
                "an option that is about an environment is given, but no environment",
                "add `--venv ENV`");
  const bool elsewhere =
      request.root || request.prefix || request.target || request.packages.dry_run;
  errors.add_if(request.environments.empty() && !elsewhere &&
                    (request.python_version || request.python_platform),
                "`--python-version` and `--python-platform` describe a Python that is not of this "
                "machine, and no place for it is given",
                "add `--root`, `--prefix` or `--target`");
}

}  // namespace

void find_contradictions(const Request& request, UsageErrors& errors) {
  const bool understood = errors.empty();
  check_targets(request, errors);
  check_environments(request, errors);
  // What is missing may be what was not understood.
  if (understood) check_missing(request, errors);
}

}  // namespace ensure::bootstrap
