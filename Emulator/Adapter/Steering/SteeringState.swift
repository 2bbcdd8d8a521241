/// What takes part in steering besides filters: virtual ports and sniffers. Raw memory, read off the main path alone.
struct SteeringState {
  /// Interfaces, or sets, that copy what the port receives and what it sends; -1 for none.
  var receiveSniffer = -1
  var transmitSniffer = -1
  /// All that arrives is copied, also what nobody on this host takes.
  var sniffsAllReceived = false
  /// The tag of each virtual port, `untagged`, or `absent`. The first is the port itself.
  let tags: UnsafeMutablePointer<UInt16>
  var virtualPortCount = 0
  /// Interfaces whose multicast comes back.
  var loopingCount = 0
  /// Room for one frame that gets or loses a tag.
  let room: UnsafeMutableRawPointer

  /// Virtual ports that can be allocated.
  static let virtualPortLimit = 15
  static let untagged: UInt16 = 0x1000
  static let absent: UInt16 = .max

  init() {
    tags = .allocate(capacity: Self.virtualPortLimit + 1)
    tags.initialize(repeating: Self.absent, count: Self.virtualPortLimit + 1)
    tags[0] = Self.untagged
    room = .allocate(byteCount: PortState.scratchSize, alignment: 64)
  }

  func deallocate() {
    tags.deallocate()
    room.deallocate()
  }
}

/// What became of the copies of one frame.
struct FrameReach {
  /// Recipients.
  var count = 0
  var best = DeliveryOutcome.stopped
  /// The kernel gets it too, if it listens to it.
  var toKernel = false

  mutating func add(_ other: FrameReach) {
    count += other.count
    if other.best.rawValue > best.rawValue { best = other.best }
    toKernel = toKernel || other.toKernel
  }
}
