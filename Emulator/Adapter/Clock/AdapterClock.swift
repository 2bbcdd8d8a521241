import EtherFabricFormats
import Glibc

/// The adapter's clock. It shows the system's time, or one that a test sets, moved by an offset and a drift. Nanoseconds
/// since the epoch.
///
/// Time syncs and event timers run by the time underneath, which a step of the clock does not move.
struct AdapterClock {
  var isManual = false
  var manualNow: UInt64 = 0
  var isSet = true
  var isInSync = true
  /// Frames are stamped with this clock even where the wire has stamps.
  var stampsFrames = false
  /// The time underneath at the last time-sync event.
  var lastSync: UInt64 = 0
  /// Time syncs are sent at all.
  var sendsSyncs = true

  /// What the clock shows is not the time underneath.
  private(set) var isMoved = false
  private var offset: Int64 = 0
  /// Parts in 10^9 that the clock is too fast, since `driftOrigin`.
  private(set) var drift: Int64 = 0
  private var driftOrigin: UInt64 = 0

  var format = TimestampFormat.quarterNanoseconds
  /// Ticks that the host will add to a receive stamp, and nanoseconds to a transmit stamp.
  var receiveCorrection: Int64 = 0
  var transmitCorrection: Int64 = 0

  /// Four a second.
  static let syncInterval: UInt64 = 250_000_000
  /// A stamp that lies further back than this is out of the window of the last sync.
  static let syncWindow: UInt64 = 90_000_000

  /// - Parameter time: the time underneath.
  @inline(__always)
  func isSyncDue(_ time: UInt64) -> Bool {
    time >= lastSync &+ Self.syncInterval || time &+ Self.syncWindow < lastSync
  }

  /// The time underneath.
  @inline(__always)
  func underneath() -> UInt64 { isManual ? manualNow : Self.read(CLOCK_REALTIME) }

  /// What event timers run by: as the time underneath, but the host's clock may be set without moving it.
  @inline(__always)
  func elapsed() -> UInt64 { isManual ? manualNow : Self.read(CLOCK_MONOTONIC) }

  /// What the clock shows.
  @inline(__always)
  func now() -> UInt64 { shown(underneath()) }

  /// What the clock shows, or showed, when the time underneath is `time`.
  @inline(__always)
  func shown(_ time: UInt64) -> UInt64 { isMoved ? moved(time) : time }

  @inline(never)
  private func moved(_ time: UInt64) -> UInt64 {
    let sum = Int64(bitPattern: time) &+ offset &+ drifted(time)
    return sum < 0 ? 0 : UInt64(sum)
  }

  private func drifted(_ time: UInt64) -> Int64 {
    let span = Int64(bitPattern: time &- driftOrigin)
    return span / 1_000_000_000 &* drift &+ span % 1_000_000_000 &* drift / 1_000_000_000
  }

  /// Moves what the clock shows at once.
  mutating func step(by nanoseconds: Int64) {
    offset &+= nanoseconds
    isMoved = true
  }

  /// Lets the clock run too fast, or too slow, from now on.
  mutating func setDrift(_ partsPerBillion: Int64) {
    let time = underneath()
    offset &+= drifted(time)
    driftOrigin = time
    drift = partsPerBillion
    isMoved = true
  }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}

extension AdapterClock {
  /// A time as seconds and ticks.
  @inline(__always)
  private func parts(_ time: UInt64) -> (seconds: UInt32, minor: UInt32) {
    (
      UInt32(truncatingIfNeeded: time / 1_000_000_000),
      format.ticks(nanoseconds: UInt32(truncatingIfNeeded: time % 1_000_000_000))
    )
  }

  /// The stamp of a frame that arrived when the clock showed `time`, for its prefix.
  func receiveStamp(_ time: UInt64) -> UInt32 {
    let second = Int64(format.ticksPerSecond)
    let minor = (Int64(parts(time).minor) &- receiveCorrection) % second
    return UInt32(truncatingIfNeeded: minor < 0 ? minor &+ second : minor)
  }

  /// The stamp of a frame that left when the clock showed `time`: seconds and ticks.
  func transmitStamp(_ time: UInt64) -> (seconds: UInt32, minor: UInt32) {
    parts(time &- UInt64(bitPattern: transmitCorrection))
  }

  /// A time-sync event.
  /// - Parameter time: what the clock shows.
  func syncWord(_ time: UInt64) -> UInt64 {
    let time = parts(time)
    return ManagementEventWord.timeSync(
      seconds: time.seconds, minor: time.minor, format: format, clockSet: isSet, inSync: isInSync)
  }
}
