/// `EFCT_ERROR_REASON_*`: why a queue of an X3 or X4 stopped.
public enum ExpressErrorReason: UInt8, Sendable, CaseIterable {
  /// `RX_BAD_DISC`.
  case badDiscard = 1
  /// `RX_FIFO_OVERFLOW`: the receive FIFO ran over.
  case receiveFIFOOverflow = 2
  /// `RX_BAD_BUF_ADDR`: a posted superbuf has no valid address.
  case badBufferAddress = 3
  /// `CTPIO_LEN`: the length in a stream header is not that of a frame.
  case streamLength = 4
  /// `CTPIO_ALIGN`: a write of wrong size or place in the aperture.
  case streamAlignment = 5
  /// `CTPIO_FIFO_OVERFLOW`: more was written than the adapter had sent.
  case streamFIFOOverflow = 6
  /// `CTPIO_BAD_REORDERING`: writes came too far out of order.
  case streamReordering = 7
  /// `CTPIO_BAD_TPL_FLAGS`: flags in a stream header that the adapter does not know.
  case streamFlags = 8
  /// `HW_INTERNAL`.
  case hardwareInternal = 9
}
