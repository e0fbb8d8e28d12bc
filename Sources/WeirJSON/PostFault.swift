/// Why a request to post messages cannot be read.
package enum PostFault: Error, Hashable, Sendable {
    /// It is not JSON.
    case json(JSONFault)
    /// It is JSON of another shape; a sentence names the member, and the message counted from zero.
    case envelope(String)
    /// The member `messages` is absent.
    case noMessages
    /// The member `messages` is an empty array.
    case emptyMessages
    /// The array that the request is has no element.
    case emptyArray
}

extension PostFault: CustomStringConvertible {
    /// One sentence for the client of the API.
    package var description: String {
        switch self {
        case .json(let fault): fault.description
        case .envelope(let sentence): sentence
        case .noMessages: "The request body has no member \"messages\"."
        case .emptyMessages: "The member \"messages\" is empty: at least one message is needed."
        case .emptyArray: "The array is empty: at least one message is needed."
        }
    }
}
