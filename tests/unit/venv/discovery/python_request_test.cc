#include "venv/discovery/python_request.h"

#include "installer/base/error.h"
#include "tests/support/catch.h"

using ensure::base::Error;
using ensure::base::ExitCode;
using ensure::venv::Interpreter;
using ensure::venv::PythonName;
using ensure::venv::PythonRequest;

namespace {

Interpreter python(const std::string& version, const std::string& implementation = "cpython",
                   bool free_threaded = false) {
  const PythonName name = *PythonName::try_parse("python" + version);
  Interpreter result;
  result.version = version;
  result.major = *name.major;
  result.minor = *name.minor;
  result.micro = *name.micro;
  result.implementation = implementation;
  result.free_threaded = free_threaded;
  return result;
}

bool accepts(const char* request, const Interpreter& interpreter) {
  return PythonRequest::parse(request).accepts(interpreter);
}

bool may_accept(const char* request, const char* name) {
  return PythonRequest::parse(request).may_accept(*PythonName::try_parse(name));
}

bool is_refused(std::string_view text) {
  try {
    static_cast<void>(PythonRequest::parse(text));
    return false;
  } catch (const Error& error) {
    return error.exit_code() == ExitCode::kUsage && !error.hints().empty();
  }
}

}  // namespace

TEST_CASE("The name of an executable tells its version", "[venv][PythonName]") {
  const PythonName name = *PythonName::try_parse("python3.13t");
  CHECK(name.implementation == "python");
  CHECK(name.major == 3U);
  CHECK(name.minor == 13U);
  CHECK_FALSE(name.micro);
  CHECK(name.free_threaded);
  CHECK_FALSE(name.debug);
  CHECK(PythonName::try_parse("python3.12d")->debug);
  CHECK(PythonName::try_parse("pypy3.9")->implementation == "pypy");
  CHECK(PythonName::try_parse("python3.12.exe")->minor == 12U);
  CHECK_FALSE(PythonName::try_parse("python")->major);
}

TEST_CASE("Other programs of Python are no interpreters", "[venv][PythonName]") {
  for (const char* name : {"", "python-config", "python3-config", "python3.12-config", "pip3.12",
                           "python3.", "python3.x", "python3t", "python3.12tt", "python3.12-gdb.py",
                           "pythonw", "Python3", "python 3", "python99999999999999999999"}) {
    INFO(name);
    CHECK_FALSE(PythonName::try_parse(name));
  }
}

TEST_CASE("A version fits its releases", "[venv][PythonRequest]") {
  CHECK(accepts("3", python("3.8.0")));
  CHECK(accepts("3.12", python("3.12.1")));
  CHECK(accepts("3.12", python("3.12.1", "pypy")));
  CHECK(accepts("3.12.1", python("3.12.1")));
  CHECK_FALSE(accepts("3.12.1", python("3.12.10")));
  CHECK_FALSE(accepts("3.1", python("3.12.1")));
  CHECK_FALSE(accepts("2", python("3.12.1")));
}

TEST_CASE("An implementation can be named", "[venv][PythonRequest]") {
  for (const char* text : {"pypy", "pypy3", "pypy3.9", "pypy@3.9", "pypy-3.9", "pypy3.9.16"}) {
    INFO(text);
    CHECK(accepts(text, python("3.9.16", "pypy")));
    CHECK_FALSE(accepts(text, python("3.9.16")));
  }
  for (const char* text : {"cpython", "cpython3.12", "cpython@3.12", "cpython-3.12.1"}) {
    INFO(text);
    CHECK(accepts(text, python("3.12.1")));
    CHECK_FALSE(accepts(text, python("3.12.1", "pypy")));
  }
  CHECK(accepts("python3.9", python("3.9.16", "pypy")));
}

TEST_CASE("The free-threaded build is meant only where it is named", "[venv][PythonRequest]") {
  CHECK(accepts("3.13t", python("3.13.0", "cpython", true)));
  CHECK(accepts("python3.13t", python("3.13.0", "cpython", true)));
  CHECK_FALSE(accepts("3.13t", python("3.13.0")));
  CHECK_FALSE(accepts("3.13", python("3.13.0", "cpython", true)));
  CHECK(accepts("3", python("3.13.0", "cpython", true)));
  CHECK(PythonRequest().accepts(python("3.13.0", "cpython", true)));
}

TEST_CASE("A range of versions fits what it contains", "[venv][PythonRequest]") {
  CHECK(accepts(">=3.10,<3.13", python("3.10.0")));
  CHECK(accepts(">=3.10, <3.13", python("3.12.9")));
  CHECK_FALSE(accepts(">=3.10,<3.13", python("3.9.18")));
  CHECK_FALSE(accepts(">=3.10,<3.13", python("3.13.0")));
  CHECK(accepts("~=3.9", python("3.12.1")));
  CHECK(accepts("==3.12.*", python("3.12.1")));
  CHECK(accepts("pypy>=3.9", python("3.9.16", "pypy")));
  CHECK_FALSE(accepts("pypy>=3.9", python("3.12.1")));
}

TEST_CASE("Names rule out what need not be run", "[venv][PythonRequest]") {
  CHECK(may_accept("3.12", "python3.12"));
  CHECK(may_accept("3.12", "python3"));
  CHECK(may_accept("3.12.1", "python3.12"));
  CHECK_FALSE(may_accept("3.12", "python3.11"));
  CHECK_FALSE(may_accept("3.12", "python2"));
  CHECK_FALSE(may_accept("3.12", "python3.12t"));
  CHECK(may_accept("3.12t", "python3.12"));
  CHECK_FALSE(may_accept("pypy", "cpython"));
  CHECK_FALSE(may_accept("cpython", "pypy3"));
  CHECK(may_accept("pypy", "python3"));
  CHECK(may_accept("3.9", "pypy3.9"));
  CHECK_FALSE(may_accept(">=3.10,<3.13", "python3.9"));
  CHECK_FALSE(may_accept(">=3.10,<3.13", "python3.13"));
  CHECK(may_accept(">3.10.5,<3.10.8", "python3.10"));
  CHECK_FALSE(PythonRequest().may_accept(*PythonName::try_parse("python2.7")));
  CHECK_FALSE(PythonRequest().may_accept(*PythonName::try_parse("python3.7")));
}

TEST_CASE("Paths and programs are distinguished from versions", "[venv][PythonRequest]") {
  CHECK(PythonRequest::parse("/usr/bin/python3").path == "/usr/bin/python3");
  CHECK(PythonRequest::parse("./env").path == "./env");
  CHECK(PythonRequest::parse("..").path == "..");
  CHECK(PythonRequest::parse("env>=3/bin").path == "env>=3/bin");
  CHECK(PythonRequest::parse("my-python").program == "my-python");
  CHECK(PythonRequest::parse(".venv").program == ".venv");
  CHECK_FALSE(PythonRequest::parse("3.12").program);
}

TEST_CASE("An empty request is refused", "[venv][PythonRequest]") {
  CHECK(is_refused(""));
  CHECK(is_refused("  "));
  CHECK(is_refused(std::string_view("/usr\0/bin", 9)));
  CHECK(is_refused(">=three"));
  CHECK(is_refused(">=3.10,<"));
}
