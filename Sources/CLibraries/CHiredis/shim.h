#include <sys/time.h>
#include <hiredis/hiredis.h>
#include <hiredis/read.h>

/* The text is an array inside the struct, which Swift imports as a tuple. */
static inline const char *weir_redis_error(const redisContext *context) {
    return context->errstr;
}
