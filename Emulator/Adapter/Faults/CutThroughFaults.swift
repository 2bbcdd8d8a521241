/// How often cut-through sends fail by themselves: shares of them, 0 for never to 1 for each.
public struct CutThroughRates: Sendable, Equatable {
  /// The adapter takes no notice of the frame (contention, wrong order of writes): its fallback is sent.
  public var fail: Double = 0
  /// The frame comes more slowly than the wire takes it. What had begun to go out ends with a bad frame check sequence,
  /// if anything had, and the fallback is sent.
  public var underrun: Double = 0
  public init() {}

  /// Whether none ever fails.
  public var isHarmless: Bool { fail <= 0 && underrun <= 0 }
}

/// What becomes of one cut-through send.
enum CutThroughVerdict {
  case passes
  case fails
  case underruns
}

/// Draws verdicts from a plan, and from what a test has ordered. A trivial struct of the port.
struct CutThroughFaults {
  private var generator: SeededGenerator
  private let fail: UInt64
  private let underrun: UInt64
  /// Sends that are still to fail, whatever the plan says.
  var ordered = 0
  var orderedUnderrun = false

  init(_ plan: FaultPlan) {
    var position = plan.seed ^ 0x6374_7069_6f21
    generator = SeededGenerator(seed: SeededGenerator.splitMix(&position))
    fail = Self.threshold(plan.cutThrough.fail)
    underrun = Self.threshold(plan.cutThrough.underrun)
  }

  mutating func next() -> CutThroughVerdict {
    if ordered > 0 {
      ordered -= 1
      return orderedUnderrun ? .underruns : .fails
    }
    guard fail | underrun != 0 else { return .passes }
    // Two numbers for every send, so that the choices for one fault do not depend on the rate of the other.
    let fails = generator.next() >> 11 < fail
    let underruns = generator.next() >> 11 < underrun
    return fails ? .fails : underruns ? .underruns : .passes
  }

  /// `rate` in units of 2⁻⁵³, so that 0 never and 1 always hits.
  private static func threshold(_ rate: Double) -> UInt64 { rate > 0 ? UInt64(min(rate, 1) * 0x1p53) : 0 }
}
