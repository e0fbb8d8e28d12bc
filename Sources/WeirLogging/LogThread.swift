internal import Glibc

/// The one thread that writes a log. It ends when its queue is closed and empty.
enum LogThread {
    /// Starts the thread. Throws if the system has none left.
    static func start(draining queue: LineQueue, to fileDescriptor: Int32) throws(LogThreadError) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        let work = Unmanaged.passRetained(Work(queue: queue, fileDescriptor: fileDescriptor))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, &attributes,
            { pointer in
                if let pointer { Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().run() }
                return nil
            }, work.toOpaque())
        guard code == 0 else {
            work.release()
            throw LogThreadError(code: code)
        }
    }

    private final class Work {
        let queue: LineQueue
        let fileDescriptor: Int32

        init(queue: LineQueue, fileDescriptor: Int32) {
            self.queue = queue
            self.fileDescriptor = fileDescriptor
        }

        func run() {
            // A reader that went away must not end the process, and signals are for other threads to handle.
            var every = sigset_t()
            sigfillset(&every)
            pthread_sigmask(SIG_BLOCK, &every, nil)
            queue.drain { writeAll($0, to: fileDescriptor) }
        }
    }
}

/// The system refused to start the thread that writes the log.
package struct LogThreadError: Error, CustomStringConvertible {
    /// An `errno` value.
    package let code: Int32

    package var description: String {
        "the log's thread cannot be started: " + String(cString: strerror(code))
    }
}

/// Writes `bytes`, however long that takes. If the file is gone, they are lost: there is nowhere to say so.
private func writeAll(_ bytes: [UInt8], to fileDescriptor: Int32) {
    bytes.withUnsafeBytes { buffer in
        var rest = UnsafeRawBufferPointer(buffer)
        while !rest.isEmpty {
            let count = write(fileDescriptor, rest.baseAddress, rest.count)
            if count > 0 {
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            } else if errno == EAGAIN {
                var request = pollfd(fd: fileDescriptor, events: Int16(POLLOUT), revents: 0)
                poll(&request, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}
