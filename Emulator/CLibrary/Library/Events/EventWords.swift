import CiulHeaders
import EtherFabric

/// An `ef_event` as its two words: bit fields, laid out as in the header.
struct EventWords {
  var first: UInt64
  var second: UInt64 = 0

  @inline(__always)
  init(_ event: UnsafePointer<ef_event>) {
    let memory = UnsafeRawPointer(event)
    first = memory.loadUnaligned(as: UInt64.self)
    second = memory.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
  }

  @inline(__always)
  init(_ first: UInt64, _ second: UInt64 = 0) {
    self.first = first
    self.second = second
  }

  @inline(__always)
  func store(to memory: UnsafeMutableRawPointer) {
    memory.storeBytes(of: first, as: UInt64.self)
    memory.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
  }

  /// `EF_EVENT_TYPE_...`
  enum Kind {
    static let receive: UInt64 = 0
    static let transmit: UInt64 = 1
    static let receiveDiscard: UInt64 = 2
    static let transmitError: UInt64 = 3
    static let receiveTruncated: UInt64 = 4
    static let software: UInt64 = 5
    static let overflow: UInt64 = 6
    static let transmitTimestamp: UInt64 = 7
    static let packedStream: UInt64 = 8
    static let receiveMulti: UInt64 = 9
    static let transmitAlternative: UInt64 = 10
    static let receiveMultiDiscard: UInt64 = 11
    static let reset: UInt64 = 12
    static let receiveMultiPackets: UInt64 = 13
    static let receiveReference: UInt64 = 14
    static let receiveReferenceDiscard: UInt64 = 15
  }
}

extension EventWords {
  /// The C event of a Swift one; nil for what C has none for, which libciul logs and passes over.
  @inline(__always)
  init?(_ event: Event) {
    switch event {
    case .receive(let event):
      first = Kind.receive | UInt64(event.queue) << 16 | UInt64(event.id.rawValue) << 32
      second = UInt64(event.bytes) | UInt64(event.flags.rawValue) << 16
    case .transmit(let event):
      let flags: UInt64 = event.wasCutThrough ? 1 << 24 : 0
      first = Kind.transmit | UInt64(event.queue) << 16 | flags | UInt64(event.descriptor & 0xffff) << 32
    case .receiveReference(let event):
      first = Kind.receiveReference | UInt64(event.bytes) << 16 | UInt64(event.packet) << 32
      second = UInt64(event.queue) | UInt64(event.filterID) << 8
    default:
      guard let other = Self.other(event) else { return nil }
      self = other
    }
  }

  @inline(never)
  private static func other(_ event: Event) -> EventWords? {
    switch event {
    case .none, .receiveError, .receive, .transmit, .receiveReference: nil
    case .receiveDiscard(let event):
      EventWords(
        Kind.receiveDiscard | UInt64(event.queue) << 16 | UInt64(event.id.rawValue) << 32,
        UInt64(event.bytes) | UInt64(event.flags.rawValue) << 16 | UInt64(event.reason.rawValue) << 32)
    case .receiveTruncated(let queue): EventWords(Kind.receiveTruncated | UInt64(queue) << 16)
    case .receiveMulti(let event):
      EventWords(
        Kind.receiveMulti | UInt64(event.queue) << 16 | UInt64(event.descriptors) << 32
          | UInt64(event.flags.rawValue) << 48)
    case .receiveMultiDiscard(let event):
      EventWords(
        Kind.receiveMultiDiscard | UInt64(event.queue) << 16 | UInt64(event.descriptors) << 32
          | UInt64(event.flags.rawValue) << 48, UInt64(event.reason.rawValue))
    case .receiveMultiPackets(let event):
      EventWords(
        Kind.receiveMultiPackets | UInt64(event.queue) << 16 | UInt64(event.packets) << 32
          | UInt64(event.flags.rawValue) << 48)
    case .receivePackedStream(let event):
      EventWords(
        Kind.packedStream | UInt64(event.queue) << 16 | (event.nextBuffer ? 0x10 << 32 : 0)
          | UInt64(event.packets) << 48, UInt64(event.errors.rawValue))
    case .receiveReferenceDiscard(let event):
      EventWords(
        Kind.receiveReferenceDiscard | UInt64(event.bytes) << 16 | UInt64(event.packet) << 32,
        UInt64(event.queue) | UInt64(event.filterID) << 8 | UInt64(event.errors.rawValue & 0xffff) << 32)
    case .transmitTimestamp(let event):
      EventWords(
        Kind.transmitTimestamp | UInt64(event.queue) << 16 | (event.wasCutThrough ? 1 << 24 : 0)
          | UInt64(event.fraction >> 12) << 28 | UInt64(event.id.rawValue) << 32,
        UInt64(event.seconds) | UInt64(event.nanoseconds & 0x3fff_ffff) << 32 | UInt64(event.sync.rawValue & 3) << 62)
    case .transmitAlternative(let queue, let alternative):
      EventWords(Kind.transmitAlternative | UInt64(queue) << 16 | UInt64(alternative) << 32)
    case .transmitError(let queue, let code):
      EventWords(Kind.transmitError | UInt64(queue) << 16, UInt64(code))
    case .software(let data): EventWords(Kind.software | UInt64(data) << 32)
    case .overflow: EventWords(Kind.overflow)
    case .reset: EventWords(Kind.reset)
    }
  }

  /// Turns Swift events into C ones where they lie: both take 16 bytes.
  /// - Returns: how many are left.
  @inline(__always)
  static func convert(_ memory: UnsafeMutableRawPointer, count: Int) -> CInt {
    var stored = 0
    for index in 0..<count {
      let event = memory.assumingMemoryBound(to: Event.self)[index]
      guard let words = EventWords(event) else { continue }
      words.store(to: memory + stored &* 16)
      stored &+= 1
    }
    return CInt(truncatingIfNeeded: stored)
  }
}
