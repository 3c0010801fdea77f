// The program in front of the commands of a relocatable environment: it starts the Python beside it
// with itself as the script. Python reads the ZIP archive that is appended to it (see
// `launcher_script` in scripts.cc), so that program and script are one file, which needs no shell,
// no library and no path, and may be moved together with its environment.
//
// It is freestanding: system calls only, one read-only segment, no data but the stack.

#include <asm/unistd.h>
#include <linux/auxvec.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <stdbool.h>
#include <stddef.h>

enum {
  kPathSize = 4096,  // the kernel's PATH_MAX: no system call takes or gives a longer path
  kMostLinks = 40,   // the kernel's MAXSYMLINKS
  kStandardError = 2,
  kNotStarted = 127,  // the exit code of shells for a command that cannot be started
};

// The kernel puts the number of arguments, the arguments, the environment and the auxiliary vector
// on the stack, and compiled code needs an aligned stack (psABI, "Process Initialization").
#if defined(__x86_64__)

__asm__(
    ".text\n"
    ".globl _start\n"
    "_start:\n"
    "  xor %ebp, %ebp\n"
    "  mov %rsp, %rdi\n"
    "  and $-16, %rsp\n"
    "  call start_python\n");

static long system_call(long number, long one, long two, long three, long four) {
  register long r10 __asm__("r10") = four;
  long result = number;
  __asm__ volatile("syscall"
                   : "+a"(result)
                   : "D"(one), "S"(two), "d"(three), "r"(r10)
                   : "rcx", "r11", "memory");
  return result;
}

#elif defined(__aarch64__)

__asm__(
    ".text\n"
    ".globl _start\n"
    "_start:\n"
    "  mov x29, #0\n"
    "  mov x30, #0\n"
    "  mov x0, sp\n"
    "  b start_python\n");

static long system_call(long number, long one, long two, long three, long four) {
  register long x8 __asm__("x8") = number;
  register long x0 __asm__("x0") = one;
  register long x1 __asm__("x1") = two;
  register long x2 __asm__("x2") = three;
  register long x3 __asm__("x3") = four;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
  return x0;
}

#else
#error "CMakeLists.txt leaves the launcher out for other processors"
#endif

/// Copies `text` to `end`, the end of a text; returns the new end.
static char* append(char* end, const char* text) {
  while ((*end = *text++) != '\0') ++end;
  return end;
}

/// The beginning of the last name of `path`.
static char* last_name(char* path) {
  char* name = path;
  for (char* at = path; *at != '\0'; ++at) {
    if (*at == '/') name = at + 1;
  }
  return name;
}

static long length(const char* text) {
  long size = 0;
  while (text[size] != '\0') ++size;
  return size;
}

static void print(const char* text) {
  system_call(__NR_write, kStandardError, (long)text, length(text), 0);
}

/// Prints an error and ends. `path` may be NULL.
__attribute__((noreturn)) static void fail(const char* path, const char* problem,
                                           const char* hint) {
  print("error: ");
  if (path != NULL) {
    print("`");
    print(path);
    print("` ");
  }
  print(problem);
  print("\nhint: ");
  print(hint);
  print("\n");
  system_call(__NR_exit_group, kNotStarted, 0, 0, 0);
  __builtin_unreachable();
}

/// Reads the target of a link; returns its length, or a negative error number.
static long read_link(const char* link, char target[kPathSize]) {
  const long size = system_call(__NR_readlinkat, AT_FDCWD, (long)link, (long)target, kPathSize);
  if (size == kPathSize) return -ENAMETOOLONG;
  if (size >= 0) target[size] = '\0';
  return size;
}

/// One word that the kernel has put on the stack.
union Word {
  long number;
  const char* text;
};

/// The path that the kernel was given (AT_EXECFN of the auxiliary vector), or NULL.
static const char* path_as_called(const union Word* environment) {
  const union Word* word = environment;
  while (word++->text != NULL) continue;
  for (; word[0].number != AT_NULL; word += 2) {
    if (word[0].number == AT_EXECFN) return word[1].text;
  }
  return NULL;
}

/// Follows the links at the end of `path`.
static bool follow_links(char path[kPathSize]) {
  char target[kPathSize];
  for (int links = 0; links < kMostLinks; ++links) {
    const long size = read_link(path, target);
    if (size == -EINVAL) return true;  // no link
    if (size < 0) return false;
    char* const name = target[0] == '/' ? path : last_name(path);
    if (name - path + size >= kPathSize) return false;
    append(name, target);
  }
  return false;
}

/// Makes the directory of `path` absolute and follows the links in it, like chdir(2): through a
/// link, Python would not see that it is in an environment.
static bool resolve_directory(char path[kPathSize]) {
  char name[kPathSize];
  char* const in_path = last_name(path);
  char* const name_end = append(name, in_path);
  *in_path = '\0';
  const long here = system_call(__NR_openat, AT_FDCWD, (long)".", O_PATH | O_CLOEXEC, 0);
  if (here < 0) return false;
  if (in_path != path && system_call(__NR_chdir, (long)path, 0, 0, 0) < 0) return false;
  const long size = system_call(__NR_getcwd, (long)path, kPathSize, 0, 0);
  if (system_call(__NR_fchdir, here, 0, 0, 0) < 0 || size < 0 || path[0] != '/') return false;
  if (size + 1 + (name_end - name) > kPathSize) return false;
  append(append(path + size - 1, "/"), name);
  return true;
}

/// Finds the file of this program, so that a link to a command leads to the environment of the
/// command.
static bool find_own_path(const union Word* environment, char path[kPathSize]) {
  // For a file outside of the root directory, the kernel returns a path that does not begin with
  // "/".
  if (read_link("/proc/self/exe", path) > 0 && path[0] == '/') return true;
  // Without /proc, or if the path is too long for it.
  const char* const called = path_as_called(environment);
  if (called == NULL || length(called) >= kPathSize) return false;
  append(path, called);
  return follow_links(path) && resolve_directory(path);
}

/// `stack` is the stack pointer at the start.
__attribute__((used, noreturn)) static void start_python(union Word* stack) {
  const long count = stack[0].number;
  const union Word* const environment = stack + 1 + count + 1;
  char path[kPathSize];
  char python[kPathSize + sizeof "python"];
  if (!find_own_path(environment, path)) {
    fail(NULL, "this command cannot find its own directory",
         "mount /proc, or move the environment to a shorter path");
  }
  append(python, path);
  append(last_name(python), "python");

  // Python and the script replace the count and the first argument; the rest stays unchanged. Old
  // kernels let a caller pass no argument at all, which leaves one word.
  union Word alone[] = {{.text = python}, {.text = path}, {.text = NULL}};
  union Word* const arguments = count > 0 ? stack : alone;
  arguments[0].text = python;
  arguments[1].text = path;
  const long error = system_call(__NR_execve, (long)python, (long)arguments, (long)environment, 0);
  if (error == -E2BIG) fail(python, "cannot take so many arguments", "call it with fewer");
  fail(python, error == -ENOENT ? "does not exist" : "cannot be started",
       "its Python may be gone: `ensure --upgrade --venv ENV` gives the environment another");
}
