import CLinuxShims
import EtherFabric
import Glibc
import Synchronization

extension VethPair {
  /// Makes the adapter end the interface of a second host: it moves into a network namespace of its own, gets an
  /// address there, and `body` runs on a thread in that namespace.
  ///
  /// Returns when the far end is up, so that both ends can be used. The end cannot come back; the pair goes when the
  /// thread has ended and its sockets are closed.
  ///
  /// - Throws: What the moving was refused with. `join` throws what `body` throws.
  public func farHost<Value: Sendable>(
    address: HostAddress, prefix: Int = 24, core: Int? = nil, _ body: @escaping @Sendable () throws -> Value
  ) throws -> LabThread<Value> {
    let meeting = Meeting()
    let name = adapterEnd
    let thread = try LabThread(name: "far", core: core) {
      defer { meeting.end() }
      try Namespace.unshareNetwork()
      meeting.arrive(lab_thread_id())
      guard meeting.waitUntilMoved() else {
        throw EtherFabricError(
          "VethPair.farHost", errno: ECANCELED, reason: "`\(name)` did not come", remedy: "See the error of farHost.")
      }
      try Self.disableIPv6(name)
      try IPTool.run("VethPair.farHost", "address add \(address)/\(prefix) dev \(name)")
      try Self.bringUp([name, "lo"])
      meeting.ready()
      return try body()
    }
    do {
      if let id = meeting.waitForThread() {
        try IPTool.run("VethPair.farHost", "link set dev \(name) netns \(id)")
        meeting.moved()
      }
      guard meeting.waitUntilReady() else {
        try thread.join()
        return thread
      }
    } catch {
      meeting.end()
      throw error
    }
    return thread
  }
}

/// The steps of two threads that move an interface, in their order.
private final class Meeting: Sendable {
  private struct State {
    var thread: Int32?
    var isMoved = false
    var isReady = false
    var isOver = false
  }
  private let state = Mutex(State())

  func arrive(_ thread: Int32) { state.withLock { $0.thread = thread } }
  func moved() { state.withLock { $0.isMoved = true } }
  func ready() { state.withLock { $0.isReady = true } }
  func end() { state.withLock { $0.isOver = true } }

  func waitForThread() -> Int32? {
    wait { $0.thread != nil }
    return state.withLock { $0.thread }
  }

  func waitUntilMoved() -> Bool { wait { $0.isMoved } }
  func waitUntilReady() -> Bool { wait { $0.isReady } }

  /// False where the other side gave up.
  @discardableResult
  private func wait(_ condition: (State) -> Bool) -> Bool {
    while true {
      let (isMet, isOver) = state.withLock { (condition($0), $0.isOver) }
      if isMet { return true }
      if isOver { return false }
      usleep(200)
    }
  }
}
