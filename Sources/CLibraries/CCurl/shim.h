#include <curl/curl.h>

/* Swift calls no function with a variable number of arguments: one of these for each type of the last one. */

static inline CURLcode weir_curl_number(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode weir_curl_size(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode weir_curl_text(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode weir_curl_bytes(CURL *handle, CURLoption option, const void *value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode weir_curl_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return (curl_easy_setopt)(handle, option, value);
}

/* The functions that a transfer calls, all with the same context. */
static inline void weir_curl_callbacks(
    CURL *handle, void *context, curl_write_callback on_body, curl_read_callback on_upload,
    curl_opensocket_callback on_socket
) {
    (curl_easy_setopt)(handle, CURLOPT_PRIVATE, context);
    (curl_easy_setopt)(handle, CURLOPT_WRITEDATA, context);
    (curl_easy_setopt)(handle, CURLOPT_WRITEFUNCTION, on_body);
    (curl_easy_setopt)(handle, CURLOPT_READDATA, context);
    (curl_easy_setopt)(handle, CURLOPT_READFUNCTION, on_upload);
    (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETDATA, context);
    (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, on_socket);
}

/* The context that a transfer was given. */
static inline void *weir_curl_context(CURL *handle) {
    void *context = NULL;
    (curl_easy_getinfo)(handle, CURLINFO_PRIVATE, &context);
    return context;
}

static inline long weir_curl_status(CURL *handle) {
    long status = 0;
    (curl_easy_getinfo)(handle, CURLINFO_RESPONSE_CODE, &status);
    return status;
}

static inline CURLcode weir_curl_result(const CURLMsg *message) { return message->data.result; }

static inline CURLMcode weir_curl_multi_number(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

/* Microseconds until the connection stood; 0 if it never did. */
static inline curl_off_t weir_curl_connect_time(CURL *handle) {
    curl_off_t time = 0;
    (curl_easy_getinfo)(handle, CURLINFO_CONNECT_TIME_T, &time);
    return time;
}
