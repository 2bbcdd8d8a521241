/// What an interface counts. Frames, unless named otherwise.
struct InterfaceCounters {
  // What every frame counts, in one cache line.
  var received: UInt64 = 0
  var receivedBytes: UInt64 = 0
  var transmitted: UInt64 = 0
  var transmittedBytes: UInt64 = 0

  /// Dropped: no descriptor was posted.
  var noDescriptor: UInt64 = 0
  /// Dropped: the host has granted no credit for it (packed stream).
  var noCredit: UInt64 = 0
  /// Cut: the descriptors ended in the middle of the frame.
  var truncated: UInt64 = 0
  /// Dropped: the receive ring has stopped, or never was.
  var receiveStopped: UInt64 = 0
  var receiveFaults: UInt64 = 0
  var checksumErrors: UInt64 = 0
  var frameCheckErrors: UInt64 = 0
  /// Frames that arrived cut.
  var cut: UInt64 = 0
  var transmitFaults: UInt64 = 0
  /// Completed without being sent: link down, congestion, too large, not allowed, malformed.
  var transmitDropped: UInt64 = 0
}

extension InterfaceCounters: CounterWords {
  static let fields: [CounterField<InterfaceCounters>] = [
    .init(\.received, "rx_packets", "frames written to buffers"),
    .init(\.receivedBytes, "rx_bytes", "bytes of these, without prefix", unit: "bytes"),
    .init(\.noDescriptor, "rx_no_descriptor", "frames dropped: no descriptor was posted"),
    .init(\.noCredit, "rx_no_credit", "frames dropped: no packed-stream credit was left"),
    .init(\.truncated, "rx_truncated", "frames cut: descriptors ended within the frame"),
    .init(\.receiveStopped, "rx_stopped", "frames dropped: the ring has stopped, or never was"),
    .init(\.receiveFaults, "rx_dma_faults", "receive rings stopped by a DMA fault", unit: "events"),
    .init(\.checksumErrors, "rx_checksum_errors", "frames with a bad IP, TCP or UDP checksum"),
    .init(\.frameCheckErrors, "rx_fcs_errors", "frames with a bad frame check sequence"),
    .init(\.cut, "rx_cut", "frames that arrived cut"),
    .init(\.transmitted, "tx_packets", "frames that left the port"),
    .init(\.transmittedBytes, "tx_bytes", "bytes of these, padding included", unit: "bytes"),
    .init(\.transmitDropped, "tx_dropped", "frames completed without leaving the port"),
    .init(\.transmitFaults, "tx_dma_faults", "transmit rings stopped by a fault", unit: "events"),
  ]
}
