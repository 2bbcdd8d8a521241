import CLinuxShims
import EtherFabric
import Glibc
import Synchronization

/// How the two ends of a shared-memory wire find each other, in any order and again after either has ended.
///
/// Each end takes a name for its port, as an abstract socket: the kernel gives a name to one owner and takes it back
/// when that ends, however it ends, and nothing is left in any directory. Whoever comes second connects to the first
/// and hands the memory over, which has no name at all. Where both connect at once, port 0's offer is the one that counts.
final class SharedMemoryMeeting: @unchecked Sendable {
  /// Readable when somebody came, left, or woke this end.
  let waitDescriptor: Int32
  /// For this end itself.
  let wakeDescriptor: Int32
  /// The datapath has something to look at.
  let attention: UnsafeMutablePointer<Atomic<Bool>>
  private let listener: Int32
  private let port: Int
  private let fences: Bool
  private let peerName: String
  private let lock = Mutex(State())

  private struct State: ~Copyable {
    /// What the datapath works on. Only the datapath lets go of it.
    var current: SharedMemorySession?
    var isOver = false
    /// What the datapath will work on next.
    var next: SharedMemorySession?
    /// What was offered to the other end, which has not taken it.
    var offer: SharedMemorySession?
    /// A connection whose offer has not come yet.
    var incoming: Int32 = -1
  }

  /// - Parameter fences: the kernel has no barrier that reaches both processes.
  /// - Throws: `EBUSY` where the port is taken, `EACCES` where another user has it.
  init(name: String, port: Int, fences: Bool) throws(EtherFabricError) {
    self.port = port
    self.fences = fences
    peerName = Self.address(name, 1 - port)
    let own = Self.address(name, port)
    listener = efvi_meeting_listen(own)
    guard listener >= 0 else { throw Self.refusal(own, "\(name)/\(port)", -listener) }
    waitDescriptor = efvi_wait_create()
    wakeDescriptor = efvi_wake_create()
    attention = .allocate(capacity: 1)
    attention.initialize(to: Atomic(false))
    guard waitDescriptor >= 0, wakeDescriptor >= 0 else {
      let code = -min(waitDescriptor, wakeDescriptor)
      // `deinit` gives back what there is.
      throw EtherFabricError(
        Self.operation, errno: code, reason: "no descriptors to sleep on", remedy: "Raise the limit (ulimit -n).")
    }
    for descriptor in [listener, wakeDescriptor] { _ = efvi_wait_add(waitDescriptor, descriptor) }
    advance()
  }

  deinit {
    lock.withLock { state in
      state = State()
    }
    for descriptor in [listener, waitDescriptor, wakeDescriptor] where descriptor >= 0 { close(descriptor) }
    attention.deallocate()
  }

  private static let operation = "SharedMemoryWire.init"

  private static func address(_ name: String, _ port: Int) -> String { "efvi/shm/\(geteuid())/\(name)/\(port)" }

  private static func refusal(_ address: String, _ name: String, _ code: Int32) -> EtherFabricError {
    guard code == EADDRINUSE else {
      return EtherFabricError(
        operation, errno: code, reason: "the name of port \(name) was refused",
        remedy: "See the limits of open files, and what the container allows of UNIX sockets.")
    }
    let holder = efvi_meeting_connect(address)
    defer { if holder >= 0 { close(holder) } }
    var (process, user): (Int32, UInt32) = (0, 0)
    guard holder >= 0, efvi_meeting_peer(holder, &process, &user) == 0 else {
      return EtherFabricError(
        operation, errno: EBUSY, reason: "port \(name) is taken", remedy: "Open the other port, or another name.")
    }
    guard user == geteuid() else {
      return EtherFabricError(
        operation, errno: EACCES, reason: "port \(name) is held by process \(process) of user \(user)",
        remedy: "Both ends belong to one user: choose another name.")
    }
    return EtherFabricError(
      operation, errno: EBUSY, reason: "port \(name) is taken by process \(process)",
      remedy: "Open the other port, or another name.")
  }

