/*
 * The two settings of neon's local file cache without the cache: same names, type, unit, contexts,
 * range and check hook as neondatabase/neon, pgxn/neon/file_cache.c. It proves what SQL does, not
 * that memory is freed. Loaded by shared_preload_libraries; built by stub.ts.
 */
#include "postgres.h"

#include <limits.h>

#include "fmgr.h"
#include "utils/guc.h"

PG_MODULE_MAGIC;

/* The specs also want a server that can change the limit by a restart only. */
#ifndef LIMIT_CONTEXT
#define LIMIT_CONTEXT PGC_SIGHUP
#endif

/* And one that not every role may see. */
#ifndef LIMIT_FLAGS
#define LIMIT_FLAGS 0
#endif

void _PG_init(void);

static int max_file_cache_size_mb = 0;
static int file_cache_size_limit_mb = 0;

/* elog and no GUC_check_errmsg, as in the original: at start it keeps the server from starting. */
static bool
limit_check_hook(int *newval, void **extra, GucSource source)
{
	if (*newval > max_file_cache_size_mb)
		elog(ERROR, "LFC: neon.file_cache_size_limit can not be larger than neon.max_file_cache_size");
	return true;
}

void
_PG_init(void)
{
	DefineCustomIntVariable("neon.max_file_cache_size", "Maximal size of the file cache", NULL,
							&max_file_cache_size_mb, 0, 0, INT_MAX, PGC_POSTMASTER, GUC_UNIT_MB,
							NULL, NULL, NULL);
	DefineCustomIntVariable("neon.file_cache_size_limit", "Current limit of the file cache's size", NULL,
							&file_cache_size_limit_mb, 0, 0, INT_MAX, LIMIT_CONTEXT,
							GUC_UNIT_MB | LIMIT_FLAGS,
							limit_check_hook, NULL, NULL);
	MarkGUCPrefixReserved("neon");
}
