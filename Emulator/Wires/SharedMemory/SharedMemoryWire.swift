import CLinuxShims
import EmulatedAdapter
import EtherFabric
import Glibc

/// One end of a wire between two processes of one user, or two ends in one process: the other end has the same name
/// and the other port. Neither has to be there first, and either may end at any time and come again.
///
/// Nothing of it has a place in a file system, so nothing is left behind, also when both processes are killed.
public final class SharedMemoryWire: Wire {
  public let name: String
  public let mtu: Int
  public let operations: WireOperations
  private let meeting: SharedMemoryMeeting
  private let state: UnsafeMutablePointer<SharedMemoryState>
  private let fences: Bool

  /// - Parameters:
  ///   - name: what both ends share, 1 to 63 bytes.
  ///   - port: 0 or 1.
  /// - Throws: `EBUSY` where the port is taken, `EACCES` where a process of another user has it, `EINVAL` for a port or
  ///   name that there cannot be.
  public init(name: String, port: Int, mtu: Int = 9000) throws(EtherFabricError) {
    guard (0...1).contains(port), (1...63).contains(name.utf8.count), !name.utf8.contains(0) else {
      throw EtherFabricError(
        "SharedMemoryWire.init", errno: EINVAL, reason: "'\(name)/\(port)' is no end of a shared-memory wire",
        remedy: "Names have 1 to 63 bytes, ports are 0 and 1.")
    }
    fences = efvi_meeting_barrier_register() != 0
    meeting = try SharedMemoryMeeting(name: name, port: port, fences: fences)
    state = .allocate(cacheAligned: 1)
    state.initialize(to: SharedMemoryState(meeting: meeting, port: port, fences: fences))
    operations = SharedMemoryOperations.make(UnsafeMutableRawPointer(state))
    self.name = "shm:\(name)/\(port)"
    self.mtu = mtu
  }

  deinit {
    state.pointee.deallocate()
    state.deallocate()
  }

  public var macAddress: MACAddress? { nil }
  public var waitDescriptor: Int32 { meeting.waitDescriptor }

  /// Up while there is another end.
  public var isLinkUp: Bool { meeting.isUp }

  public func counters() -> WireCounters { state.pointee.counters.counters }

  public func count(in cells: WireCounterCells?) { state.pointee.count(in: cells) }

  public var configuration: [(name: String, value: String)] {
    let peer = meeting.peerProcess.map { "process \($0)" } ?? "not there"
    return [
      ("wire", "shared memory between two processes of user \(geteuid())"),
      ("ring", "\(SharedMemoryLayout.lines) lines of \(SharedMemoryLayout.lineBytes) bytes a direction"),
      ("other end", peer),
      ("sleeping", fences ? "a barrier with each batch" : "barriers of the sleeper alone"),
    ]
  }
}
