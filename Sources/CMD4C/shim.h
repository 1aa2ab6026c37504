/* Why a shim: a module map cannot find a system header by itself. */
#include <md4c.h>
