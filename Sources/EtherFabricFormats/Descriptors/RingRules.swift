/// What the EF10 queues allow. Sizes in entries. Source: facts sheet, sections 1, 2 and 13 of the API table.
public enum RingRules {
  /// Transmit ring sizes.
  public static let transmitSizes = [512, 1024, 2048]
  /// Receive ring sizes.
  public static let receiveSizes = [512, 1024, 2048, 4096]
  /// Event queue sizes.
  public static let eventSizes = [512, 1024, 2048, 4096, 8192, 16384, 32768]
  /// The receive doorbell moves in multiples of this many descriptors.
  public static let receivePushBatch: UInt32 = 8
  /// A new VI pushes a descriptor with the doorbell while fewer than this many are outstanding.
  public static let defaultPushThreshold: UInt32 = 16
  /// Bytes of a receive buffer that a new VI hands to the adapter.
  public static let defaultReceiveBufferLength = 1792
  /// Queue labels of one event queue.
  public static let labels = 32
  /// DMA translation granule, in bytes.
  public static let pageSize = 4096
  /// Request ids that one completion event can return (`EF_VI_TRANSMIT_BATCH`).
  public static let transmitBatch = 64
  /// Descriptors or packets that one receive event can tell of (`EF_VI_RECEIVE_BATCH`).
  public static let receiveBatch = 15
  /// Receive ring sizes in packed stream: bit 11 of the doorbell marks credits.
  public static let packedStreamReceiveSizes = [512, 1024, 2048]
  /// Event queue size that the driver gives to packed stream.
  public static let packedStreamEventSize = 32768
  /// Descriptors that one completion event may complete.
  public static let completionDescriptors: UInt32 = 128

  /// The smallest allowed size which holds `wanted` entries, nil where none does.
  public static func size(atLeast wanted: Int, of sizes: [Int]) -> Int? { sizes.first { $0 >= wanted } }
}
