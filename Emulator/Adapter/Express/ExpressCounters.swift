/// What an interface on EFCT or EF10CT counts besides.
struct ExpressCounters {
  /// Streams that stopped the transmit queue.
  var streamErrors: UInt64 = 0
  /// Frames that were completed and, being marked so, not sent.
  var warmed: UInt64 = 0
  /// Commands to a queue that has stopped.
  var refusedCommands: UInt64 = 0
  /// Times that the event queue ran out of credits.
  var creditsExhausted: UInt64 = 0

  static func + (left: ExpressCounters, right: ExpressCounters) -> ExpressCounters {
    ExpressCounters(
      streamErrors: left.streamErrors &+ right.streamErrors, warmed: left.warmed &+ right.warmed,
      refusedCommands: left.refusedCommands &+ right.refusedCommands,
      creditsExhausted: left.creditsExhausted &+ right.creditsExhausted)
  }
}

/// What a receive queue of superbufs counts.
struct QueueCounters {
  var frames: UInt64 = 0
  var bytes: UInt64 = 0
  /// Frames dropped: no superbuf.
  var noSuperbuf: UInt64 = 0
  /// Frames dropped: longer than a slot.
  var oversize: UInt64 = 0
  /// Frames dropped: the queue has stopped.
  var stopped: UInt64 = 0
  var checksumErrors: UInt64 = 0
  var frameCheckErrors: UInt64 = 0
  /// Queue stopped: a posted superbuf is not where it should be.
  var faults: UInt64 = 0
  /// Superbufs that were left before they were full.
  var rollovers: UInt64 = 0
  /// Superbufs that the adapter was given.
  var posted: UInt64 = 0
  /// Superbufs beyond what the adapter holds.
  var postsLost: UInt64 = 0
  /// X3: superbufs that an interface did not get. Summed over interfaces.
  var skipped: UInt64 = 0
  /// X3: frames in these.
  var skippedFrames: UInt64 = 0

  static func + (left: QueueCounters, right: QueueCounters) -> QueueCounters { left.combined(right, &+) }
  static func - (left: QueueCounters, right: QueueCounters) -> QueueCounters { left.combined(right, &-) }

  private func combined(_ other: QueueCounters, _ operation: (UInt64, UInt64) -> UInt64) -> QueueCounters {
    QueueCounters(
      frames: operation(frames, other.frames), bytes: operation(bytes, other.bytes),
      noSuperbuf: operation(noSuperbuf, other.noSuperbuf), oversize: operation(oversize, other.oversize),
      stopped: operation(stopped, other.stopped), checksumErrors: operation(checksumErrors, other.checksumErrors),
      frameCheckErrors: operation(frameCheckErrors, other.frameCheckErrors), faults: operation(faults, other.faults),
      rollovers: operation(rollovers, other.rollovers), posted: operation(posted, other.posted),
      postsLost: operation(postsLost, other.postsLost), skipped: operation(skipped, other.skipped),
      skippedFrames: operation(skippedFrames, other.skippedFrames))
  }
}

extension ExpressCounters: CounterWords {
  static let fields: [CounterField<ExpressCounters>] = [
    .init(\.streamErrors, "tx_stream_errors", "streams that stopped their transmit queue", unit: "events"),
    .init(\.warmed, "tx_warmed", "frames completed and, as asked, not sent"),
    .init(\.refusedCommands, "refused_commands", "commands to a queue that has stopped", unit: "calls"),
    .init(\.creditsExhausted, "credits_exhausted", "times that time syncs found no credit", unit: "events"),
  ]
}

extension QueueCounters: CounterWords {
  static let fields: [CounterField<QueueCounters>] = [
    .init(\.frames, "rx_packets", "frames written to superbufs"),
    .init(\.bytes, "rx_bytes", "bytes of these", unit: "bytes"),
    .init(\.noSuperbuf, "rx_no_superbuf", "frames dropped for want of a superbuf"),
    .init(\.oversize, "rx_oversize", "frames dropped: longer than a slot"),
    .init(\.stopped, "rx_stopped", "frames dropped: the queue has stopped"),
    .init(\.faults, "rx_dma_faults", "receive queues stopped: a superbuf at a bad address", unit: "events"),
    .init(\.checksumErrors, "rx_checksum_errors", "frames with a bad IP, TCP or UDP checksum"),
    .init(\.frameCheckErrors, "rx_fcs_errors", "frames with a bad frame check sequence"),
    .init(\.posted, "rx_superbufs_posted", "superbufs that receive queues were given", unit: "buffers"),
    .init(\.postsLost, "rx_superbufs_lost", "superbufs posted beyond what a queue holds", unit: "buffers"),
    .init(
      \.skipped, "rx_superbufs_skipped", "superbufs that an interface did not get: it was behind", unit: "buffers"),
    .init(\.skippedFrames, "rx_skipped_packets", "frames in these"),
    .init(\.rollovers, "rx_rollovers", "superbufs left before they were full", unit: "buffers"),
  ]
}
