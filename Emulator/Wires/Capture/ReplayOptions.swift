import CPcap
import EtherFabric
import Glibc

/// How fast a capture is replayed.
public enum ReplayPace: Sendable, Equatable {
  /// The next frame is there as soon as the port has taken the one before.
  case asFastAsPossible
  /// With the gaps of the recording, divided by `speed`: 2 is twice as fast.
  case recorded(speed: Double)
}

/// What a `ReplayWire` does with its file.
public struct ReplayOptions: Sendable {
  /// Which time stamp a replayed frame carries.
  public enum Timestamps: Sendable, Equatable {
    /// The one in the file.
    case recorded
    /// None: the adapter stamps with its own clock.
    case none
  }

  /// How fast.
  public var pace: ReplayPace = .asFastAsPossible
  /// How often the file is played, or nil for ever. A pass begins where the one before ended, with no gap.
  public var loops: Int? = 1
  /// Largest payload after the Ethernet header, in bytes. Longer frames of the file are left out and counted.
  public var mtu: Int = 9000
  /// What happens to frames that the file holds only in part.
  public var cutFrames: CutFrames = .skip
  /// Which time stamp a frame carries.
  public var timestamps: Timestamps = .recorded
  public init() {}

  /// Ethernet header and one VLAN tag, in bytes.
  static let headerLength = 18

  func validate(_ path: String) throws(EtherFabricError) {
    func refuse(_ reason: String, _ remedy: String) -> EtherFabricError {
      EtherFabricError("ReplayWire.init", errno: EINVAL, reason: "\(path): \(reason)", remedy: remedy)
    }
    if case .recorded(let speed) = pace, !(speed.isFinite && speed > 0) {
      throw refuse("speed \(speed) is no factor", "Give a number above 0; 1 is the recorded pace.")
    }
    if let loops, loops < 1 { throw refuse("\(loops) loops are too few", "Give 1 or more, or nil for ever.") }
    guard (68...16_000).contains(mtu) else {
      throw refuse("an MTU of \(mtu) bytes is out of range", "Give 68 to 16000.")
    }
  }
}

/// The clock that paces a replay: a C function, so that reading it costs no more than the call.
public struct ReplayClock {
  /// Passed to `now`.
  public var context: UnsafeMutableRawPointer?
  /// Nanoseconds since any fixed instant; never goes back.
  public var now: @convention(c) (UnsafeMutableRawPointer?) -> UInt64

  public init(
    context: UnsafeMutableRawPointer?, now: @escaping @convention(c) (UnsafeMutableRawPointer?) -> UInt64
  ) {
    self.context = context
    self.now = now
  }

  /// `CLOCK_MONOTONIC`.
  public static var monotonic: ReplayClock {
    ReplayClock(context: nil) { _ in nanoseconds(of: CLOCK_MONOTONIC) }
  }
}

/// Nanoseconds on one of the kernel's clocks.
func nanoseconds(of clock: clockid_t) -> UInt64 {
  var time = timespec()
  clock_gettime(clock, &time)
  return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}
