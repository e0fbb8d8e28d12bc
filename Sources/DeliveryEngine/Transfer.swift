internal import CCurl
internal import WeirDomain

/// What the library is asked to do: everything that one run of it needs.
struct TransferOrder: Sendable {
    enum Kind: Sendable {
        case post(headers: [DeliveryHeader], body: [UInt8])
        case mail(from: String, to: String, text: [UInt8], user: String?, password: String?)
    }

    var uri: String
    var kind: Kind
    /// The only place that the connection may lead to; nil for one that the operator chose.
    var place: NetworkPlace?
    var connectMilliseconds: Int
    var totalMilliseconds: Int
    /// A file of certificates to trust instead of the system's.
    var authorities: String?
}

/// How it ended.
struct TransferOutcome: Sendable {
    var status = 0
    var body: [UInt8] = []
    /// Nil for an answer.
    var failure: String?
    /// Whether nothing was sent, so that another address is worth a try.
    var neverConnected = false
}

/// One run of the library, with what it reads and writes. Lives on the thread of its `TransferThread`.
final class Transfer {
    typealias Continuation = UnsafeContinuation<TransferOutcome?, Never>

    private let order: TransferOrder
    private let continuation: Continuation
    let handle: UnsafeMutableRawPointer
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    private var answer: [UInt8] = []
    private var isCut = false
    private var upload: ArraySlice<UInt8> = []

    init(_ order: TransferOrder, _ handle: UnsafeMutableRawPointer, _ continuation: Continuation) {
        self.order = order
        self.handle = handle
        self.continuation = continuation
        prepare()
    }

    deinit {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
    }

    // MARK: Options

    /// The order must stand until the end: options that are lists are not copied.
    private func prepare() {
        weir_curl_callbacks(
            handle, Unmanaged.passUnretained(self).toOpaque(), Self.onBody, Self.onUpload, Self.onSocket)
        weir_curl_text(handle, CURLOPT_URL, order.uri)
        weir_curl_number(handle, CURLOPT_NOSIGNAL, 1)
        weir_curl_number(handle, CURLOPT_FOLLOWLOCATION, 0)
        weir_curl_number(handle, CURLOPT_CONNECTTIMEOUT_MS, order.connectMilliseconds)
        weir_curl_number(handle, CURLOPT_TIMEOUT_MS, order.totalMilliseconds)
        // An empty proxy is none, whatever the environment says.
        weir_curl_text(handle, CURLOPT_PROXY, "")
        weir_curl_text(handle, CURLOPT_NOPROXY, "*")
        weir_curl_number(handle, CURLOPT_NETRC, Int(CURL_NETRC_IGNORED.rawValue))
        weir_curl_number(handle, CURLOPT_SSL_VERIFYPEER, 1)
        weir_curl_number(handle, CURLOPT_SSL_VERIFYHOST, 2)
        weir_curl_number(handle, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if let authorities = order.authorities { weir_curl_text(handle, CURLOPT_CAINFO, authorities) }
        if let place = order.place {
            list(CURLOPT_CONNECT_TO, ["::\(place.address.uriText):\(place.port)"])
        }
        switch order.kind {
        case .post(let headers, let body): prepare(post: headers, body)
        case .mail(let from, let to, let text, let user, let password):
            weir_curl_text(handle, CURLOPT_PROTOCOLS_STR, "smtps")
            weir_curl_text(handle, CURLOPT_MAIL_FROM, "<\(from)>")
            list(CURLOPT_MAIL_RCPT, ["<\(to)>"])
            weir_curl_number(handle, CURLOPT_UPLOAD, 1)
            upload = text[...]
            if let user { weir_curl_text(handle, CURLOPT_USERNAME, user) }
            if let password { weir_curl_text(handle, CURLOPT_PASSWORD, password) }
        }
    }

    private func prepare(post headers: [DeliveryHeader], _ body: [UInt8]) {
        weir_curl_text(handle, CURLOPT_PROTOCOLS_STR, "http,https")
        weir_curl_number(handle, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
        weir_curl_number(handle, CURLOPT_PATH_AS_IS, 1)
        weir_curl_number(handle, CURLOPT_POST, 1)
        weir_curl_size(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        body.withUnsafeBytes { _ = weir_curl_bytes(handle, CURLOPT_COPYPOSTFIELDS, $0.baseAddress) }
        // A header without a value needs a semicolon. "Expect:" means that the library does not add one.
        let lines = headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        list(CURLOPT_HTTPHEADER, lines + ["Expect:"])
    }

    private func list(_ option: CURLoption, _ entries: [String]) {
        var list: UnsafeMutablePointer<curl_slist>?
        for entry in entries { list = curl_slist_append(list, entry) ?? list }
        guard let list else { return }
        lists.append(list)
        weir_curl_list(handle, option, list)
    }

    // MARK: What the library calls

    private static func of(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        context.map { Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }

    private static let onBody: curl_write_callback = { bytes, size, count, context in
        guard let transfer = Transfer.of(context), let bytes else { return 0 }
        let room = Limits.deliveryAnswerBytes - transfer.answer.count
        let raw = UnsafeRawBufferPointer(start: bytes, count: min(size * count, room))
        transfer.answer.append(contentsOf: raw)
        // To take less than there is ends the transfer.
        if size * count > room { transfer.isCut = true }
        return raw.count
    }

    private static let onUpload: curl_read_callback = { bytes, size, count, context in
        guard let transfer = Transfer.of(context), let bytes else { return 0 }
        let piece = transfer.upload.prefix(size * count)
        UnsafeMutableRawBufferPointer(start: bytes, count: size * count).copyBytes(from: piece)
        transfer.upload = transfer.upload.dropFirst(piece.count)
        return piece.count
    }

    /// The second wall: whatever the library believes, no socket is made for another place than the one that was checked.
    private static let onSocket: curl_opensocket_callback = { context, _, wanted in
        guard let transfer = Transfer.of(context), let wanted else { return curl_socket_t(CURL_SOCKET_BAD) }
        if let place = transfer.order.place {
            let isThere = withUnsafePointer(to: &wanted.pointee.addr) { address in
                IPAddress(socketAddress: address) == place.address && IPAddress.port(of: address) == place.port
            }
            guard isThere else { return curl_socket_t(CURL_SOCKET_BAD) }
        }
        return openSocket(wanted.pointee)
    }

    // MARK: The end

    func finish(_ code: CURLcode) {
        let status = weir_curl_status(handle)
        var outcome = TransferOutcome(status: status, body: answer)
        let isAnswered = code == CURLE_OK || code == CURLE_WRITE_ERROR && isCut
        if !isAnswered {
            outcome.failure = String(cString: curl_easy_strerror(code))
            outcome.neverConnected = code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT && !isConnected
        }
        continuation.resume(returning: outcome)
    }

    func fail(_ reason: String) {
        continuation.resume(returning: TransferOutcome(failure: reason))
    }

    private var isConnected: Bool { weir_curl_connect_time(handle) > 0 }
}
