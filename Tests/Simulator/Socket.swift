import Glibc

/// One accepted connection's descriptor, owned by its connection's thread, which closes it.
struct Socket: Sendable {
    let descriptor: Int32

    /// Linux's POLLRDHUP, which the Glibc module does not export: the peer closed or half-closed.
    static let hangup: Int16 = 0x2000

    enum Received {
        case bytes
        case end
        case silence
    }

    /// Answers at once, and gives up reading after `idle` nanoseconds of silence; 0 is never.
    func prepare(idle: UInt64) {
        var one: Int32 = 1
        setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, 4)
        setIdle(idle)
    }

    func setIdle(_ idle: UInt64) {
        var limit = timeval(
            tv_sec: Int(idle / 1_000_000_000), tv_usec: Int(idle % 1_000_000_000 / 1000))
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Appends what has arrived to `buffer`, waiting for it.
    func receive(into buffer: inout [UInt8], upTo count: Int = 1 << 16) -> Received {
        withUnsafeTemporaryAllocation(byteCount: count, alignment: 1) { space in
            while true {
                let received = recv(descriptor, space.baseAddress!, count, 0)
                if received > 0 {
                    buffer.append(contentsOf: space.prefix(received))
                    return .bytes
                }
                if received == 0 { return .end }
                if errno == EINTR { continue }
                return errno == EAGAIN ? .silence : .end
            }
        }
    }

    /// Sends all of `bytes`; false when the peer is gone.
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        let sent = bytes.withContiguousStorageIfAvailable { sendAll($0) }
        return sent ?? Array(bytes).withUnsafeBufferPointer { sendAll($0) }
    }

    private func sendAll(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        while at < bytes.count {
            let sent = Glibc.send(
                descriptor, bytes.baseAddress! + at, bytes.count - at, Int32(MSG_NOSIGNAL))
            if sent < 0 && errno == EINTR { continue }
            if sent < 0 { return false }
            at += sent
        }
        return true
    }

    enum Wake {
        case time
        case peerGone
        case bell
    }

    /// Waits until `deadline` (nil: for ever), the peer's close or a ring of `bell`, at once.
    func wait(until deadline: UInt64?, bell: Bell?) -> Wake {
        while true {
            var watched = [
                pollfd(fd: descriptor, events: Self.hangup, revents: 0),
                pollfd(fd: bell?.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            ]
            var rest: UInt64 = 0
            if let deadline {
                let now = Clock.now
                rest = deadline > now ? deadline - now : 0
            }
            // poll counts milliseconds: what is left below one is slept without looking.
            if deadline != nil && rest > 0 && rest < 1_000_000 { usleep(UInt32(rest / 1000)) }
            let limit = deadline == nil ? -1 : Int32(clamping: rest / 1_000_000)
            let ready = poll(&watched, 2, limit)
            if ready == 0 && (rest < 1_000_000) { return .time }
            if ready <= 0 { continue }
            if watched[0].revents != 0 { return .peerGone }
            bell?.drain()
            return .bell
        }
    }

    /// Makes the close that follows a reset: the peer reads ECONNRESET.
    func resetOnClose() {
        var now = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_LINGER, &now, socklen_t(MemoryLayout<linger>.size))
    }
}
