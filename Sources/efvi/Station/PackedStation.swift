import EtherFabric
import Glibc

/// An interface in packed stream with its buffers. One thread uses it; it sends nothing.
final class PackedStation: FrameSource {
  let driver: Driver
  private var receiver: PackedStreamReceiver
  private(set) var discards: [DiscardReason: UInt64] = [:]
  let truncated: UInt64 = 0
  private let before: (port: AdapterStatistics, interface: AdapterStatistics)

  /// Batches that one poll hands over.
  private static let budget = 64

  /// - Parameter receive: descriptors of the ring; packed stream has no more than 2048.
  init(
    _ driver: Driver, receive: Int, hugePages: DMAMemory.HugePages, flags: InterfaceFlags = []
  ) throws(EtherFabricError) {
    self.driver = driver
    let domain = try driver.allocateProtectionDomain(flags: .receivePackedStream)
    receiver = try PackedStreamReceiver(
      domain, options: InterfaceOptions(receiveCapacity: receive, flags: flags), hugePages: hugePages)
    before = (driver.statistics(), receiver.interface.statistics())
  }

  /// Whether the adapter says that it has packed stream.
  static func isAvailable(_ driver: Driver) -> Bool { (try? driver.capability(.packedStream)) == 1 }

  var identity: AdapterIdentity { driver.identity }
  var receiveEvents: UInt64 { receiver.counters.events }

  var reception: String {
    let size = receiver.parameters.bufferSize
    return "packed stream, \(receiver.bufferCount) buffers of \(size >= 1 << 20 ? "1 MiB" : "64 KiB")"
  }

  var discardMask: DiscardMask {
    get { receiver.interface.receiveDiscards }
    set { receiver.interface.receiveDiscards = newValue }
  }

  var interfaceCounters: AdapterStatistics { receiver.interface.statistics().difference(since: before.interface) }
  var portCounters: AdapterStatistics { driver.statistics().difference(since: before.port) }

  func add(_ filters: [FilterArgument]) throws(EtherFabricError) {
    for filter in filters {
      do throws(EtherFabricError) {
        try receiver.addFilter(filter.specification)
      } catch {
        throw error.on(filter)
      }
    }
  }

  func poll(_ take: (Arrival) -> Void) throws(EtherFabricError) -> Int {
    let count = Self.drain(&receiver, &discards, take)
    if let fault = receiver.fault { throw Self.error(fault) }
    return count
  }

  private static func drain(
    _ receiver: inout PackedStreamReceiver, _ discards: inout [DiscardReason: UInt64], _ take: (Arrival) -> Void
  ) -> Int {
    var count = 0
    while count < budget, var batch = receiver.receive() {
      count += 1
      while let packet = batch.next() {
        // As with single buffers, a packet that is marked is counted and not handed over.
        guard packet.flags.isDisjoint(with: .errors) else {
          discards[packet.flags.contains(.frameCheckBad) ? .frameCheckBad : .checksumBad, default: 0] += 1
          continue
        }
        let timestamp = packet.timestamp?.totalNanoseconds
        packet.bytes.withUnsafeBytes { take(Arrival(bytes: $0, timestamp: timestamp)) }
      }
    }
    return count
  }

  private static func error(_ fault: PackedStreamReceiver.Fault) -> EtherFabricError {
    let (code, reason) =
      switch fault {
      case .overflow: (EOVERFLOW, "the event queue overflowed, and events are lost")
      case .stopped(let code): (EIO, "the receive ring stopped with error \(code)")
      case .reset: (ENETDOWN, "the adapter was reset")
      }
    return EtherFabricError(
      "PackedStreamReceiver.receive", errno: code, reason: reason,
      remedy: "Start again; the device's statistics say more.")
  }
}
