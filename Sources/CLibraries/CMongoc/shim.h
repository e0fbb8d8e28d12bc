#include <stdlib.h>
#include <string.h>
#include <mongoc/mongoc.h>

/*
 * bson_t is aligned to 128 bytes, so Swift can neither hold one nor make room for one: here they live on C's stack,
 * and Swift sees bytes.
 */

/* What went wrong, in a form that Swift can hold. */
typedef struct {
    uint32_t domain;
    uint32_t code;
    bool is_transient;      /* the label TransientTransactionError */
    bool is_commit_unknown; /* the label UnknownTransactionCommitResult */
    char message[BSON_ERROR_BUFFER_SIZE];
} weir_mongo_failure;

static inline void weir_mongo_fail(weir_mongo_failure *failure, const bson_error_t *error, const bson_t *reply) {
    failure->domain = error->domain;
    failure->code = error->code;
    failure->is_transient = reply && mongoc_error_has_label(reply, "TransientTransactionError");
    failure->is_commit_unknown = reply && mongoc_error_has_label(reply, "UnknownTransactionCommitResult");
    memcpy(failure->message, error->message, sizeof failure->message);
    failure->message[sizeof failure->message - 1] = 0;
}

/*
 * Runs a command on the primary, in `session` if there is one. Returns the bytes of the reply, which the caller gives
 * to bson_free, or null if it failed.
 */
static inline uint8_t *weir_mongo_command(
    mongoc_client_t *client, const char *database, const uint8_t *command, size_t length,
    mongoc_client_session_t *session, uint32_t *reply_length, weir_mongo_failure *failure
) {
    bson_error_t error = {0};
    bson_t body, reply, options = BSON_INITIALIZER;
    uint8_t *bytes = NULL;
    if (!bson_init_static(&body, command, length)) {
        error.domain = MONGOC_ERROR_BSON;
        strcpy(error.message, "the command is no BSON document");
        weir_mongo_fail(failure, &error, NULL);
    } else if (session && !mongoc_client_session_append(session, &options, &error)) {
        weir_mongo_fail(failure, &error, NULL);
    } else if (!mongoc_client_command_with_opts(client, database, &body, NULL, &options, &reply, &error)) {
        weir_mongo_fail(failure, &error, &reply);
        bson_destroy(&reply);
    } else {
        bytes = bson_destroy_with_steal(&reply, true, reply_length);
    }
    bson_destroy(&options);
    return bytes;
}

/* True once the transaction is committed. May be called again after it failed. */
static inline bool weir_mongo_commit(mongoc_client_session_t *session, weir_mongo_failure *failure) {
    bson_error_t error = {0};
    bson_t reply;
    bool ok = mongoc_client_session_commit_transaction(session, &reply, &error);
    if (!ok) weir_mongo_fail(failure, &error, &reply);
    bson_destroy(&reply);
    return ok;
}

/* A session whose transactions read one snapshot and commit with this write concern. Null if it failed. */
static inline mongoc_client_session_t *weir_mongo_session(
    mongoc_client_t *client, const mongoc_write_concern_t *concern, weir_mongo_failure *failure
) {
    bson_error_t error = {0};
    mongoc_read_concern_t *snapshot = mongoc_read_concern_new();
    mongoc_read_concern_set_level(snapshot, MONGOC_READ_CONCERN_LEVEL_SNAPSHOT);
    mongoc_transaction_opt_t *transactions = mongoc_transaction_opts_new();
    mongoc_transaction_opts_set_read_concern(transactions, snapshot);
    mongoc_transaction_opts_set_write_concern(transactions, concern);
    mongoc_session_opt_t *options = mongoc_session_opts_new();
    mongoc_session_opts_set_causal_consistency(options, false);
    mongoc_session_opts_set_default_transaction_opts(options, transactions);
    mongoc_client_session_t *session = mongoc_client_start_session(client, options, &error);
    if (!session) weir_mongo_fail(failure, &error, NULL);
    mongoc_session_opts_destroy(options);
    mongoc_transaction_opts_destroy(transactions);
    mongoc_read_concern_destroy(snapshot);
    return session;
}

static inline bool weir_mongo_begin(mongoc_client_session_t *session, weir_mongo_failure *failure) {
    bson_error_t error = {0};
    bool ok = mongoc_client_session_start_transaction(session, NULL, &error);
    if (!ok) weir_mongo_fail(failure, &error, NULL);
    return ok;
}

/* Whether the uri says this option. */
static inline bool weir_mongo_uri_says(const mongoc_uri_t *uri, const char *option) {
    return bson_has_field(mongoc_uri_get_options(uri), option);
}

static inline const char *weir_mongo_message(const weir_mongo_failure *failure) { return failure->message; }

static inline size_t weir_mongo_length(const bson_t *document) { return document->len; }
