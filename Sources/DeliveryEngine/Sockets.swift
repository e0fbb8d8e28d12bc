internal import CCurl
internal import CSpawn
internal import Glibc

/// A socket of the wanted kind that no program started by this process inherits.
func openSocket(_ wanted: curl_sockaddr) -> curl_socket_t {
    socket(wanted.family, wanted.socktype | weir_close_on_exec(), wanted.protocol)
}
