#include "tests/cli/command.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string_view>

extern char** environ;

namespace verigrad::cli {
namespace {

namespace fs = std::filesystem;

fs::path new_directory(const char* what) {
  std::string path = (fs::temp_directory_path() / what).string() + "XXXXXX";
  if (::mkdtemp(path.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
  return path;
}

std::string contents(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::vector<std::string> environment_of(const Surroundings& surroundings) {
  std::vector<std::string> variables;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view variable = *each;
    if (!variable.starts_with("NO_COLOR=") && !variable.starts_with("TERM="))
      variables.emplace_back(variable);
  }
  variables.emplace_back("TERM=xterm");
  for (const auto& added : surroundings.environment) {
    const std::string start = added.first + "=";
    std::erase_if(variables, [&start](const std::string& v) { return v.starts_with(start); });
    variables.push_back(start + added.second);
  }
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (std::string& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// A pseudo terminal: the end that the test reads, and the name of the end that the command writes.
std::pair<int, std::string> open_terminal() {
  const int fd = ::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (fd < 0 || ::grantpt(fd) != 0 || ::unlockpt(fd) != 0)
    throw std::runtime_error("no pseudo terminal");
  return {fd, ::ptsname(fd)};
}

void redirect(posix_spawn_file_actions_t& actions, int fd, Stream stream, const fs::path& file,
              const std::string& terminal) {
  constexpr int create = O_WRONLY | O_CREAT | O_TRUNC;
  switch (stream) {
    case Stream::captured:
      ::posix_spawn_file_actions_addopen(&actions, fd, file.c_str(), create, 0600);
      break;
    case Stream::terminal:
      ::posix_spawn_file_actions_addopen(&actions, fd, terminal.c_str(), O_WRONLY | O_NOCTTY, 0);
      break;
    case Stream::closed:
      ::posix_spawn_file_actions_addclose(&actions, fd);
      break;
    case Stream::full:
      ::posix_spawn_file_actions_addopen(&actions, fd, "/dev/full", O_WRONLY, 0);
      break;
  }
}

}  // namespace

Process::Process(const std::vector<std::string>& arguments, const Surroundings& surroundings,
                 const fs::path& directory)
    : scratch_(new_directory("gradcheck-streams-")),
      output_on_terminal_(surroundings.output == Stream::terminal),
      messages_on_terminal_(surroundings.messages == Stream::terminal) {
  std::ofstream(scratch_ / "in", std::ios::binary) << surroundings.standard_input;
  std::string terminal;
  if (output_on_terminal_ || messages_on_terminal_) std::tie(terminal_, terminal) = open_terminal();
  // Keeps the terminal alive until the command has opened it.
  const int keeper =
      terminal.empty() ? -1 : ::open(terminal.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);

  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
  ::posix_spawn_file_actions_addopen(&actions, 0, (scratch_ / "in").c_str(), O_RDONLY, 0);
  redirect(actions, 1, surroundings.output, scratch_ / "out", terminal);
  redirect(actions, 2, surroundings.messages, scratch_ / "err", terminal);
  posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGINT);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);

  std::vector<std::string> words{"gradcheck"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<std::string> variables = environment_of(surroundings);
  const int error = ::posix_spawn(&id_, VERIGRAD_COMMAND, &actions, &attributes,
                                  pointers(words).data(), pointers(variables).data());
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (keeper >= 0) ::close(keeper);
  if (error != 0) throw std::runtime_error("cannot run " VERIGRAD_COMMAND);
}

Process::~Process() {
  if (id_ > 0) {
    ::kill(id_, SIGKILL);
    ::waitpid(id_, nullptr, 0);
  }
  if (terminal_ >= 0) ::close(terminal_);
  std::error_code ignored;
  fs::remove_all(scratch_, ignored);
}

std::string Process::captured(const char* name) const { return contents(scratch_ / name); }

// False at the end.
bool Process::read_terminal() {
  char buffer[4096];
  const ssize_t count = ::read(terminal_, buffer, sizeof buffer);
  if (count <= 0) return false;
  terminal_text_.append(buffer, static_cast<std::size_t>(count));
  return true;
}

bool Process::wait_for_text(std::string_view text) {
  while (terminal_text_.find(text) == std::string::npos)
    if (!read_terminal()) return false;
  return true;
}

Result Process::wait() {
  while (terminal_ >= 0 && read_terminal()) {
  }
  int status = 0;
  ::waitpid(std::exchange(id_, -1), &status, 0);
  Result result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.out = output_on_terminal_ ? terminal_text_ : captured("out");
  result.err = messages_on_terminal_ ? terminal_text_ : captured("err");
  return result;
}

CommandTest::CommandTest() : directory_(new_directory("gradcheck-test-")) {}

CommandTest::~CommandTest() {
  std::error_code ignored;
  fs::remove_all(directory_, ignored);
}

void CommandTest::write(const std::string& name, const std::string& text) const {
  fs::create_directories((directory_ / name).parent_path());
  std::ofstream(directory_ / name, std::ios::binary) << text;
}

std::string CommandTest::read(const std::string& name) const { return contents(directory_ / name); }

bool CommandTest::exists(const std::string& name) const { return fs::exists(directory_ / name); }

Result CommandTest::run(const std::vector<std::string>& arguments,
                        const Surroundings& surroundings) const {
  return Process(arguments, surroundings, directory_).wait();
}

}  // namespace verigrad::cli
