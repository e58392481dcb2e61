import EaselKit
import Foundation

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

/// One answer of a server over HTTP, piece by piece.
///
/// The caller's thread waits; the pieces arrive on another one, one after the other.
final class Transfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
  struct Response: Sendable {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
  }

  /// A server that could not be reached, or that stopped in the middle: worth another try.
  struct Broken: Error { var cause: String }

  // Guarded by the condition, but for the two functions, which are only called on the session's queue.
  private let condition = NSCondition()
  private var isOver = false
  private var error: (any Error)?
  private let onResponse: (Response) throws -> Void
  private let onData: (Data) throws -> Void

  private init(
    onResponse: @escaping (Response) throws -> Void, onData: @escaping (Data) throws -> Void
  ) {
    self.onResponse = onResponse
    self.onData = onData
  }

  /// Waits until everything has arrived. What the two functions throw ends the transfer and is thrown here;
  /// `Broken` is thrown where the connection fails, `CancellationError` where `isCancelled` says so.
  static func run(
    _ url: URL, headers: [String: String], isCancelled: () -> Bool,
    onResponse: @escaping (Response) throws -> Void, onData: @escaping (Data) throws -> Void
  ) throws {
    var request = URLRequest(url: url)
    // A compressed answer has other bytes and another length than the file.
    request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
    request.setValue("easel", forHTTPHeaderField: "User-Agent")
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }

    let configuration = URLSessionConfiguration.ephemeral
    configuration.timeoutIntervalForRequest = 60
    configuration.urlCache = nil
    configuration.httpShouldSetCookies = false
    let queue = OperationQueue()
    queue.maxConcurrentOperationCount = 1
    let transfer = Transfer(onResponse: onResponse, onData: onData)
    let session = URLSession(configuration: configuration, delegate: transfer, delegateQueue: queue)
    let task = session.dataTask(with: request)
    task.resume()
    defer { session.invalidateAndCancel() }
    try transfer.wait(task, isCancelled)
  }

  private func wait(_ task: URLSessionDataTask, _ isCancelled: () -> Bool) throws {
    condition.lock()
    defer { condition.unlock() }
    while !isOver {
      if isCancelled() {
        error = error ?? CancellationError()
        task.cancel()
        // No piece may arrive any more when the file is looked at.
        while !isOver { condition.wait() }
        break
      }
      _ = condition.wait(until: Date(timeIntervalSinceNow: 0.1))
    }
    if let error { throw error }
  }

  private var hasFailed: Bool {
    condition.lock()
    defer { condition.unlock() }
    return error != nil
  }

  /// The first error counts.
  private func fail(_ error: any Error, _ task: URLSessionTask) {
    condition.lock()
    self.error = self.error ?? error
    condition.unlock()
    task.cancel()
  }

  // MARK: The session's calls

  func urlSession(
    _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
    completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
  ) {
    guard let http = response as? HTTPURLResponse else {
      fail(Broken(cause: "the answer is not HTTP"), dataTask)
      return completionHandler(.cancel)
    }
    var headers: [String: String] = [:]
    for (name, value) in http.allHeaderFields {
      headers["\(name)".lowercased()] = "\(value)"
    }
    do {
      try onResponse(Response(status: http.statusCode, headers: headers))
      completionHandler(.allow)
    } catch {
      fail(error, dataTask)
      completionHandler(.cancel)
    }
  }

  func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
    guard !hasFailed else { return }
    do { try onData(data) } catch { fail(error, dataTask) }
  }

  func urlSession(
    _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
  ) {
    condition.lock()
    if self.error == nil, let error {
      self.error = Broken(cause: error.localizedDescription)
    }
    isOver = true
    condition.broadcast()
    condition.unlock()
  }
}
