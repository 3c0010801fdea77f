/* What a static glibc can only do by loading modules of the machine it runs on (NSS, plug-ins),
 * which may be of another release, another distribution, or not there at all. The libraries in the
 * executable name these functions but we need none of what they give: c-ares resolves host names,
 * OpenSSL's algorithms are built in, home directories come from the environment. The linker sends
 * every call here (`--wrap`), and each answers as if the machine had no such thing. */

#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): the linker wants them

void* __wrap_dlopen(const char* file, int mode) {
  (void)file;
  (void)mode;
  return NULL;
}

int __wrap_getaddrinfo(const char* node, const char* service, const struct addrinfo* hints,
                       struct addrinfo** result) {
  (void)node;
  (void)service;
  (void)hints;
  *result = NULL;
  return EAI_FAIL;
}

int __wrap_getnameinfo(const struct sockaddr* address, socklen_t address_size, char* host,
                       socklen_t host_size, char* service, socklen_t service_size, int flags) {
  (void)address;
  (void)address_size;
  (void)host;
  (void)host_size;
  (void)service;
  (void)service_size;
  (void)flags;
  return EAI_FAIL;
}

struct hostent* __wrap_gethostbyname(const char* name) {
  (void)name;
  return NULL;
}

struct servent* __wrap_getservbyname(const char* name, const char* protocol) {
  (void)name;
  (void)protocol;
  return NULL;
}

int __wrap_getservbyname_r(const char* name, const char* protocol, struct servent* entry,
                           char* buffer, size_t size, struct servent** result) {
  (void)name;
  (void)protocol;
  (void)entry;
  (void)buffer;
  (void)size;
  *result = NULL;
  return ENOENT;
}

int __wrap_getservbyport_r(int port, const char* protocol, struct servent* entry, char* buffer,
                           size_t size, struct servent** result) {
  (void)port;
  (void)protocol;
  (void)entry;
  (void)buffer;
  (void)size;
  *result = NULL;
  return ENOENT;
}

int __wrap_getpwuid_r(uid_t uid, struct passwd* entry, char* buffer, size_t size,
                      struct passwd** result) {
  (void)uid;
  (void)entry;
  (void)buffer;
  (void)size;
  *result = NULL;
  return ENOENT;
}

// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)
