import EmulatedAdapter
import EtherFabric
import EtherFabricEmulator
import Testing

/// A sender and a receiver with timestamps on a cable of their own, both over the API.
final class StampingPair {
  let left: EmulatedAdapter
  let right: EmulatedAdapter
  var sender: VirtualInterface
  var receiver: VirtualInterface
  private let memory: (MemoryRegistration, MemoryRegistration)
  private var events = EventBatch(capacity: 16)
  private var arrived = 0
  private var last = 0

  /// - Parameter options: of both device strings, without the first comma.
  init(_ name: String, options: String = "clock=manual", flags: InterfaceFlags = []) throws {
    let drivers = try (0..<2).map { try Driver.open("emu:cable:\(name)/\($0)\(options.isEmpty ? "" : ",")\(options)") }
    let domains = try drivers.map { try $0.allocateProtectionDomain() }
    memory = (
      try MemoryRegistration(domains[0], DMAMemory(byteCount: 1 << 16)),
      try MemoryRegistration(domains[1], DMAMemory(byteCount: 1 << 20))
    )
    sender = try domains[0].allocateVirtualInterface(InterfaceOptions(flags: flags.union(.transmitTimestamps)))
    receiver = try domains[1].allocateVirtualInterface(InterfaceOptions(flags: flags.union(.receiveTimestamps)))
    left = try #require(Emulator.adapter(of: drivers[0]))
    right = try #require(Emulator.adapter(of: drivers[1]))
    try receiver.addFilter(.unicastAll)
    for index in 0..<504 { try receiver.receiveInit(memory.1.dmaAddress(index * 2048), id: RequestID(index)) }
    receiver.receivePush()
    memory.0.base.storeBytes(of: 0x02, as: UInt8.self)
  }

  func advance(_ nanoseconds: UInt64) {
    left.advanceClock(by: nanoseconds)
    right.advanceClock(by: nanoseconds)
  }

  func send() throws { try sender.transmit(memory.0.dmaAddress(0), length: 60, id: RequestID(arrived)) }

  /// The stamp of the next send that completes.
  func departure() throws -> Event.TransmitTimestamp {
    for _ in 0..<3 {
      sender.poll(&events)
      for index in events.indices {
        if case .transmitTimestamp(let stamp) = events[index] { return stamp }
      }
    }
    throw Missing(what: "a transmit stamp")
  }

  /// The time of the next frame that arrives, as the API gives it. Two polls: a sync may be first.
  func arrival() throws -> Result<Timestamp, TimestampError> {
    for _ in 0..<3 {
      receiver.poll(&events)
      for index in events.indices {
        guard case .receive(let event) = events[index] else { continue }
        arrived += 1
        last = Int(event.id.rawValue)
        return stampAgain()
      }
    }
    throw Missing(what: "a frame")
  }

  /// The time of the frame that arrived last, as the API gives it now.
  func stampAgain() -> Result<Timestamp, TimestampError> {
    do throws(TimestampError) {
      return .success(try receiver.receiveTimestamp(memory.1.base + last * 2048))
    } catch {
      return .failure(error)
    }
  }

  /// Polls the receiver once, when no frame is there.
  func takeSyncs() { receiver.poll(&events) }

  /// The raw stamp in the prefix of the frame that arrived last.
  var rawStamp: UInt32 { ReceivePrefixBytes.stamp(memory.1.base + last * 2048) }

  /// Sends one frame and says when it left and arrived.
  func exchange() throws -> (sent: Event.TransmitTimestamp, arrived: Result<Timestamp, TimestampError>) {
    try send()
    return (try departure(), try arrival())
  }

  struct Missing: Error { var what: String }
}

enum ReceivePrefixBytes {
  static func stamp(_ buffer: UnsafeRawPointer) -> UInt32 { buffer.loadUnaligned(fromByteOffset: 10, as: UInt32.self) }
}

extension Event.TransmitTimestamp {
  var total: UInt64 { UInt64(seconds) * 1_000_000_000 + UInt64(nanoseconds) }
}

extension Result where Success == Timestamp, Failure == TimestampError {
  var total: UInt64? { (try? get())?.totalNanoseconds }
  var error: TimestampError? {
    guard case .failure(let error) = self else { return nil }
    return error
  }
}
