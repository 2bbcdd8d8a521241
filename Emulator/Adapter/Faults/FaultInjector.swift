/// Carries out the part of a `FaultPlan` that concerns the frames of one direction of one port.
///
/// A trivial struct to live in raw memory: copies share the held frames, and exactly one calls `deallocate`. One
/// thread at a time. After `init` nothing allocates. For each frame the port asks `decide`; it applies drop,
/// duplicate and `FaultVerdict.damage` itself, gives a frame that is to wait to `hold`, tells `framePassed` of every
/// other one, and on every turn takes what `nextDue` gives.
public struct FaultInjector {
  /// How often each fault was applied.
  public private(set) var counters = FaultCounters()
  /// Whether no frame is ever touched: then `decide` need not be asked.
  public let isHarmless: Bool

  private var generator: SeededGenerator
  private let drop: UInt64
  private let duplicate: UInt64
  private let reorder: UInt64
  private let corrupt: UInt64
  private let delay: UInt64
  private let cut: UInt64
  private let delayNanoseconds: UInt64
  private let reorderNanoseconds: UInt64
  private var area: FaultHoldingArea

  /// Takes memory for held frames if the plan holds any back.
  ///
  /// - Parameters:
  ///   - stream: Tells apart ports which run the same plan, so that they make different choices.
  ///   - frameLimit: Longest frame that can be held, in bytes.
  public init(_ plan: FaultPlan, direction: FaultDirection, stream: UInt64 = 0, frameLimit: Int = 9216 + 64) {
    let rates = plan[direction]
    var position = plan.seed ^ (stream &* 4 &+ direction.rawValue) &* 0xd6e8_feb8_6659_fd93
    generator = SeededGenerator(seed: SeededGenerator.splitMix(&position))
    isHarmless = rates.isHarmless
    drop = Self.threshold(rates.drop)
    duplicate = Self.threshold(rates.duplicate)
    reorder = Self.threshold(rates.reorder)
    corrupt = Self.threshold(rates.corrupt)
    delay = Self.threshold(rates.delay)
    cut = Self.threshold(rates.cut)
    delayNanoseconds = rates.delayNanoseconds
    reorderNanoseconds = rates.reorderNanoseconds
    area = FaultHoldingArea(
      capacity: rates.holdsFrames ? max(plan.holdCapacity, 1) : 0, frameLimit: max(frameLimit, 0))
  }

  /// Gives the memory back. Frames still held are gone with it: call `flushAll` and take them before.
  public func deallocate() { area.deallocate() }

  /// What is to happen to the next frame.
  ///
  /// Takes the same eight numbers from the generator for every frame, so that the choices for one fault do not
  /// depend on the rates of the others, nor on the lengths of earlier frames.
  ///
  /// - Parameter length: Bytes of the frame.
  public mutating func decide(length: Int) -> FaultVerdict {
    counters.examined &+= 1
    let isDropped = hits(drop)
    let isDuplicate = hits(duplicate)
    let isReordered = hits(reorder)
    let isCorrupt = hits(corrupt)
    let isDelayed = hits(delay)
    let isCut = hits(cut)
    let bitDraw = generator.next()
    let cutDraw = generator.next()

    var verdict = FaultVerdict()
    if isDropped {
      verdict.drop = true
      counters.dropped &+= 1
      return verdict
    }
    if isDuplicate {
      verdict.duplicate = true
      counters.duplicated &+= 1
    }
    var left = length
    if isCut && length > 1 {
      left = 1 + SeededGenerator.scale(cutDraw, below: length - 1)
      verdict.cutLength = left
      counters.cut &+= 1
    }
    if isCorrupt && left > 0 {
      verdict.corruptBit = SeededGenerator.scale(bitDraw, below: left * 8)
      counters.corrupted &+= 1
    }
    if isDelayed {
      verdict.hold = .delay
      verdict.holdNanoseconds = delayNanoseconds
    } else if isReordered {
      verdict.hold = .behindNext
      verdict.holdNanoseconds = reorderNanoseconds
    }
    return verdict
  }

  /// Copies a frame that is to wait.
  ///
  /// - Parameters:
  ///   - kind: `.delay` waits until `releaseAt`; `.behindNext` until `framePassed`, or `releaseAt` if that is first.
  ///   - timestamp: Given back with the frame.
  ///   - mark: Given back as `dueMark`: what else is known of the frame.
  ///   - releaseAt: Nanoseconds on the clock that `nextDue` is asked with.
  /// - Returns: False when there is no room (counted): the frame must pass now.
  public mutating func hold(
    _ bytes: UnsafeRawPointer, length: Int, timestamp: UInt64, releaseAt: UInt64,
    kind: FaultVerdict.Hold = .delay, mark: UInt64 = 0
  ) -> Bool {
    guard
      area.insert(
        bytes, length: length, timestamp: timestamp, releaseAt: releaseAt, behindNext: kind == .behindNext,
        mark: mark)
    else {
      counters.holdOverflow &+= 1
      return false
    }
    if kind == .behindNext { counters.reordered &+= 1 } else { counters.delayed &+= 1 }
    return true
  }

  /// Tells that a frame passed which was not held: reordered frames are due behind it.
  public mutating func framePassed() { area.framePassed() }

  /// The held frame that is due next, or nil. It stays held, and its bytes in place, until `releaseDue`.
  ///
  /// - Parameter now: Nanoseconds on the clock of `hold`'s `releaseAt`.
  public mutating func nextDue(_ now: UInt64) -> WireFrame? { area.nextDue(now) }

  /// The mark of the frame that `nextDue` gave last.
  public var dueMark: UInt64 { area.currentMark }

  /// Removes the frame that `nextDue` gave last.
  public mutating func releaseDue() { area.removeCurrent() }

  /// Makes all held frames due, whatever the time: `nextDue` gives them one after the other.
  public mutating func flushAll() { area.releaseAll() }

  /// Frames held now.
  public var heldCount: Int { area.count }

  /// When to ask `nextDue` again, for a thread that wants to sleep: never later than the first held frame is due,
  /// perhaps earlier. Nil when none is held.
  public var nextReleaseAt: UInt64? { area.count > 0 ? area.earliest : nil }

  private mutating func hits(_ threshold: UInt64) -> Bool { generator.next() >> 11 < threshold }

  /// `rate` in units of 2⁻⁵³, so that 0 never and 1 always hits.
  private static func threshold(_ rate: Double) -> UInt64 {
    rate > 0 ? UInt64(min(rate, 1) * 0x1p53) : 0
  }
}
