import EtherFabric
import Synchronization

/// A thread of its own, outside the concurrency pool, for code that spins, blocks or changes its namespace.
///
/// It starts in the network namespace of the thread that makes it, so two of them inside `Namespace.run` share one.
public final class LabThread<Value: Sendable>: Sendable {
  private let handle: RawThread
  private let result: ResultBox<Value>
  private let isJoined = Atomic<Bool>(false)

  /// Starts `body`.
  ///
  /// - Parameters:
  ///   - name: At most 15 bytes, as `top -H` shows it; longer names are cut.
  ///   - core: Pins the thread to this core before `body` runs. A refused core is thrown by `join`.
  /// - Throws: The errno of `pthread_create`.
  public init(
    name: String = "lab", core: Int? = nil, _ body: @escaping @Sendable () throws -> Value
  ) throws(EtherFabricError) {
    let result = ResultBox<Value>()
    self.result = result
    handle = try RawThread(name: name) {
      result.value = Result {
        if let core { try CPU.pin(to: core) }
        return try body()
      }
    }
  }

  deinit {
    if !isJoined.load(ordering: .relaxed) { handle.detach() }
  }

  /// Waits for the end of the thread and returns what `body` returned, or throws what it threw. Call it once.
  @discardableResult
  public func join() throws -> Value {
    isJoined.store(true, ordering: .relaxed)
    handle.join()
    return try result.value!.get()
  }
}

/// Written by the thread before it ends and read after it was joined: the join orders the two.
private final class ResultBox<Value>: @unchecked Sendable {
  var value: Result<Value, any Error>?
}
