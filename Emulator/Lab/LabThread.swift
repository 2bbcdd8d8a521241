import CLinuxShims
import EtherFabric
import Glibc

/// A thread of its own, outside the concurrency pool, for code that spins, blocks or changes its namespace.
///
/// It starts in the network namespace of the thread that makes it, so two of them inside `Namespace.run` share one.
public final class LabThread<Value: Sendable>: Sendable {
  private let handle: RawThread
  private let result: ResultBox<Value>

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

  /// Waits for the end of the thread and returns what `body` returned, or throws what it threw. Call it once.
  public func join() throws -> Value {
    handle.join()
    return try result.value!.get()
  }
}

/// Written by the thread before it ends and read after it was joined: the join orders the two.
private final class ResultBox<Value>: @unchecked Sendable {
  var value: Result<Value, any Error>?
}

/// A joinable thread.
struct RawThread: Sendable {
  private let id: UInt

  init(name: String, _ body: @escaping () -> Void) throws(EtherFabricError) {
    let entry = Unmanaged.passRetained(Entry(name, body))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        let entry = Unmanaged<Entry>.fromOpaque(argument!).takeRetainedValue()
        lab_name_thread(entry.name)
        entry.body()
        return nil
      }, entry.toOpaque())
    guard status == 0 else {
      entry.release()
      throw .call(
        "LabThread.init", -status, "no further thread could be started",
        remedy: "Raise the limit on threads (ulimit -u) or the memory limit.")
    }
    id = UInt(thread)
  }

  func join() { pthread_join(pthread_t(id), nil) }

  private final class Entry {
    let name: String
    let body: () -> Void

    init(_ name: String, _ body: @escaping () -> Void) {
      self.name = name
      self.body = body
    }
  }
}
