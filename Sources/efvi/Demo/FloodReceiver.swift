import EtherFabric
import EtherFabricFrames
import Glibc
import NetworkLab
import Synchronization

/// A virtual interface that takes numbered datagrams and checks that their numbers only grow.
struct FloodReceiver {
  struct Result: Sendable {
    var datagrams = 0
    /// Datagrams whose number was not above the one before.
    var disordered = 0
  }

  /// Bytes of each datagram: its number in the first eight.
  static let size = 64

  /// Datagrams taken so far.
  var count: Int { counter.value.load(ordering: .relaxed) }

  private final class Counter: Sendable { let value = Atomic<Int>(0) }
  private let counter = Counter()
  private let stop = StopFlag()
  private let thread: LabThread<Result>

  /// Returns when the filter is in place and the descriptors are posted.
  init(_ driver: Driver, local: IPEndpoint, cores: DemoCores) throws {
    let (counter, stop, ready) = (counter, stop, StopFlag())
    thread = try LabThread(name: "flood", core: cores.answering) {
      defer { ready.set() }
      var port = try InterfacePort(driver, receiveCapacity: 2048)
      try port.interface.addFilter(.udp(local: local))
      ready.set()
      var result = Result()
      var last: UInt64 = 0
      var spinner = Spinner(sharesCore: cores.areShared)
      while true {
        guard let frame = try port.next() else {
          // Only here: what was delivered before the stop is taken first.
          if stop.isSet { break }
          counter.value.store(result.datagrams, ordering: .relaxed)
          spinner.spin()
          continue
        }
        let number = UInt64(littleEndian: frame.bytes.loadUnaligned(fromByteOffset: 42, as: UInt64.self))
        port.recycle(frame.id)
        if number <= last { result.disordered += 1 }
        last = number
        result.datagrams += 1
        if result.datagrams % 64 == 0 { counter.value.store(result.datagrams, ordering: .relaxed) }
      }
      return result
    }
    while !ready.isSet { sleepBriefly() }
  }

  /// Waits until `isComplete` or nothing has come for half a second.
  func waitForLast(_ isComplete: () -> Bool) throws {
    var (before, quiet) = (-1, 0)
    while !isComplete(), quiet < 50 {
      try DemoError.checkInterrupt()
      usleep(10_000)
      quiet = count == before ? quiet + 1 : 0
      before = count
    }
  }

  func finish() throws -> Result {
    stop.set()
    return try thread.join()
  }
}

/// The account of a flood: every frame that was sent is in exactly one row.
struct FloodAccount {
  private(set) var rows: [(name: String, count: UInt64)] = []
  private static let receiveDrops: [(counter: String, name: String)] = [
    ("rx_delivered", "delivered to the virtual interface"),
    ("rx_no_descriptor", "dropped: no receive descriptor was posted"),
    ("rx_filtered", "filtered: for a port that no filter asks for"),
    ("rx_wire_dropped", "dropped: the packet socket's ring was full"),
    ("rx_wire_truncated", "dropped: cut on the wire"), ("rx_oversize", "dropped: above the MTU"),
    ("rx_runts", "dropped: too short"), ("rx_stopped", "dropped: the receive ring had stopped"),
    ("rx_link_down", "dropped: link down"), ("fault_dropped", "dropped: by the fault plan"),
  ]

  /// What the receiving adapter counted, by name.
  init(_ receiver: AdapterStatistics) {
    for (counter, name) in Self.receiveDrops { add(name, receiver[counter] ?? 0) }
  }

  mutating func add(_ name: String, _ count: UInt64) { rows.append((name, count)) }

  var sum: UInt64 { rows.reduce(0) { $0 + $1.count } }

  /// Prints the account: the first rows always, those that are rarely met only where they count.
  func print(_ screen: DemoScreen, sent: UInt64) {
    let shown = rows.enumerated().filter { $0.offset < 4 || $0.element.count > 0 }.map(\.element)
    for (name, count) in [("sent", sent)] + shown + [("sum of the rows", sum)] {
      let digits = String(count)
      screen.line(String(repeating: " ", count: max(0, 9 - digits.count)) + digits + "  " + name)
    }
  }
}