  /// Whether the other end is there.
  var isUp: Bool {
    lock.withLock { state in
      advance(&state)
      if state.current != nil, !state.isOver { return true }
      return state.next.map { !$0.isOver } ?? false
    }
  }

  /// The process at the other end, nil while there is none.
  var peerProcess: Int32? {
    lock.withLock { state in state.next?.process ?? (state.isOver ? nil : state.current?.process) }
  }

  /// Looks whether somebody came or left. From any thread.
  func advance() { lock.withLock { advance(&$0) } }

  // For the datapath alone.

  /// What to work on, and whether the other end of it has gone; nil where there is nothing. Stays valid until
  /// `finish`.
  func session() -> (base: UnsafeMutableRawPointer, connection: Int32, isOver: Bool)? {
    lock.withLock { state in
      attention.pointee.store(false, ordering: .relaxed)
      advance(&state)
      if state.current == nil, let next = state.next.take() {
        state.current = next
        state.isOver = next.isOver
      }
      return state.current.map { ($0.base, $0.connection, state.isOver) }
    }
  }

  /// Lets go of what `session` gave.
  func finish() {
    lock.withLock { state in
      state.current = nil
      state.isOver = false
    }
  }

  private func advance(_ state: inout State) {
    if let current = state.current, !state.isOver, current.isOver {
      state.isOver = true
      attention.pointee.store(true, ordering: .releasing)
    }
    if state.next != nil || (state.current != nil && !state.isOver) { return turnAway() }
    if let offer = state.offer, offer.isOver { state.offer = nil }
    if state.offer == nil || port == 1 { accept(&state) }
    if state.next == nil, let offer = state.offer, offer.isTaken {
      state.offer = nil
      state.next = offer
    }
    if state.next == nil, state.offer == nil, state.incoming < 0 { connect(&state) }
    if state.next != nil { attention.pointee.store(true, ordering: .releasing) }
  }

  /// Somebody who connects while the other end is there has come to the wrong place.
  private func turnAway() {
    for _ in 0..<8 {
      let connection = efvi_meeting_accept(listener)
      guard connection >= 0 else { return }
      close(connection)
    }
  }

  /// Takes the first good offer.
  private func accept(_ state: inout State) {
    // The last that came is the one that lives: whoever dies between connecting and offering is waited for no longer.
    for _ in 0..<16 {
      let connection = efvi_meeting_accept(listener)
      if connection >= 0 {
        if state.incoming >= 0 { close(state.incoming) }
        state.incoming = connection
        _ = efvi_wait_add(waitDescriptor, connection)
      }
      guard state.incoming >= 0 else { return }
      var isWaiting = false
      if let process = friend(state.incoming), efvi_meeting_is_over(state.incoming) == 0,
        let session = SharedMemorySession.take(
          from: state.incoming, process: process, port: port, fences: fences, isWaiting: &isWaiting)
      {
        state.incoming = -1
        state.offer = nil
        state.next = session
        return
      }
      if isWaiting {
        if connection < 0 { return }
        continue
      }
      close(state.incoming)
      state.incoming = -1
    }
  }

  private func connect(_ state: inout State) {
    let connection = efvi_meeting_connect(peerName)
    guard connection >= 0 else { return }
    guard let process = friend(connection) else {
      close(connection)
      return
    }
    // Without memory the other end is not reached now; the next look tries again.
    guard
      let offer = try? SharedMemorySession.offer(over: connection, process: process, port: port, fences: fences)
    else { return }
    _ = efvi_wait_add(waitDescriptor, connection)
    state.offer = offer
  }

  /// The process at the other end of a connection, where it is of the same user.
  private func friend(_ connection: Int32) -> Int32? {
    var (process, user): (Int32, UInt32) = (0, 0)
    guard efvi_meeting_peer(connection, &process, &user) == 0, user == geteuid() else { return nil }
    return process
  }
}
