/// How an X3 or X4 fills a superbuf, the megabyte that it receives frames into. Source: facts sheet, section 10.
public enum SuperbufLayout {
  /// `EFCT_RX_SUPERBUF_BYTES`: bytes of a superbuf, and its alignment.
  public static let size = 1 << 20
  /// `EFCT_PKT_STRIDE`: bytes of the slot of one frame, metadata included.
  public static let slotSize = 2048
  /// `EFCT_RX_SUPERBUF_PKTS`: frames that a superbuf holds.
  public static let slots = size / slotSize
  /// The design parameter `rx_frame_offset`: where in a slot the adapter begins to write a frame.
  public static let frameOffset = 64
  /// `EFCT_RX_HEADER_NEXT_FRAME_LOC_1`: offset of a frame's first byte in its slot.
  public static let dataOffset = 66
  /// `CI_EFCT_DEFAULT_POISON`: what a reader leaves at `futureOffset` of a free slot.
  public static let futurePoison: UInt64 = 0x0000_ffa0_c09b_0000
  /// Offset in a slot of the 64-bit word that stops being `futurePoison` when a frame begins to arrive.
  public static let futureOffset = 64
  /// Bytes of a frame that are there once the word at `futureOffset` has changed.
  public static let futureLength = 62
  /// `CI_EFCT_MAX_SUPERBUFS`: superbufs of one queue.
  public static let maximumSuperbufs = 2048
  /// `EF_VI_MAX_EFCT_RXQS`: queues that one VI can receive from.
  public static let maximumQueues = 8

  /// Offset of a slot in its superbuf, in bytes.
  @inlinable
  public static func offset(ofSlot slot: Int) -> Int { slot * slotSize }

  /// Superbufs that hold a receive ring of `entries` frames.
  @inlinable
  public static func superbufs(forEntries entries: Int) -> Int { (entries * slotSize + size - 1) / size }
}
