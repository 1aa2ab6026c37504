/* Why a shim: a module map cannot find a system header by itself, and Swift's Glibc module leaves epoll, eventfd and
 * mallopt out. */
#include <fcgiapp.h>
#include <malloc.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
