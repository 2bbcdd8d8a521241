/// Registered memory whose posted buffers a wire is to receive into.
public struct UserMemory: Equatable {
  /// The first byte, aligned to 4 KiB.
  public var base: UnsafeMutableRawPointer
  public var byteCount: Int
  /// Bytes that may be written at a buffer.
  public var room: Int
  /// Buffers that may be lent at a time; a power of two.
  public var limit: Int

  public init(base: UnsafeMutableRawPointer, byteCount: Int, room: Int, limit: Int) {
    self.base = base
    self.byteCount = byteCount
    self.room = room
    self.limit = limit
  }

  var end: UnsafeMutableRawPointer { base + byteCount }
}

/// Why a wire that could receive into posted buffers does not, and frames are copied.
public enum UserMemoryRefusal: Error, Equatable, Sendable {
  // Who receives.
  case nobodyReceives, severalReceive, set, otherDatapath, noPlainRing, prefix, stopped
  // What else looks at frames, or changes them.
  case steering, everything, faults
  // Where the buffers are.
  case physical, noRegistration, severalRegistrations, otherRegistration, shortBuffer
  // What memory it is.
  case unmapped, severalMappings, privateMapping, readOnly
  // What the interface is like.
  case severalQueues, driverWrites, longFrames
  // What happened.
  case largeFrames
  case disorder
  case kernel(step: String, errno: Int32)

  /// In words.
  public var words: String {
    switch self {
    case .nobodyReceives: "no interface has filters"
    case .severalReceive: "several interfaces have filters"
    case .set: "a set has filters"
    case .otherDatapath: "the interface is no EF10"
    case .noPlainRing: "the interface has no ring of single frames"
    case .prefix: "frames have a prefix"
    case .stopped: "the receive ring has stopped"
    case .steering: "sniffers, loopback or virtual ports see frames too"
    case .everything: "filters take every frame from the kernel"
    case .faults: "there is a fault plan on receive"
    case .physical: "the domain has physical addresses"
    case .noRegistration: "the domain has no registered memory"
    case .severalRegistrations: "no buffer is posted that says which of several registrations is meant"
    case .otherRegistration: "a posted buffer lies outside of the registration"
    case .shortBuffer: "a posted buffer is too short for every frame"
    case .unmapped: "the memory is not mapped"
    case .severalMappings: "the memory is several mappings"
    case .privateMapping: "the memory is a private mapping"
    case .readOnly: "the memory cannot be written"
    case .severalQueues: "the wire has several receive queues"
    case .driverWrites: "the driver writes frames by itself, before filters"
    case .longFrames: "frames of this MTU do not fit into a page"
    case .largeFrames: "frames came that are longer than a buffer"
    case .disorder: "the kernel gave buffers back out of order"
    case .kernel(let step, let errno): "the kernel refused to \(step), errno \(errno)"
    }
  }
}
