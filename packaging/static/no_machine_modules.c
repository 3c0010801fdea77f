/* Replaces the functions of a static glibc that load modules of the machine (NSS, plug-ins). Such
 * modules may belong to another release or distribution, or be missing. The libraries in the
 * executable refer to these functions, but the program does not need them: c-ares resolves host
 * names, OpenSSL's algorithms are built in, and home directories come from the environment. The
 * linker redirects every call to this file (`--wrap`), where each function reports that it has
 * found nothing. */

#include <errno.h>
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>

// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming): names for the linker

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
