import CLinuxShims
import EmulatedAdapter
import Glibc
import Synchronization

/// The datapath of a `ReplayWire`, in memory of its own. Nothing here allocates, retains or goes through a closure.
struct ReplayState: ~Copyable {
  /// Records that one call reads past frames which are left out; then the port gets its turn.
  private static let readBurst = 256
  private static let longestGap: Double = 9e18

  private let source: UnsafeMutablePointer<CaptureSource>
  private let sink: UnsafeMutablePointer<CaptureSink>?
  private let clock: ReplayClock
  private let descriptor: Int32
  private let isPaced: Bool
  private let speed: Double
  private let isStamped: Bool
  private let frameLimit: Int
  private let outgoing: UnsafeMutableRawPointer
  private let outgoingRoom: Int

  /// Passes after this one; negative for ever.
  private var passesLeft: Int
  private var framesInPass = 0
  private var hasStarted = false
  private var hasFrame = false
  private var isDue = false
  private var passStart: UInt64 = 0
  private var firstTimestamp: UInt64 = 0
  private var due: UInt64 = 0

  private let exhausted = Atomic<Bool>(false)
  let framesReplayed = SharedCount()
  let framesTransmitted = SharedCount()
  let bytesTransmitted = SharedCount()
  private(set) var counters: WireCounterCells
  private let ownCounters: WireCounterCells
  private let countsCutFrames: Bool

  /// The pointers and the descriptor stay the owner's.
  init(
    source: UnsafeMutablePointer<CaptureSource>, sink: UnsafeMutablePointer<CaptureSink>?, clock: ReplayClock,
    descriptor: Int32, options: ReplayOptions
  ) {
    self.source = source
    self.sink = sink
    self.clock = clock
    self.descriptor = descriptor
    if case .recorded(let speed) = options.pace {
      isPaced = true
      self.speed = speed
    } else {
      isPaced = false
      speed = 1
    }
    isStamped = options.timestamps == .recorded
    passesLeft = options.loops.map { $0 - 1 } ?? -1
    frameLimit = options.mtu + ReplayOptions.headerLength
    outgoingRoom = max(frameLimit, 1 << 16)
    outgoing = .allocate(byteCount: outgoingRoom + 64, alignment: 64)
    countsCutFrames = options.cutFrames == .skip
    ownCounters = .allocate()
    counters = ownCounters
  }

  deinit {
    outgoing.deallocate()
    ownCounters.deallocate()
  }

  /// Counts there from now on; nil for memory of its own.
  mutating func count(in cells: WireCounterCells?) {
    let next = cells ?? ownCounters
    next.take(from: counters)
    counters = next
  }

  /// Frames of the file that were left out are counted by its reader.
  func countSkipped() {
    let cut = countsCutFrames ? source.pointee.framesCut.value : 0
    counters.set(.receiveTruncated, source.pointee.framesShort.value &+ cut)
    counters.set(.receiveOversize, source.pointee.framesOversize.value)
  }

  var isExhausted: Bool { exhausted.load(ordering: .acquiring) }

  mutating func receiveNext(_ out: UnsafeMutableRawPointer) -> Bool {
    guard hasFrame || fetch() else { return false }
    if !isDue {
      guard clock.now(clock.context) >= due else { return false }
      isDue = true
    }
    out.assumingMemoryBound(to: WireFrame.self).initialize(
      to: WireFrame(
        bytes: source.pointee.frame, length: source.pointee.length,
        timestamp: isStamped ? source.pointee.timestamp : 0))
    return true
  }

  mutating func receiveRelease() {
    guard hasFrame else { return }
    hasFrame = false
    isDue = false
    framesReplayed.add()
  }

  mutating func armWait() {
    guard isPaced else { return }
    var wait: UInt64 = 1
    if hasStarted {
      if hasFrame || fetch() {
        let now = clock.now(clock.context)
        wait = due > now ? due - now : 1
      } else if isExhausted {
        wait = 0
      }
    }
    _ = efvi_timer_arm(descriptor, wait)
    counters.add(.systemCalls)
  }

  func transmitReserve(_ length: Int) -> UnsafeMutableRawPointer? {
    length <= outgoingRoom ? outgoing : nil
  }

  func transmitCommit(_ length: Int) -> TransmitOutcome {
    guard length >= 0, length <= frameLimit else {
      counters.add(.transmitDropped)
      return .oversize
    }
    framesTransmitted.add()
    bytesTransmitted.add(UInt64(length))
    if let sink {
      _ = sink.pointee.record(
        outgoing, length: length, originalLength: length, timestamp: nanoseconds(of: CLOCK_REALTIME))
    }
    return .sent
  }

  /// Makes the next frame of the file the current one, in the next pass if need be.
  private mutating func fetch() -> Bool {
    guard !exhausted.load(ordering: .relaxed) else { return false }
    for _ in 0..<Self.readBurst {
      switch source.pointee.step() {
      case .frame:
        schedule(source.pointee.timestamp)
        return true
      case .skipped:
        countSkipped()
        continue
      case .ended:
        guard beginNextPass() else { return false }
      }
    }
    return false
  }

  private mutating func schedule(_ timestamp: UInt64) {
    hasFrame = true
    framesInPass += 1
    guard isPaced else {
      isDue = true
      return
    }
    if framesInPass == 1 {
      firstTimestamp = timestamp
      passStart = hasStarted ? due : clock.now(clock.context)
      hasStarted = true
    }
    // A frame stamped earlier than the first one is due with it.
    let offset = timestamp > firstTimestamp ? timestamp - firstTimestamp : 0
    let gap = speed == 1 ? offset : UInt64(min(Double(offset) / speed, Self.longestGap))
    due = passStart &+ gap
  }

  private mutating func beginNextPass() -> Bool {
    // A file that gives no frame at all would be read for ever.
    guard source.pointee.end == .endOfFile, framesInPass > 0, passesLeft != 0, source.pointee.rewind() else {
      finish()
      return false
    }
    if passesLeft > 0 { passesLeft -= 1 }
    framesInPass = 0
    return true
  }

  private mutating func finish() {
    exhausted.store(true, ordering: .releasing)
    if isPaced { _ = efvi_timer_arm(descriptor, 0) } else { efvi_wake_clear(descriptor) }
    counters.add(.systemCalls)
  }
}
