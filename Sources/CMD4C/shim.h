/* Why a shim: a module map cannot find a system header by itself, and Swift does not import a macro made of other macros. */
#include <md4c.h>

/* GitHub's dialect: tables, strikethrough, task lists, bare links. */
static const unsigned md4c_dialect_github = MD_DIALECT_GITHUB;
