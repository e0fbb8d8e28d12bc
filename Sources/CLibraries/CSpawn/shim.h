#include <spawn.h>
#include <sys/socket.h>

/* The C library has it since 2.34, and shows it only to programs that ask for GNU's own functions. */
extern int posix_spawn_file_actions_addclosefrom_np(posix_spawn_file_actions_t *actions, int from);

/* Closes every file from this number on in the child. */
static inline int weir_spawn_close_from(posix_spawn_file_actions_t *actions, int from) {
    return posix_spawn_file_actions_addclosefrom_np(actions, from);
}

/* Kinds of sockets, which Swift knows only as an enumeration without a name. */
static inline int weir_stream_socket(void) { return SOCK_STREAM; }
static inline int weir_close_on_exec(void) { return SOCK_CLOEXEC; }
