import Dispatch
import Synchronization

/// Suspends a task until a descriptor is readable.
final class DescriptorWaiter: @unchecked Sendable {
  private enum State {
    case idle
    case waiting(CheckedContinuation<Void, any Error>)
    case ended
  }

  private let state = Mutex<State>(.idle)
  private let source: any DispatchSourceRead

  private init(_ descriptor: Int32) {
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global(qos: .userInitiated))
  }

  static func waitUntilReadable(_ descriptor: Int32) async throws {
    let waiter = DescriptorWaiter(descriptor)
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in waiter.start(continuation) }
    } onCancel: {
      waiter.end(.failure(CancellationError()))
    }
  }

  private func start(_ continuation: CheckedContinuation<Void, any Error>) {
    let isCancelled = state.withLock { state in
      guard case .idle = state else { return true }
      state = .waiting(continuation)
      return false
    }
    guard !isCancelled else {
      // A source must have been resumed before it is released.
      source.resume()
      source.cancel()
      continuation.resume(throwing: CancellationError())
      return
    }
    source.setEventHandler { self.end(.success(())) }
    source.resume()
  }

  private func end(_ result: Result<Void, any Error>) {
    let continuation = state.withLock { state -> CheckedContinuation<Void, any Error>? in
      defer { state = .ended }
      guard case .waiting(let continuation) = state else { return nil }
      return continuation
    }
    guard let continuation else { return }
    source.cancel()
    continuation.resume(with: result)
  }
}
