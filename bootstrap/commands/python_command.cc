#include <nlohmann/json.hpp>

#include "bootstrap/commands/commands.h"
#include "bootstrap/report/terminal.h"
#include "venv/discovery/discovery.h"

namespace ensure::bootstrap {

namespace {

using Json = nlohmann::ordered_json;

Json to_json(const venv::FoundInterpreter& found) {
  const venv::Interpreter& interpreter = found.interpreter;
  return {{"executable", interpreter.executable.text()},
          {"real_executable", interpreter.real_executable.text()},
          {"version", interpreter.version_text},
          {"implementation", interpreter.implementation},
          {"platform", interpreter.platform},
          {"free_threaded", interpreter.free_threaded},
          {"base_prefix", interpreter.base_prefix.text()},
          {"source", found.source}};
}

void print(const Json& json) {
  print_json_text(json.dump(2, ' ', false, Json::error_handler_t::replace));
}

std::string padded(std::string text, std::size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string line(const venv::FoundInterpreter& found) {
  const venv::Interpreter& interpreter = found.interpreter;
  const std::string version = interpreter.version_text + (interpreter.free_threaded ? "t" : "");
  return padded(version, 10) + "  " + padded(interpreter.implementation, 8) + "  " +
         interpreter.executable.text();
}

}  // namespace

void list_pythons(const Request& request) {
  const venv::InterpreterList list = venv::list_interpreters(venv::Surroundings::of_this_process());
  if (request.json) {
    Json array = Json::array();
    for (const venv::FoundInterpreter& found : list.found) array.push_back(to_json(found));
    print(array);
    return;
  }
  for (const venv::FoundInterpreter& found : list.found) print_data_line(line(found));
  if (!request.verbose) return;
  for (const base::Error& error : list.rejected)
    print_message("left out: " + visible_in_short(error.message()) + "\n");
}

void find_python(const Request& request) {
  const venv::FoundInterpreter found = venv::find_interpreter(
      venv::PythonRequest::parse(request.words.front()), venv::Surroundings::of_this_process());
  if (request.json) {
    print(to_json(found));
  } else {
    print_data_line(found.interpreter.executable.text());
  }
}

}  // namespace ensure::bootstrap
