import Glibc
import Synchronization

/// A server of files over HTTP/1.1 on this machine that misbehaves as it is told: cuts connections, sends
/// other bytes, refuses. One request a connection, each on a thread of its own.
public final class FileServer: Sendable {
  /// What is at a path.
  public struct File: Sendable {
    public var bytes: [UInt8]
    public var status = 200
    public var etag: String?
    public var type = "application/octet-stream"
    /// Where the bytes really are.
    public var redirect: String?
    /// Answers the whole file to whoever asks for a part.
    public var ignoresRanges = false
    /// Ends the connection after so many bytes of an answer, so often.
    public var cut: (after: Int, times: Int)?
    /// Waits so long after every 64 KiB.
    public var pauseMilliseconds: UInt32 = 0
    public init(_ bytes: [UInt8], etag: String? = nil) {
      self.bytes = bytes
      self.etag = etag
    }
    public init(status: Int) {
      bytes = []
      self.status = status
    }
    public init(redirect: String) {
      bytes = []
      status = 302
      self.redirect = redirect
    }
  }

  public struct Request: Sendable, Hashable {
    public var path: String
    /// Names in lower case.
    public var headers: [String: String]
    /// Bytes of content that were sent.
    public var sent = 0
  }

  private struct State {
    var files: [String: File] = [:]
    var requests: [Int: Request] = [:]
    var lastNumber = 0
  }
  private let state = Mutex(State())
  private let descriptor: Int32
  public let port: UInt16

  public init() {
    signal(SIGPIPE, SIG_IGN)
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let descriptor = descriptor
    let isBound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    precondition(isBound, "no port is free on this machine")
    port = UInt16(bigEndian: address.sin_port)
    accept { [weak self] connection in
      guard let self else { return false }
      _ = OwnThread { self.answer(connection) }
      return true
    }
  }

  deinit {
    shutdown(descriptor, Int32(SHUT_RDWR))
    close(descriptor)
  }

  public var address: String { "http://127.0.0.1:\(port)" }

  /// The newest content of a path; its query does not count.
  public subscript(path: String) -> File? {
    get { state.withLock { $0.files[path] } }
    set { state.withLock { $0.files[path] = newValue } }
  }

  /// In the order in which they came.
  public var requests: [Request] {
    state.withLock { state in state.requests.sorted { $0.key < $1.key }.map(\.value) }
  }
  public func requests(of path: String) -> [Request] { requests.filter { $0.path == path } }
  public func forgetRequests() { state.withLock { $0.requests = [:] } }

  // MARK: Answering

  private func accept(_ accepted: @escaping @Sendable (Int32) -> Bool) {
    let descriptor = descriptor
    _ = OwnThread {
      while true {
        let connection = Glibc.accept(descriptor, nil, nil)
        if connection < 0 {
          if errno == EINTR || errno == ECONNABORTED { continue }
          return
        }
        if !accepted(connection) {
          close(connection)
          return
        }
      }
    }
  }

  private func answer(_ connection: Int32) {
    defer { close(connection) }
    guard let request = read(connection) else { return }
    let number = state.withLock { state in
      state.lastNumber += 1
      state.requests[state.lastNumber] = request
      return state.lastNumber
    }
    let file = state.withLock { state -> File? in
      guard let file = state.files[request.path] else { return nil }
      if let cut = file.cut {
        state.files[request.path]?.cut = cut.times > 1 ? (cut.after, cut.times - 1) : nil
      }
      return file
    }
    guard let file, file.status == 200 else {
      let status = file?.status ?? 404
      let place = file?.redirect.map { "Location: \($0)\r\n" } ?? ""
      send(
        connection,
        "HTTP/1.1 \(status) No\r\n\(place)Content-Length: 0\r\nConnection: close\r\n\r\n")
      return
    }
    var start = 0
    let isSame = request.headers["if-range"].map { $0 == file.etag } ?? true
    if let range = request.headers["range"], !file.ignoresRanges, isSame {
      start = Int(range.dropFirst("bytes=".count).prefix { $0.isNumber }) ?? 0
      guard start < file.bytes.count else {
        send(
          connection,
          "HTTP/1.1 416 No\r\nContent-Range: bytes */\(file.bytes.count)\r\nContent-Length: 0\r\n"
            + "Connection: close\r\n\r\n")
        return
      }
    }
    let total = file.bytes.count
    var head = start > 0 ? "HTTP/1.1 206 Part\r\n" : "HTTP/1.1 200 OK\r\n"
    if start > 0 { head += "Content-Range: bytes \(start)-\(total - 1)/\(total)\r\n" }
    if let etag = file.etag { head += "ETag: \(etag)\r\n" }
    head += "Content-Type: \(file.type)\r\nContent-Length: \(total - start)\r\n"
    send(connection, head + "Connection: close\r\n\r\n")
    let end = file.cut.map { min(total, start + $0.after) } ?? total
    while start < end {
      let piece = min(65_536, end - start)
      // Before it is sent: whoever has the bytes finds them counted.
      state.withLock { $0.requests[number]?.sent += piece }
      guard send(connection, file.bytes[start..<(start + piece)]) else { return }
      start += piece
      // A slow line: what a test wants to see of a transfer is not over before it looks.
      if file.pauseMilliseconds > 0 { usleep(file.pauseMilliseconds * 1000) }
    }
  }

  private func read(_ connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var byte: UInt8 = 0
    while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard bytes.count < 65_536, recv(connection, &byte, 1, 0) == 1 else { return nil }
      bytes.append(byte)
    }
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\r\n")
    guard let words = lines.first?.split(separator: " "), words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2 else { continue }
      headers[parts[0].lowercased()] = String(parts[1].drop { $0 == " " })
    }
    let path = words[1].split(separator: "?", maxSplits: 1)[0]
    return Request(path: String(path), headers: headers)
  }

  private func send(_ connection: Int32, _ text: String) {
    _ = send(connection, Array(text.utf8)[...])
  }

  /// Whether somebody took all of it.
  private func send(_ connection: Int32, _ bytes: ArraySlice<UInt8>) -> Bool {
    var rest = bytes
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(connection, $0.baseAddress, $0.count, 0) }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}
