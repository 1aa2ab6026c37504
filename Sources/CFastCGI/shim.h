/* Why a shim: a module map cannot find a system header by itself. */
#include <fcgiapp.h>
